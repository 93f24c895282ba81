"""How long ago something was, as a terminal says it.

In one unit, since nobody acts on seconds after hours.
"""

from datetime import datetime

from milepost.core.clock import utc_now

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNTIL = ((2 * _MINUTE, 1, "s"), (2 * _HOUR, _MINUTE, "min"), (2 * _DAY, _HOUR, "h"))


def say_since(moment: datetime) -> str:
    """Say how long ago it was, in one unit: "12 s", "3 min", "5 h", "2 d"."""
    seconds = max((utc_now() - moment).total_seconds(), 0)
    for most, unit, name in _UNTIL:
        if seconds < most:
            return f"{seconds // unit:.0f} {name}"
    return f"{seconds // _DAY:.0f} d"
