"""In which order checks look at a mutant: those first that are likely to see it.

A mutant ends with the first check that fails, so the order decides what it costs, and nothing
else. Small mistakes close to each other are mostly seen by the same check.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from milepost.labs.verification.mutants import Mutant

_NEAR = 5  # lines away, at which a kill counts half
_ANYWHERE = 0.05  # what a kill elsewhere in the solution counts


class Killers:
    """Which checks have caught what so far."""

    def __init__(self, caught: Iterable[str]) -> None:
        self._flaws = Counter(caught)  # checks, as often as they have caught a flaw
        self._kills: defaultdict[str, list[tuple[str, int, str]]] = defaultdict(list)

    def note(self, mutant: Mutant, check: str) -> None:
        """Note that a check has caught a mutant."""
        self._kills[mutant.solution].append((mutant.path, mutant.line, check))

    def order(self, mutant: Mutant, checks: Sequence[str]) -> tuple[str, ...]:
        """Return these checks, the likeliest to catch the mutant first."""
        scores = {name: self._flaws[name] * _ANYWHERE / 10 for name in checks}
        for path, line, check in self._kills[mutant.solution]:
            if check in scores:
                scores[check] += _ANYWHERE
                if path == mutant.path:
                    scores[check] += 1 / (1 + abs(line - mutant.line) / _NEAR)
        return tuple(sorted(checks, key=lambda name: -scores[name]))
