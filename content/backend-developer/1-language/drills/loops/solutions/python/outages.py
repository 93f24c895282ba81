"""Say how often and how long a service was down."""


def summarize_outages(probes):
    """Return the number of outages, the longest one, and how many words were skipped."""
    outages = longest = skipped = 0
    length = 0  # of the outage that goes on right now
    for probe in probes:
        if probe == "up":
            length = 0
        elif probe == "down":
            length += 1
            if length == 1:
                outages += 1
            longest = max(longest, length)
        else:
            skipped += 1
    return {"outages": outages, "longest": longest, "skipped": skipped}
