"""The whole run as one figure: when each check ran, and what it was doing meanwhile.

Arithmetic on the moments that evidence carries; markup and colours are the template's. Statements
that ran while a request was answered count in both. Invariant: of a hidden check nothing is drawn.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from milepost.engine import CheckResult, Evidence
from milepost.engine.evidence.contract import Lane

WIDTH = 1000.0  # of every line, in the units of its view box
MOST_TICKS = 6
THINNEST = 3.0  # so that what took no time is still seen
WAITING = Lane("waiting", 100, "Starting, preparing, comparing", "wait")


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a check's line."""

    lane: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """One check: its whole stretch, and on it what was sent."""

    check: CheckResult
    whole: Bar
    bars: tuple[Bar, ...]
    counts: tuple[tuple[Lane, int], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How often something was done in the whole run, and how long it took together."""

    lane: Lane
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RunTimeline:
    """What the figure needs."""

    seconds: float
    lines: tuple[Line, ...]
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
        lines=tuple(_draw_line(check, end) for check in shown),
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


def _draw_line(check: CheckResult, end: float) -> Line:
    drawn = _list_drawn(check)
    lanes = [lane for lane, _ in drawn]
    return Line(
        check=check,
        whole=_draw(WAITING, _began(check) or 0.0, _ended(check), end),
        bars=tuple(
            _draw(lane, piece.at_seconds, piece.at_seconds + piece.duration_seconds, end)
            for lane, piece in drawn
        ),
        counts=tuple((lane, lanes.count(lane)) for lane in dict.fromkeys(lanes)),
    )


def _list_drawn(check: CheckResult) -> list[tuple[Lane, Evidence]]:
    return [(piece.lane, piece) for piece in check.evidence if piece.lane is not None]


def _draw(lane: Lane, began: float, ended: float, end: float) -> Bar:
    width = max(WIDTH * (ended - began) / end, THINNEST)
    x = min(WIDTH * began / end, WIDTH - width)
    return Bar(lane.name, round(x, 1), round(width, 1))


def _share_out(checks: Sequence[CheckResult]) -> tuple[Share, ...]:
    drawn = [_list_drawn(check) for check in checks]
    lanes = {lane for pieces in drawn for lane, _ in pieces}
    shares = []
    for lane in sorted(lanes, key=lambda lane: (lane.order, lane.name)):
        by_check = [[piece for its, piece in pieces if its == lane] for pieces in drawn]
        count = sum(len(pieces) for pieces in by_check)
        shares.append(Share(lane, count, sum(_covered(pieces) for pieces in by_check)))
    busy = sum(_covered([piece for _, piece in pieces]) for pieces in drawn)
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
