"""Say how often and how long a service was down."""


def summarize_outages(probes):
    """Return the number of outages, the longest one, and how many words were skipped."""
    outages = longest = skipped = 0
    for probe in probes:
        pass
    return {"outages": outages, "longest": longest, "skipped": skipped}
