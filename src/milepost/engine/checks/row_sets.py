"""What checks ask of the rows of a result: their columns, which of them are astray, what is alike.

Rows hold whatever a database gives, NaN and arrays too: nothing here is sorted or hashed by value.
How rows are shown is `rows`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Protocol

from milepost.engine.checks.comparing import require_equal
from milepost.engine.checks.rows import Row, Rows

_SHOWN_KEYS = 12


class Result(Protocol):
    """What a file of SQL gave."""

    @property
    def rows(self) -> Rows:
        """Return the rows of its last statement that has any."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of their columns."""


def require_columns(run: Result, *names: str) -> None:
    """Fail unless a result has rows, and just these columns, in this order."""
    if run.columns == ():
        raise AssertionError(
            "Your file gave no rows to read: no statement in it asks for any, or the file holds"
            " comments only. A question is answered by the rows of a SELECT; end the file with one."
        )
    absent = [name for name in names if name not in run.columns]
    if absent:
        raise AssertionError(
            f"`{absent[0]}` is missing from the columns of your result. Programs that read it find"
            " columns by their names; give each the name that stands in the brief, with AS where it"
            " needs one."
        )
    require_equal(
        run.columns,
        names,
        "Your result has more columns than were agreed, or has them in another order. Programs that"
        " read it by place would take one for another; name exactly those of the brief after"
        " SELECT.",
    )
    if not run.rows:
        raise AssertionError(
            "Your query gave no rows, though the question has an answer. See what each condition"
            " and each join lets through, one by one; a variable that is a text stands in quotes,"
            " such as `:'city'`."
        )


def pick_astray(
    columns: Sequence[str], found: Sequence[Row], expected: Sequence[Row]
) -> tuple[Rows, Rows]:
    """Return the rows of a dozen keys that differ, as they are and as they should be.

    The key is the first column. Both are empty only where the rows are the same, in one order.
    """
    if list(found) == list(expected):
        return Rows(columns), Rows(columns)
    here, there = Counter(map(_write, found)), Counter(map(_write, expected))
    differing = (here - there) | (there - here)
    keys = {_write(row[0]) for row in (*found, *expected) if _write(row) in differing}
    shown = set(sorted(keys)[:_SHOWN_KEYS])
    got = Rows(columns, [row for row in found if _write(row[0]) in shown])
    wanted = Rows(columns, [row for row in expected if _write(row[0]) in shown])
    return (got, wanted) if got != wanted else (Rows(columns, found), Rows(columns, expected))


def are_same_rows(found: Iterable[Sequence[Any]], expected: Iterable[Sequence[Any]]) -> bool:
    """Tell whether two results hold the same rows, each as often, in whatever order."""
    here, there = list(map(tuple, found)), list(map(tuple, expected))
    with suppress(TypeError):  # an array or an object of JSON has no hash
        return Counter(here) == Counter(there)
    for row in here:
        if row not in there:
            return False
        there.remove(row)
    return not there


def as_number(value: Any) -> Any:
    """Return a number of any type as a Decimal, and all else as it is, a text of digits too."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return Decimal(value) if is_number else value


def are_near(found: Any, expected: Decimal, within: Decimal) -> bool:
    """Tell whether a value is a number so close to another; what is none, or NaN, is not."""
    number = as_number(found)
    is_finite = isinstance(number, Decimal) and number.is_finite()
    return is_finite and abs(number - expected) <= within


def _write(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return f"(a {type(value).__name__})"
