"""The condition that a worker is in: what it can do now, which is nothing while it rests.

A broken machine fails faster than a sound one grades, so it would take most of the queue and give
it back spoiled. A worker whose runs keep ending through faults of its own therefore rests, longer
each time, and leaves the queue to others. One good run ends that. Invariant: faults of one grading
alone, which may lie in the work handed in, bring no rest unless they say that the worker is unfit.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from milepost.grading.errors import GradingInterrupted, WorkerUnfit
from milepost.worker.abilities import Abilities, Look

_GRADINGS_BEFORE_A_REST = 2  # one may have a bad lab, or bad luck
_FIRST_REST_SECONDS = 5.0
_LONGEST_REST_SECONDS = 300.0
_MOST_GROWTHS = 10  # more change nothing, and a power without end is too large for a float
_LOOK_EVERY_SECONDS = 10.0


@dataclass
class Condition:
    """What a worker can do, as far as its machine and its latest runs tell."""

    look: Look
    read_clock: Callable[[], float] = time.monotonic
    _faults: int = 0
    _faulty: set[UUID] = field(default_factory=set)
    _rests: int = 0
    _resting_until: float = 0.0
    _reason: str = ""
    _seen: Abilities | None = None
    _seen_at: float = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether the worker leaves the queue to others for now."""
        return self.read_clock() < self._resting_until

    def note_end(self) -> None:
        """A run came to its end, so the machine is sound."""
        self._faults = self._rests = 0
        self._faulty.clear()

    def note_fault(self, fault: GradingInterrupted) -> None:
        """A run ended through a fault of ours; too many, or one that tells all, bring a rest."""
        self._faults += 1
        self._faulty.add(fault.grading_id)
        self._reason = fault.reason
        if isinstance(fault, WorkerUnfit):
            self._seen = None  # it was believed to be fit
        elif len(self._faulty) < _GRADINGS_BEFORE_A_REST:
            return
        growths = min(self._rests, _MOST_GROWTHS)
        rest = min(_FIRST_REST_SECONDS * 2.0**growths, _LONGEST_REST_SECONDS)
        self._rests += 1
        self._resting_until = self.read_clock() + rest

    async def find_abilities(self) -> Abilities:
        """Return what can be done now; the machine is looked at every ten seconds."""
        is_stale = self.read_clock() - self._seen_at > _LOOK_EVERY_SECONDS
        if self._seen is None or is_stale:
            self._seen = await asyncio.to_thread(self.look)
            self._seen_at = self.read_clock()
        if not self.is_resting:
            return self._seen
        count = "The latest run" if self._faults == 1 else f"The latest {self._faults} runs"
        problem = f"{count} ended through faults of this machine, so it rests: {self._reason}"
        return replace(self._seen, words=(), problem=problem)
