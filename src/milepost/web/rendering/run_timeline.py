"""The whole run as one figure: when each check ran, and what it was doing meanwhile.

Arithmetic on the moments that evidence carries; markup and colours are the template's. Statements
that ran while a request was answered count in both. Invariant: of a hidden check nothing is drawn.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from milepost.engine import CheckResult, Evidence

WIDTH = 1000.0  # of every lane, in the units of its view box
MOST_TICKS = 6
THINNEST = 3.0  # so that what took no time is still seen
REQUESTS, STATEMENTS, STORE, CALLS = "requests", "statements", "store", "calls"
WAITING = "waiting"
GROUPS = {
    "exchange": REQUESTS,
    "statement": STATEMENTS,
    "plan": STATEMENTS,
    "command": STORE,
    "program": CALLS,
    "call": CALLS,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane."""

    group: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One check: its whole stretch, and on it what was sent."""

    check: CheckResult
    whole: Bar
    bars: tuple[Bar, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How often something was done in the whole run, and how long it took together."""

    group: str
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RunTimeline:
    """What the figure needs."""

    seconds: float
    lanes: tuple[Lane, ...]
    shares: tuple[Share, ...]
    hidden_count: int
    ticks: tuple["Tick", ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis, at a number that one can read."""

    seconds: float
    share: float  # of the whole width


def draw_run(checks: Sequence[CheckResult], wall_seconds: float) -> RunTimeline | None:
    """Lay out the checks of a run that took `wall_seconds`, or None if no moment is known."""
    shown = [check for check in checks if _began(check) is not None]
    if not shown:
        return None
    end = max([wall_seconds, 0.001, *(_ended(check) for check in shown)])
    return RunTimeline(
        seconds=end,
        lanes=tuple(_draw_lane(check, end) for check in shown),
        shares=_share_out(shown),
        hidden_count=sum(check.hidden for check in checks),
        ticks=_place_ticks(end),
    )


def _place_ticks(end: float) -> tuple[Tick, ...]:
    """Mark every 1, 2 or 5 of a power of ten, at least two and at most five times."""
    power = 10.0 ** math.floor(math.log10(end))
    steps = (power / 5, power / 2, power, power * 2)
    step = next(step for step in steps if end / step < MOST_TICKS)
    return tuple(
        Tick(number * step, number * step / end) for number in range(1, math.floor(end / step) + 1)
    )


def _draw_lane(check: CheckResult, end: float) -> Lane:
    pieces = [piece for piece in check.evidence if piece.kind in GROUPS]
    groups = [GROUPS[piece.kind] for piece in pieces]
    return Lane(
        check=check,
        whole=_draw(WAITING, _began(check) or 0.0, _ended(check), end),
        bars=tuple(
            _draw(group, piece.at_seconds, piece.at_seconds + piece.duration_seconds, end)
            for group, piece in zip(groups, pieces, strict=True)
        ),
        counts=tuple((group, groups.count(group)) for group in dict.fromkeys(groups)),
    )


def _draw(group: str, began: float, ended: float, end: float) -> Bar:
    width = max(WIDTH * (ended - began) / end, THINNEST)
    x = min(WIDTH * began / end, WIDTH - width)
    return Bar(group, round(x, 1), round(width, 1))


def _share_out(checks: Sequence[CheckResult]) -> tuple[Share, ...]:
    shares = []
    busy = 0.0
    for group in (REQUESTS, STATEMENTS, STORE, CALLS):
        by_check = [
            [piece for piece in check.evidence if GROUPS.get(piece.kind) == group]
            for check in checks
        ]
        count = sum(len(pieces) for pieces in by_check)
        seconds = sum(_covered(pieces) for pieces in by_check)
        if count:
            shares.append(Share(group, count, seconds))
    for check in checks:
        busy += _covered([piece for piece in check.evidence if piece.kind in GROUPS])
    whole = sum(_ended(check) - (_began(check) or 0.0) for check in checks)
    return (*shares, Share(WAITING, 0, max(whole - busy, 0.0)))


def _covered(pieces: Sequence[Evidence]) -> float:
    """Return how long any of these went on; what ran side by side counts once."""
    seconds = reached = 0.0
    for piece in sorted(pieces, key=lambda piece: piece.at_seconds):
        ended = piece.at_seconds + piece.duration_seconds
        seconds += max(0.0, ended - max(piece.at_seconds, reached))
        reached = max(reached, ended)
    return seconds


def _began(check: CheckResult) -> float | None:
    """When a check began; of a record that does not say, when its first evidence did."""
    if check.hidden:
        return None
    if check.at_seconds is not None:
        return check.at_seconds
    return min((piece.at_seconds for piece in check.evidence), default=None)


def _ended(check: CheckResult) -> float:
    ends = [piece.at_seconds + piece.duration_seconds for piece in check.evidence]
    return max([(_began(check) or 0.0) + check.duration_seconds, *ends])
