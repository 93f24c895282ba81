"""How a check process names the guest that it asks for: by what it is for, and which one of these.

What such a guest has, and whether a run can have it at all, the engine decides (`run_guests`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a guest is for."""

    MAIN = "main"  # the one that every run has
    SECOND = "second"  # takes turns with the main one, where programs are started ahead
    REPLICA = "replica"  # one of several that run the learner's service, counted from 1


@dataclass(frozen=True, slots=True)
class GuestName:
    """A guest of a run."""

    role: Role
    index: int = 0

    def __str__(self) -> str:
        return f"{self.role} {self.index}" if self.index else f"{self.role}"


MAIN = GuestName(Role.MAIN)
SECOND = GuestName(Role.SECOND)
