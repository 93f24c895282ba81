"""The geometry of a drawn schema: where each table stands, and how lines run between them.

Pure arithmetic; markup and colours stand in `templates/labs/_tables.html`. A table stands to the
right of those that it refers to. Invariant: boxes never overlap and lie inside the view box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from milepost.engine.evidence.tables import Column, Table

MARGIN, GAP_ACROSS, GAP_DOWN = 12.0, 64.0, 24.0
HEAD, ROW = 30.0, 20.0
_CHARACTER = 7.3  # of the page's monospaced letters, at 12 px
_SIDES = 62.0  # of a row: its marks, and the room around its words
_LONGEST_NAME, _LONGEST_TYPE = 26, 24
_LANE, _LANES = 6.0, 7  # lines that turn in the same gap do so beside each other


@dataclass(frozen=True, slots=True)
class Row:
    """A column as a line of its table's box; `y` is where its words stand."""

    marks: str  # "PK", "FK", "U"
    name: str
    type: str
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A table."""

    name: str
    count: str
    x: float
    y: float
    width: float
    height: float
    rows: tuple[Row, ...]
    more: str  # on columns that are not drawn
    right: float  # where types and the count end


@dataclass(frozen=True, slots=True)
class Schema:
    """All boxes, and the path data of a line for each foreign key."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


def draw_schema(tables: Sequence[Table]) -> Schema:
    """Lay out tables, which come by name; the same tables always look the same."""
    by_name = {table.name: table for table in tables}
    ranks = _rank(by_name)
    boxes: dict[str, Box] = {}
    x, height = MARGIN, 0.0
    for rank in range(max(ranks.values(), default=-1) + 1):
        here = [table for table in tables if ranks[table.name] == rank]
        y, width = MARGIN, max((_measure(table) for table in here), default=0.0)
        for table in here:
            boxes[table.name] = _place(table, x, y, width)
            y += boxes[table.name].height + GAP_DOWN
        x += width + GAP_ACROSS
        height = max(height, y - GAP_DOWN + MARGIN)
    return Schema(
        width=max(x - GAP_ACROSS + MARGIN, 2 * MARGIN),
        height=max(height, 2 * MARGIN),
        boxes=tuple(boxes[table.name] for table in tables),
        lines=tuple(_draw_lines(by_name, boxes)),
    )


def describe_schema(tables: Sequence[Table]) -> str:
    """Say in a sentence for each table what it refers to, for who does not see the lines."""
    said = []
    for table in tables:
        others = list(dict.fromkeys(key.table for key in table.foreign_keys))
        refers = f"refers to {' and '.join(others)}" if others else "refers to no other table"
        said.append(f"{table.name} {refers}.")
    return " ".join(said) or "There are no tables."


def mark_column(table: Table, column: Column) -> str:
    """Say in letters which keys a column belongs to."""
    is_foreign = any(column.name in key.columns for key in table.foreign_keys)
    marks = [("PK", column.is_key), ("FK", is_foreign)]
    marks.append(("U", column.is_unique and not column.is_key))
    return " ".join(letters for letters, holds in marks if holds)


def _rank(tables: Mapping[str, Table]) -> dict[str, int]:
    """Number the columns of boxes: each table behind those that it refers to, cycles apart."""
    ranks = dict.fromkeys(tables, 0)
    for _ in tables:  # a chain is as long as there are tables, at most
        for table in tables.values():
            before = [ranks[each] for each in _list_others(table, tables)]
            ranks[table.name] = max((rank + 1 for rank in before), default=0)
        if max(ranks.values()) >= len(tables):  # a cycle would grow for ever
            return _rank_cyclic(tables)
    return ranks


def _rank_cyclic(tables: Mapping[str, Table]) -> dict[str, int]:
    """Number them by what stands before them in the list alone, which has no cycles."""
    ranks: dict[str, int] = {}
    for table in tables.values():
        before = [ranks[each] for each in _list_others(table, tables) if each in ranks]
        ranks[table.name] = max((rank + 1 for rank in before), default=0)
    return ranks


def _list_others(table: Table, tables: Mapping[str, Table]) -> list[str]:
    names = (key.table for key in table.foreign_keys)
    return [name for name in names if name in tables and name != table.name]


def _measure(table: Table) -> float:
    letters = [len(_cut(table.name, _LONGEST_NAME)) + len(_say_count(table)) + 1]
    letters += [
        len(_cut(column.name, _LONGEST_NAME)) + len(_say_type(column)) + 1
        for column in table.columns
    ]
    return round(max(letters) * _CHARACTER + _SIDES, 1)


def _place(table: Table, x: float, y: float, width: float) -> Box:
    rows = tuple(
        Row(
            marks=mark_column(table, column),
            name=_cut(column.name, _LONGEST_NAME),
            type=_say_type(column),
            y=y + HEAD + number * ROW + 14,
        )
        for number, column in enumerate(table.columns)
    )
    more = f"and {table.left_out_columns} more columns" if table.left_out_columns else ""
    return Box(
        name=_cut(table.name, _LONGEST_NAME),
        count=_say_count(table),
        x=x,
        y=y,
        width=width,
        height=HEAD + (len(rows) + bool(more)) * ROW + 6,
        rows=rows,
        more=more,
        right=x + width - 10,
    )


def _draw_lines(tables: Mapping[str, Table], boxes: Mapping[str, Box]) -> list[str]:
    lines: list[str] = []
    for table in tables.values():
        for key in table.foreign_keys:
            if key.table not in tables:
                continue
            own, other = boxes[table.name], boxes[key.table]
            start = _find_height(own, table, key.columns[0])
            end = _find_height(other, tables[key.table], key.references[0])
            turn = own.x - 10 - _LANE * (len(lines) % _LANES)
            if other.x < own.x:
                last = other.x + other.width
            else:  # of the table itself, or in a cycle: along the left sides
                last, turn = other.x, max(min(turn, other.x - 8), 3.0)
            lines.append(f"M{own.x:g} {start:g}H{turn:g}V{end:g}H{last:g}")
    return lines


def _find_height(box: Box, table: Table, column: str) -> float:
    names = [each.name for each in table.columns]
    place = names.index(column) if column in names else len(names)
    return box.y + HEAD + min(place, len(names)) * ROW + ROW / 2


def _say_type(column: Column) -> str:
    shown = _cut(column.type, _LONGEST_TYPE)
    return f"{shown}?" if column.is_nullable else shown


def _say_count(table: Table) -> str:
    if table.row_count is None:
        return "rows not counted"
    return "1 row" if table.row_count == 1 else f"{table.row_count:,} rows"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
