"""In which way code is isolated here: the tier, and what it needs to start sandboxes.

Only `probe` makes an Isolation, after it has started a sandbox with it. Its user passes it to
`Sandbox.start`, and notes on the verdict what it was.
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
        """Return it in the words of verdicts and `doctor`."""
        return f"{self.tier}, {'cgroup' if self.cgroups else 'watched'} limits"
