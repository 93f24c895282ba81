"""Puts together what a database's catalog says of its tables, within what a page can show.

The questions to the catalog are each component's own; what they return is alike for all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from milepost.engine.evidence.tables import Column, ForeignKey, Table, Tables

MOST_TABLES = 40
_MOST_COLUMNS = 60
_LONGEST_TYPE = 60  # in characters: an ENUM lists all of its words

Names: TypeAlias = Sequence[str]
Rest = TypeVar("Rest")


@dataclass(frozen=True, slots=True)
class Catalog:
    """What a catalog says, each time with the table that it says it of."""

    columns: Iterable[tuple[str, tuple[str, str, bool]]]  # name, type, whether it may be NULL
    unique: Iterable[tuple[str, tuple[bool, Names]]]  # whether it is the primary key, columns
    foreign_keys: Iterable[tuple[str, tuple[Names, str, Names]]]  # columns, table, its columns


def compose_tables(
    names: Names, catalog: Catalog, count_rows: Callable[[str], int | None], *, left_out: int
) -> Tables:
    """Return the tables of these names, after having their rows counted."""
    columns, unique = _group(catalog.columns), _group(catalog.unique)
    foreign_keys = _group(catalog.foreign_keys)

    def compose(name: str) -> Table:
        return Table(
            name=name,
            columns=_describe_columns(columns[name][:_MOST_COLUMNS], unique[name]),
            foreign_keys=tuple(
                ForeignKey(tuple(own), other, tuple(its)) for own, other, its in foreign_keys[name]
            ),
            unique=tuple(tuple(own) for is_key, own in unique[name] if not is_key and len(own) > 1),
            left_out_columns=max(len(columns[name]) - _MOST_COLUMNS, 0),
            row_count=count_rows(name),
        )

    return Tables(tuple(map(compose, names)), left_out)


def _describe_columns(
    columns: Iterable[tuple[str, str, bool]], unique: Iterable[tuple[bool, Names]]
) -> tuple[Column, ...]:
    keys = {name for is_key, own in unique if is_key for name in own}
    alone = {own[0] for _, own in unique if len(own) == 1}
    return tuple(
        Column(
            name=name,
            type=kind if len(kind) <= _LONGEST_TYPE else f"{kind[:_LONGEST_TYPE]}…",
            is_nullable=is_nullable,
            is_key=name in keys,
            is_unique=name in alone,
        )
        for name, kind, is_nullable in columns
    )


def _group(said: Iterable[tuple[str, Rest]]) -> defaultdict[str, list[Rest]]:
    grouped: defaultdict[str, list[Rest]] = defaultdict(list)
    for table, rest in said:
        grouped[table].append(rest)
    return grouped
