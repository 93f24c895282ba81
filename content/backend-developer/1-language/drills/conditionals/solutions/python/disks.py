"""Judge from how full a disk is whether somebody has to look after it."""


def judge_disk(used, warn, alarm):
    """Return one word for so many percent: fine, warn, alarm or unknown."""
    if 0 <= used < warn:
        return "fine"
    if warn <= used < alarm:
        return "warn"
    if alarm <= used <= 100:
        return "alarm"
    return "unknown"
