"""The tables of a database as its catalog describes them: what a console shows and a page draws.

They travel as the values of one note. How a catalog is asked is each component's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TITLE = "The tables, as the catalog has them"  # of the note
_LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `is_unique` is of the column alone, not of several together."""

    name: str
    type: str
    is_nullable: bool
    is_key: bool = False  # a part of the primary key
    is_unique: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values stand in the columns of a table too."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Of a very wide one the first columns are listed, and the others counted."""

    name: str
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()  # several columns that are unique together
    left_out_columns: int = 0
    row_count: int | None = None  # None where nobody but their owner may count them


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables by name. Of very many the first are listed, and the others counted."""

    listed: tuple[Table, ...] = ()
    left_out: int = 0

    def to_values(self) -> dict[str, Any]:
        """Write them as the values of a note, one a table: each of these has a size of its own."""
        return {_LEFT_OUT: self.left_out} | {str(n): each for n, each in enumerate(self.listed)}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Tables":
        """Read what a stored note holds of `to_values`; a table that was too long is counted."""
        named = {name: value for name, value in values.items() if name != _LEFT_OUT}
        listed = tuple(_read(value) for value in named.values() if isinstance(value, Mapping))
        return cls(listed, values[_LEFT_OUT] + len(named) - len(listed))


def _read(value: Mapping[str, Any]) -> Table:
    return Table(
        name=value["name"],
        columns=tuple(Column(**each) for each in value["columns"]),
        foreign_keys=tuple(
            ForeignKey(tuple(each["columns"]), each["table"], tuple(each["references"]))
            for each in value["foreign_keys"]
        ),
        unique=tuple(tuple(each) for each in value["unique"]),
        left_out_columns=value["left_out_columns"],
        row_count=value["row_count"],
    )
