"""The tables of a check's database as PostgreSQL's catalog has them, for who wants to see them.

Read in a session that finds nothing but the catalog, so no object of a learner's is meant by a
name. No verdict rests on it.
"""

import psycopg
from psycopg.sql import SQL, Identifier

from milepost.engine.backing.catalogs import MOST_TABLES, Catalog, compose_tables
from milepost.engine.backing.postgres.database import CheckDatabase
from milepost.engine.backing.postgres.soundness import Connection
from milepost.engine.evidence.tables import Tables

_TABLES = """
    SELECT relname::text, oid::int8, count(*) OVER () FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    ORDER BY relname LIMIT %s
"""
_COLUMNS = """
    SELECT attrelid::int8, attname::text, format_type(atttypid, atttypmod), NOT attnotnull
    FROM pg_attribute WHERE attrelid = ANY (%s::oid[]) AND attnum > 0 AND NOT attisdropped
    ORDER BY attrelid, attnum
"""
# Indexes of a part of the rows, or of more than plain columns, say nothing of the columns alone.
_UNIQUE = """
    SELECT indrelid::int8, indisprimary, ARRAY (
        SELECT attname::text FROM unnest(indkey::int2[]) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number
        WHERE place <= indnkeyatts ORDER BY place
    )
    FROM pg_index WHERE indrelid = ANY (%s::oid[]) AND indisunique
        AND indpred IS NULL AND indexprs IS NULL
    ORDER BY indexrelid
"""
_FOREIGN_KEYS = """
    SELECT conrelid::int8, ARRAY (
        SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = key.number ORDER BY place
    ), relname::text, ARRAY (
        SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = confrelid AND attnum = key.number ORDER BY place
    )
    FROM pg_constraint JOIN pg_class ON pg_class.oid = confrelid
    WHERE conrelid = ANY (%s::oid[]) AND contype = 'f' ORDER BY conname
"""


def read_tables(database: CheckDatabase) -> Tables:
    """Read the tables of the schema `public`, with their keys and how many rows there are."""
    reader = database.connect_reader()
    try:
        reader.execute("SET search_path = pg_catalog")
        return _read(reader)
    except psycopg.Error as error:
        raise database.blame(error) from error
    finally:
        database.end(reader)


def _read(reader: Connection) -> Tables:
    found = reader.execute(_TABLES, [MOST_TABLES]).fetchall()
    names = {number: name for name, number, _ in found}
    numbers = [list(names)]
    catalog = Catalog(
        columns=[(names[n], (c, t, null)) for n, c, t, null in reader.execute(_COLUMNS, numbers)],
        unique=[(names[n], (key, own)) for n, key, own in reader.execute(_UNIQUE, numbers)],
        foreign_keys=[
            (names[n], (own, other, its))
            for n, own, other, its in reader.execute(_FOREIGN_KEYS, numbers)
        ],
    )
    count = found[0][2] if found else 0
    return compose_tables(
        [*names.values()],
        catalog,
        lambda name: _count_rows(reader, name),
        left_out=count - len(names),
    )


def _count_rows(reader: Connection, name: str) -> int | None:
    """Count a table's rows; None where it keeps them from others, as by a policy."""
    try:
        row = reader.execute(SQL("SELECT count(*) FROM {}").format(Identifier("public", name)))
        return int(row.fetchall()[0][0])
    except psycopg.errors.InsufficientPrivilege:
        return None
