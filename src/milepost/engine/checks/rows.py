"""Rows of a database as checks see them: a list of tuples that knows its columns and can be shown.

What is compared are values; how they look to a learner, as a table, is decided here too.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from milepost.engine.checks.evidence import clean

Row = tuple[Any, ...]
_SHOWN_ROWS = 25
_SHOWN_CHARACTERS = 200
_TABLE_ROWS = 40
_ROWS_BEFORE = 5  # a difference


class Rows(list[Row]):
    """The rows of one result, in the order in which they came."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Row] = ()) -> None:
        super().__init__(rows)
        self.columns = tuple(columns)

    def sorted(self) -> "Rows":
        """Answer the same rows in an order of our own, where a question asks for none."""
        return Rows(self.columns, sorted(self, key=lambda row: tuple(map(_sort_key, row))))

    def as_table(self, start: int = 0) -> str:
        """Write the rows from `start` on as a person would, in columns."""
        lines = [list(self.columns)] if self.columns else []
        end = start + _TABLE_ROWS
        lines += [[_show(value) for value in row] for row in self[start:end]]
        widths = [max(map(len, column)) for column in zip(*lines, strict=False)]
        written = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False)).rstrip()
            for line in lines
        ]
        if start:
            written.insert(1, f"… {start} rows, alike on both sides")
        if len(self) > end:
            written.append(f"… and {len(self) - end} more rows")
        return "\n".join(written) if self else "\n".join([*written, "(no rows)"])

    def as_evidence(self) -> dict[str, Any]:
        """Describe the rows for the timeline: the columns, the first rows, and how many came."""
        shown = [[_as_cell(value) for value in row] for row in self[:_SHOWN_ROWS]]
        return {"columns": list(self.columns), "rows": shown, "row_count": len(self)}


def show_sides(got: Rows, expected: list[Row]) -> tuple[str, str]:
    """Write what came and what was expected as two tables that begin near the first difference."""
    pairs = zip(got, expected, strict=False)
    alike = next((n for n, (one, two) in enumerate(pairs) if one != two), None)
    first = min(len(got), len(expected)) if alike is None else alike
    start = max(0, first - _ROWS_BEFORE) if first >= _TABLE_ROWS // 2 else 0
    return got.as_table(start), Rows(got.columns, expected).as_table(start)


def _sort_key(value: Any) -> tuple[bool, str, Any]:
    return (value is not None, type(value).__name__, value if value is not None else "")


def _show(value: Any) -> str:
    return "NULL" if value is None else clean(str(value)).replace("\n", "⏎")[:_SHOWN_CHARACTERS]


def _as_cell(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    return clean(str(value))[:_SHOWN_CHARACTERS]
