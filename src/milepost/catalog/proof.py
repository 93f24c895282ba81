"""How a lab was proven, as its page and the API tell it.

Read from the record of `labs.verification`. Invariant: what would show a lab's answers is left out
by not being named.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class _Proof(BaseModel):
    """A part of a verification's record. What would show answers is left out by not being named."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class MutantCount(_Proof):
    """How many small mistakes, made in a right answer on purpose, the checks caught."""

    solution: str
    tried: int
    caught: int
    equivalent: int


class RejectedCheat(_Proof):
    """A cheat that the lab rejected, on one stack. `sentence` completes "an answer that …"."""

    stack: str
    name: str
    sentence: str


class SpoiledCount(_Proof):
    """How many answers of solutions were spoiled in one element, in which ways, how often each."""

    tried: int
    refused: int
    kinds: dict[str, int]


class Amount(_Proof):
    """The most that a right answer used of a limit."""

    used: float
    limit: float = Field(gt=0)

    @property
    def share(self) -> float:
        """The share of the limit that was used."""
        return self.used / self.limit


class LabProof(_Proof):
    """How a lab was proven, without what would give its answers away."""

    verified_at: datetime
    seconds: float
    seeds: tuple[int, ...] = Field(min_length=1)
    repeats: int = Field(ge=1)
    engine_version: str
    isolation: str
    stacks: dict[str, str]
    runs: dict[str, int]
    mutants: tuple[MutantCount, ...]
    cheats: tuple[RejectedCheat, ...]
    spoiled: SpoiledCount | None = None  # None in proofs from before there were any
    headroom: dict[str, Amount]

    @property
    def run_count(self) -> int:
        """How many runs there were, of all kinds."""
        return sum(self.runs.values())

    @property
    def solution_count(self) -> int:
        """How many right answers there were."""
        return self.runs.get("solution", 0) // (len(self.seeds) * self.repeats)

    @property
    def flawed_count(self) -> int:
        """How many wrong answers there were."""
        return self.runs.get("flawed", 0) // len(self.seeds)
