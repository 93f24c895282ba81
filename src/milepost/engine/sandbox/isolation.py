"""In which way code is isolated here: the tier, and what it needs to start rooms.

Only `probe` makes one, after it has started a room with it. Whoever grades hands it on to
`Sandbox.start`, and says on the verdict what it was.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from milepost.engine.sandbox.cgroups import CgroupHome


class Tier(StrEnum):
    """How strongly code is kept apart. Docs: SECURITY.md."""

    ISOLATED = "isolated"  # namespaces of its own, made by bubblewrap
    RESTRICTED = "restricted"  # one kernel view with the host, and nearly all of it forbidden


@dataclass(frozen=True, slots=True)
class Isolation:
    """A way of isolating that was tried on this machine and works."""

    tier: Tier
    bwrap: Path | None = None  # in the tier `isolated`
    cgroups: CgroupHome | None = None
    why_not_more: str = ""  # what keeps this machine from more than that, in a sentence

    def __str__(self) -> str:
        """Say it as verdicts and `doctor` do."""
        return f"{self.tier}, {'cgroup' if self.cgroups else 'watched'} limits"
