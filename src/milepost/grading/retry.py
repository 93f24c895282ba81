"""How often a grading is tried again after faults of ours, and how long it pauses before.

Pauses grow so that what fixes itself has time to, and differ so that many gradings which failed
together do not come back together.
"""

import random

MOST_FAULTS = 5  # runs that a fault of ours ended
MOST_RUNS = 10  # the more generous, because a worker's death says little of the grading it had
_FIRST_PAUSE_SECONDS = 1.0
_GROWTH = 3.0
_LONGEST_PAUSE_SECONDS = 30.0
_MOST_GROWTHS = 10  # more change nothing, and a power without end is too large for a float
_JITTER = 0.25


def choose_pause(faults: int) -> float:
    """Return how many seconds to wait after this many faults: about 1, 3, 9 and 27."""
    growths = min(faults - 1, _MOST_GROWTHS)
    pause = min(_FIRST_PAUSE_SECONDS * _GROWTH**growths, _LONGEST_PAUSE_SECONDS)
    return pause * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  no secret
