"""How long a verification will still take: by what runs of each kind and stack took so far.

Before the first run has ended, what the last verification of the lab took says it. What is known
from before takes no time. Invariant: nothing measured, nothing said.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from milepost.labs.verification.plan import Kind, PlannedRun

# What a run takes where none of its kind has ended yet: as a share of a right answer's whole run.
_SHARES = {
    Kind.STARTER: 0.7,
    Kind.SOLUTION: 1.0,
    Kind.FLAWED: 0.5,
    Kind.MUTANT: 0.4,
    Kind.CHEAT: 0.3,
    Kind.SPOILED: 1.0,
}
_Sort = tuple[Kind, str]  # a kind of run, on a stack
_SETTLED_SECONDS = 30.0  # after which it shows how many runs there are at once


class Estimate:
    """The runs that are left, and what each is expected to take."""

    def __init__(
        self,
        at_once: int,
        before: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once = at_once  # at least; more where cores idle
        self._clock = clock
        self._began = clock()
        self._before = before  # seconds, by kind and stack, of an earlier verification
        self._left: Counter[_Sort] = Counter()
        self._took: defaultdict[_Sort, list[float]] = defaultdict(list)

    def plan(self, runs: Iterable[PlannedRun]) -> None:
        """Expect these runs."""
        self._left.update((run.kind, run.stack) for run in runs)

    def expect(self, kind: Kind, stack: str, count: int) -> None:
        """Expect so many runs of a kind that are not known one by one yet."""
        self._left[kind, stack] = count

    def finish(self, run: PlannedRun, seconds: float, count: int = 1) -> None:
        """Note that a run has ended that stood for so many, and what it took."""
        self._left[run.kind, run.stack] -= count
        self._took[run.kind, run.stack] += [seconds / count] * count

    def tell_seconds(self) -> float | None:
        """Return how long the rest will take; None while nothing is known about it."""
        total = 0.0
        for (kind, stack), count in self._left.items():
            seconds = self._expect_of(kind, stack) if count > 0 else 0.0
            if seconds is None:
                return None
            total += max(count, 0) * seconds
        return total / self._count_at_once()

    def _count_at_once(self) -> float:
        """Return how many runs there have been beside each other, on average."""
        elapsed = self._clock() - self._began
        if elapsed < _SETTLED_SECONDS:
            return self._at_once
        return max(self._at_once, sum(map(sum, self._took.values())) / elapsed)

    def measured(self) -> dict[str, float]:
        """Return what runs took, also before this verification, to be told to the next."""
        now = {_name(sort): _mean(seconds) for sort, seconds in self._took.items()}
        return {**self._before, **now}

    def _expect_of(self, kind: Kind, stack: str) -> float | None:
        if took := self._took.get((kind, stack)):
            return _mean(took)
        if (before := self._before.get(_name((kind, stack)))) is not None:
            return before
        whole = [
            _mean(seconds) / _SHARES[other]
            for (other, of), seconds in self._took.items()
            if of == stack
        ] or [_mean(seconds) / _SHARES[other] for (other, _), seconds in self._took.items()]
        return _mean(whole) * _SHARES[kind] if whole else None


def _name(sort: _Sort) -> str:
    return f"{sort[0].value} {sort[1]}"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
