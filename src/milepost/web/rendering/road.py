"""The geometry of the road on the path page: where each stone stands, how the road runs past them.

Pure arithmetic on "how many stones" and "how much of the way to each is walked"; no markup, no
colours here.
Invariant: stone i stands on the road in both drawings (wide and tall), for any number of skills.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Curve: TypeAlias = tuple[Point, Point, Point, Point]

WIDE = (1200.0, 520.0)
MARGIN = 112.0
CREST, TROUGH = 200.0, 322.0
ROW = 100.0
COLUMN = 200.0
SWING = 56.0


@dataclass(frozen=True, slots=True)
class Line:
    """One drawing of the road as SVG path data, in the units of its view box."""

    view_box: str
    whole: str
    walked: str
    ahead: str


@dataclass(frozen=True, slots=True)
class Stone:
    """Where one milestone stands, in per cent of the drawing it belongs to."""

    number: int
    x: float
    y: float
    above: bool  # whether its name stands above the road
    column_x: float  # per cent across the tall drawing's column


@dataclass(frozen=True, slots=True)
class Road:
    """Both drawings and the stones that stand on them."""

    wide: Line
    tall: Line
    stones: tuple[Stone, ...]


def draw_road(done: Sequence[float]) -> Road:
    """Lay out a road of as many stones as `done` has shares.

    Each says how much of the stretch that leads to its stone is walked, from 0 to 1.
    """
    count = len(done)
    stones = tuple(_stand_stone(index, count) for index in range(count))
    wide = [(stone.x * WIDE[0] / 100, stone.y * WIDE[1] / 100) for stone in stones]
    tall = [(stone.column_x * COLUMN / 100, (i + 0.5) * ROW) for i, stone in enumerate(stones)]
    return Road(
        wide=_draw_line(_wide_curves(wide), done, f"0 0 {WIDE[0]:g} {WIDE[1]:g}"),
        tall=_draw_line(_tall_curves(tall), done, f"0 0 {COLUMN:g} {count * ROW:g}"),
        stones=stones,
    )


def _stand_stone(index: int, count: int) -> Stone:
    step = (WIDE[0] - 2 * MARGIN) / max(count - 1, 1)
    x = WIDE[0] / 2 if count == 1 else MARGIN + index * step
    above = index % 2 == 1
    return Stone(
        number=index + 1,
        x=100 * x / WIDE[0],
        y=100 * (CREST if above else TROUGH) / WIDE[1],
        above=above,
        column_x=100 * (COLUMN / 2 + (SWING if above else -SWING)) / COLUMN,
    )


def _wide_curves(points: Sequence[Point]) -> list[Curve]:
    start = (-10.0, points[0][1] + 40)
    last = points[-1]
    end = (WIDE[0] + 10, last[1] + (40 if last[1] < WIDE[1] / 2 else -40))
    return [
        ((ax, ay), ((ax + bx) / 2, ay), ((ax + bx) / 2, by), (bx, by))
        for (ax, ay), (bx, by) in pairwise([start, *points, end])
    ]


def _tall_curves(points: Sequence[Point]) -> list[Curve]:
    start = (COLUMN / 2, 0.0)
    end = (COLUMN / 2, len(points) * ROW)
    return [
        ((ax, ay), (ax, (ay + by) / 2), (bx, (ay + by) / 2), (bx, by))
        for (ax, ay), (bx, by) in pairwise([start, *points, end])
    ]


def _draw_line(curves: Sequence[Curve], done: Sequence[float], view_box: str) -> Line:
    walked: list[Curve] = []
    ahead: list[Curve] = []
    for curve, share in zip(
        curves, [*done, 1.0 if all(s >= 1 for s in done) else 0.0], strict=True
    ):
        first, second = _split(curve, share)
        walked += [first] if share > 0 else []
        ahead += [second] if share < 1 else []
    return Line(view_box, _path_data(curves), _path_data(walked), _path_data(ahead))


def _split(curve: Curve, at: float) -> tuple[Curve, Curve]:
    """Cut a Bézier curve in two at parameter `at` (de Casteljau's construction)."""

    def between(a: Point, b: Point) -> Point:
        return (a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at)

    p0, p1, p2, p3 = curve
    a, b, c = between(p0, p1), between(p1, p2), between(p2, p3)
    d, e = between(a, b), between(b, c)
    middle = between(d, e)
    return (p0, a, d, middle), (middle, e, c, p3)


def _path_data(curves: Sequence[Curve]) -> str:
    parts: list[str] = []
    pen: Point | None = None
    for p0, p1, p2, p3 in curves:
        if pen != p0:
            parts.append(f"M{_pair(p0)}")
        parts.append(f"C{_pair(p1)} {_pair(p2)} {_pair(p3)}")
        pen = p3
    return "".join(parts)


def _pair(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"
