"""Waiting until learner code stands at what a check holds back, in whatever store it is.

What is held, and how one sees who waits, its component knows. No clock decides: code that never
comes is given up on once nothing has changed for a while, and judged like any other.
"""

import time
from collections.abc import Callable, Sized
from typing import TypeVar

Seen = TypeVar("Seen", bound=Sized)

_LOOK_SECONDS = 0.005
_QUIET_SECONDS = 1.0
_MOST_SECONDS = 20.0


def wait_until_blocked(look: Callable[[], Seen], count: int) -> Seen:
    """Look until so many wait, or as many as will; return what was seen last."""
    since = quiet_since = time.monotonic()
    seen = look()
    while len(seen) < count:
        time.sleep(_LOOK_SECONDS)
        now, before, seen = time.monotonic(), seen, look()
        quiet_since = quiet_since if seen == before else now
        if now - quiet_since > _QUIET_SECONDS or now - since > _MOST_SECONDS:
            break
    return seen
