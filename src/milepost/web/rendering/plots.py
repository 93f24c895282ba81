"""The geometry of plots: two lines over time, and bars, as the numbers that an SVG is drawn with.

Pure arithmetic; markup and colours stand in `templates/progress`. Every plot is laid out for a wide
page and for a phone, so that its words keep their size. Invariant: marks lie inside the view box.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDE, NARROW = 720.0, 320.0
HEIGHT = 240.0
LEFT, RIGHT, TOP, BOTTOM = 36.0, 12.0, 12.0, 32.0
MOST_TICKS = 4
ROW, BAR = 40.0, 12.0
ROOM_FOR_A_VALUE = 76.0  # at the end of the longest bar
LEAST_BAR = 2.0  # so that a small value is still seen


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what is written there; `anchor` is SVG's `text-anchor`."""

    at: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Steps:
    """Lines that rise in steps, one path datum each, in the units of the view box."""

    width: float
    lines: tuple[str, ...]
    ends: tuple[tuple[float, float], ...]  # where each line ends, for a mark
    across: tuple[Tick, ...]  # days
    up: tuple[Tick, ...]  # counts
    height: float = HEIGHT
    left: float = LEFT
    right_edge: float = 0.0
    floor: float = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its label above it and its value at its end."""

    label: str
    value: str
    text_y: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars below each other, all from the left edge."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    bar_height: float = BAR


def draw_steps(days: Sequence[date], series: Sequence[Sequence[int]], width: float = WIDE) -> Steps:
    """Lay out one line a series, of as many counts as there are `days`, which are in order.

    There are two days at least. A line stays level until the next day and rises there.
    """
    first, span = days[0], (days[-1] - days[0]).days
    right_edge, floor = width - RIGHT, HEIGHT - BOTTOM
    top = max(1, *(max(counts) for counts in series))
    step = -(-top // MOST_TICKS)
    top = -(-top // step) * step

    def x_of(day: date) -> float:
        return LEFT + (right_edge - LEFT) * (day - first).days / span

    def y_of(count: int) -> float:
        return floor - (floor - TOP) * count / top

    lines = [
        _path([(x_of(day), y_of(count)) for day, count in zip(days, counts, strict=True)])
        for counts in series
    ]
    return Steps(
        width=width,
        lines=tuple(lines),
        ends=tuple((right_edge, round(y_of(counts[-1]), 1)) for counts in series),
        across=(
            Tick(LEFT, _say_day(days[0]), "start"),
            Tick(right_edge, _say_day(days[-1]), "end"),
        ),
        up=tuple(Tick(round(y_of(n), 1), str(n), "end") for n in range(0, top + 1, step)),
        right_edge=right_edge,
    )


def draw_bars(rows: Sequence[tuple[str, float, str]], width: float = WIDE) -> Bars:
    """Lay out a bar a row of (label, amount, value in words); the longest has the whole room."""
    most = max((amount for _, amount, _ in rows), default=0.0) or 1.0
    room = width - ROOM_FOR_A_VALUE
    return Bars(
        width=width,
        height=len(rows) * ROW,
        bars=tuple(
            Bar(
                label=label,
                value=value,
                text_y=n * ROW + 13,
                y=n * ROW + 19,
                width=round(max(room * amount / most, LEAST_BAR), 1),
            )
            for n, (label, amount, value) in enumerate(rows)
        ),
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    parts += [f"H{x:.1f}V{y:.1f}" for x, y in rest]
    return "".join(parts)


def _say_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
