"""Rows of a database as checks see them: a list of tuples that knows its columns and can be shown.

What is compared are values; how they look to a learner, as a table, is decided here too.
"""

from collections.abc import Container, Iterable, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.sql_values import show_sql, sort_key

if TYPE_CHECKING:
    from milepost.engine.evidence.sql import StatementResult

Row = tuple[Any, ...]
_SHOWN_ROWS = 25
_SHOWN_CHARACTERS = 200
_TABLE_ROWS = 40
_ROWS_BEFORE = 5  # a difference


class RowMissing(GuestFault, IndexError):
    """A check looks at a row that a result does not have, such as the first of an emptied table."""


class Rows(list[Row]):
    """The rows of one result, in the order in which they came."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Row] = ()) -> None:
        super().__init__(rows)
        self.columns = tuple(columns)

    @overload
    def __getitem__(self, place: SupportsIndex) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: SupportsIndex | slice) -> Row | list[Row]:
        """Return a row. Raises RowMissing, which is the learner's, where there are not so many."""
        try:
            return super().__getitem__(place)
        except IndexError:
            raise RowMissing(
                f"The check needs more rows than there are: the result has {len(self)}"
                f" ({', '.join(self.columns) or 'no columns'}). Does your SQL remove too much, or"
                " return nothing?"
            ) from None

    def sorted(self) -> "Rows":
        """Return the same rows in an order of our own, where a question asks for none."""
        return Rows(self.columns, sorted(self, key=lambda row: tuple(map(sort_key, row))))

    def as_table(
        self, start: int = 0, quoted: Container[int] = (), least_widths: Sequence[int] = ()
    ) -> str:
        """Write the rows from `start` on as psql would, in columns.

        In the columns that are `quoted`, texts stand in quotes, so that no number is like them.
        """
        lines = self._write_cells(start, quoted)
        pairs = zip_longest(_measure(lines), least_widths, fillvalue=0)
        widths = [max(pair) for pair in pairs]
        written = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False)).rstrip()
            for line in lines
        ]
        if start:
            written.insert(1 if self.columns else 0, f"… {start} rows, alike on both sides")
        if len(self) > start + _TABLE_ROWS:
            written.append(f"… and {len(self) - start - _TABLE_ROWS} more rows")
        return "\n".join(written) if self else "\n".join([*written, "(no rows)"])

    def measure(self, start: int, quoted: Container[int]) -> list[int]:
        """Return how wide the columns of a table of these rows are."""
        return _measure(self._write_cells(start, quoted))

    def _write_cells(self, start: int, quoted: Container[int]) -> list[list[str]]:
        head = [[clean(name) for name in self.columns]] if self.columns else []
        rows = self[start : start + _TABLE_ROWS]
        return head + [
            [(_quote if place in quoted else _show)(value) for place, value in enumerate(row)]
            for row in rows
        ]

    def as_evidence(self, command: str | None, changed: int | None) -> "StatementResult":
        """Describe the rows for the timeline: the columns, the first rows, and how many came.

        Where there are no columns, so many rows were `changed`.
        """
        from milepost.engine.evidence.sql import StatementResult  # only where there is a database

        return StatementResult(
            columns=self.columns,
            rows=tuple(tuple(map(_as_cell, row)) for row in self[:_SHOWN_ROWS]),
            row_count=len(self) if self.columns else changed,
            command=command,
        )


def show_sides(got: Rows, expected: list[Row]) -> tuple[str, str]:
    """Write what came and what was expected as two tables that begin near the first difference.

    What was expected has the names of columns that the check gave it, and no others.
    """
    pairs = list(zip(got, expected, strict=False))
    alike = next((n for n, (one, two) in enumerate(pairs) if one != two), None)
    first = min(len(got), len(expected)) if alike is None else alike
    start = max(0, first - _ROWS_BEFORE) if first >= _TABLE_ROWS // 2 else 0
    quoted = _find_look_alikes(pairs[start : start + _TABLE_ROWS])
    wanted = expected if isinstance(expected, Rows) else Rows((), expected)
    # Columns of one width on both sides, so that a line which is alike is the same line.
    return (
        got.as_table(start, quoted, wanted.measure(start, quoted)),
        wanted.as_table(start, quoted, got.measure(start, quoted)),
    )


def _measure(lines: list[list[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip_longest(*lines, fillvalue="")]


def _find_look_alikes(pairs: Iterable[tuple[Row, Row]]) -> set[int]:
    """List the columns in which a text stands beside what is none, or nearly the same text."""
    return {
        number
        for rows in pairs
        for number, (one, two) in enumerate(zip(*rows, strict=False))
        if one != two and _look_alike(one, two)
    }


def _look_alike(one: Any, two: Any) -> bool:
    are_texts = isinstance(one, str), isinstance(two, str)
    if not any(are_texts):
        return False
    is_number_beside_text = not all(are_texts) and isinstance(
        two if are_texts[0] else one, int | float | Decimal
    )
    return is_number_beside_text or show_sql(one).strip() == show_sql(two).strip()


def _quote(value: Any) -> str:
    shown = _show(value)
    return "'" + shown.replace("'", "''") + "'" if isinstance(value, str) else shown


def _show(value: Any) -> str:
    return clean(show_sql(value)).replace("\n", "⏎")[:_SHOWN_CHARACTERS]


def _as_cell(value: Any) -> str | None:
    return None if value is None else clean(show_sql(value))[:_SHOWN_CHARACTERS]
