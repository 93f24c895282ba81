"""Guests that have served a run of a verification and wait for the next one of the same lab.

Which runs may share is said in their requests: never those of learners. A guest that waits here was
renewed: no process, file or order of the runs before is left, as after a reset between two checks.
"""

import itertools
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from milepost.engine.guests.guest import Guest
from milepost.engine.limits import Limits
from milepost.engine.stacks import Stack

# Of one guest: its launcher's own processor time counts against a limit of the lab, and its process
# numbers go up.
MOST_RUNS = 16
_MOST_WAITING = 8  # of some 60 MiB each; as many as there may be runs at once


@dataclass(frozen=True, slots=True)
class SharedKind:
    """What all runs of one shared guest have in common."""

    lab: Path
    stack: Stack
    limits: Limits


class SharedGuests:
    """Keeps renewed guests; those that waited the longest are ended first."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[SharedKind, Guest]] = deque()

    async def take(self, kind: SharedKind) -> Guest | None:
        """Return a guest that has served such runs, if one waits."""
        for entry in [each for each in reversed(self._waiting) if each[0] == kind]:
            self._waiting.remove(entry)
            if entry[1].is_alive:
                return entry[1]
            await entry[1].stop()
        return None

    async def give_back(self, kind: SharedKind, guest: Guest) -> None:
        """Keep a guest that was renewed, or end it where it has served enough runs."""
        if guest.runs >= MOST_RUNS:
            await guest.stop()
            return
        self._waiting.append((kind, guest))
        for _ in itertools.repeat(None, max(0, len(self._waiting) - _MOST_WAITING)):
            await self._waiting.popleft()[1].stop()

    async def aclose(self) -> None:
        """End every guest that waits."""
        while self._waiting:
            await self._waiting.popleft()[1].stop()
