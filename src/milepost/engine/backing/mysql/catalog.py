"""The tables of a check's database as MariaDB's catalog has them, for who wants to see them.

No verdict rests on it.
"""

from itertools import groupby
from operator import itemgetter
from typing import Any

import pymysql

from milepost.engine.backing.catalogs import MOST_TABLES, Catalog, compose_tables
from milepost.engine.backing.mysql.connection import Connection
from milepost.engine.backing.mysql.database import CheckDatabase
from milepost.engine.evidence.tables import Tables

_COLUMNS = """
    SELECT table_name, column_name, column_type, is_nullable = 'YES'
    FROM information_schema.columns WHERE table_schema = database() AND table_name IN %s
    ORDER BY table_name, ordinal_position
"""
_UNIQUE = """
    SELECT table_name, index_name, column_name
    FROM information_schema.statistics
    WHERE table_schema = database() AND table_name IN %s AND non_unique = 0
    ORDER BY table_name, index_name <> 'PRIMARY', index_name, seq_in_index
"""
_FOREIGN_KEYS = """
    SELECT table_name, constraint_name, referenced_table_name, column_name, referenced_column_name
    FROM information_schema.key_column_usage
    WHERE table_schema = database() AND table_name IN %s AND referenced_table_name IS NOT NULL
    ORDER BY table_name, constraint_name, ordinal_position
"""


def read_tables(database: CheckDatabase) -> Tables:
    """Read the tables, with their keys and how many rows there are."""
    names = database.list_tables()
    shown = names[:MOST_TABLES]
    reader = database.connect_reader()
    try:
        catalog = _read(reader, shown) if shown else Catalog((), (), ())
        return compose_tables(
            shown,
            catalog,
            lambda name: _count_rows(reader, name),
            left_out=len(names) - len(shown),
        )
    except pymysql.Error as error:
        raise database.blame(error) from error
    finally:
        database.end(reader)


def _read(reader: Connection, names: list[str]) -> Catalog:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        return list(reader.execute(sql, [names]).fetchall())

    by_index = groupby(ask(_UNIQUE), key=itemgetter(0, 1))
    by_constraint = groupby(ask(_FOREIGN_KEYS), key=itemgetter(0, 1, 2))
    return Catalog(
        columns=[(table, (name, kind, bool(null))) for table, name, kind, null in ask(_COLUMNS)],
        unique=[
            (table, (index == "PRIMARY", [row[2] for row in rows]))
            for (table, index), rows in by_index
        ],
        foreign_keys=[
            (table, ([row[3] for row in own], other, [row[4] for row in own]))
            for (table, _, other), rows in by_constraint
            for own in [list(rows)]
        ],
    )


def _count_rows(reader: Connection, name: str) -> int:
    quoted = name.replace("`", "``")
    rows = reader.execute(f"SELECT count(*) FROM `{quoted}`")  # noqa: S608  the name is quoted
    return int(rows.fetchall()[0][0])
