"""Restoring a backup: into an empty database, or in the place of what is there.

All of it is one transaction: the schema of the backup's time, its rows, then the migrations since.
Invariant: a database holds everything of the backup, counted again, or is what it was before; and
no sign-in of the backup's time is valid any more.
"""

import hashlib
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg import sql
from sqlalchemy import Connection, create_engine, text

from milepost.core.addresses import add_options
from milepost.core.backup import (
    PLAIN_SETTINGS,
    BackupError,
    BackupNotValid,
    Manifest,
    TableBackup,
    member_of,
    read_manifest,
)
from milepost.core.database import to_sqlalchemy_url
from milepost.core.schema import SchemaIsNewer, find_schema_problem, run_migrations

_CHUNK_BYTES = 1024 * 1024
_LEAVING_SECONDS = 3.0  # a server may notice so late that a program has gone


class DatabaseNotEmpty(BackupError):
    """Rows are in the way of a backup."""

    code: ClassVar[str] = "database_not_empty"

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"The database holds {rows:,} rows already, and restoring replaces all of them. "
            "Nothing was changed. Back them up first (`milepost backup FILE`), then add --force.",
            rows=rows,
        )


class DatabaseInUse(BackupError):
    """Other programs are connected to a database that is to be replaced."""

    code: ClassVar[str] = "database_in_use"

    def __init__(self, connections: int) -> None:
        super().__init__(
            f"The database is in use, by {connections} "
            f"{'connection' if connections == 1 else 'connections'}. Nothing was changed. Stop "
            "every web server and worker on it, then restore again.",
            connections=connections,
        )


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, the schema it has now, and tables that are not Milepost's."""

    manifest: Manifest
    revision: str
    left_out: tuple[str, ...]


def check_backup(file: Path) -> Manifest:
    """Return what a backup holds, once every byte of it was read and found whole."""
    with _opened(file) as archive:
        manifest = read_manifest(archive)
        for table, facts in manifest.tables.items():
            seen = hashlib.sha256()
            for chunk in _read_member(archive, table):
                seen.update(chunk)
            if seen.hexdigest() != facts.sha256:
                raise _damaged(table)
    if isinstance(find_schema_problem(manifest.revision), SchemaIsNewer):
        raise BackupNotValid(
            f"The backup was made by a newer Milepost ({manifest.milepost}, schema "
            f"{manifest.revision}). Nothing was changed. Update this Milepost, then restore again."
        )
    return manifest


def restore_backup(database_url: str, file: Path, *, force: bool = False) -> Restored:
    """Put a backup into the database; with `force`, in the place of what it holds.

    Raises `BackupNotValid`, `DatabaseNotEmpty` or `DatabaseInUse`; after any error the database
    is what it was.
    """
    manifest = check_backup(file)
    engine = create_engine(
        to_sqlalchemy_url(database_url),
        connect_args={
            "connect_timeout": 5,
            "options": add_options(database_url, PLAIN_SETTINGS),
        },
    )
    try:
        with engine.begin() as connection, _opened(file) as archive:
            _require_alone(connection)
            _make_empty(connection, force=force)
            run_migrations(connection, manifest.revision)
            left_out = _fill(connection, manifest, archive)
            run_migrations(connection, "head")
            _end_sign_ins(connection)
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    finally:
        engine.dispose()
    return Restored(manifest, str(revision), left_out)


_OTHERS = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type IS DISTINCT FROM 'autovacuum worker'
""")
_OWN_TABLES = """
    SELECT relname FROM pg_class AS kept
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = kept.oid AND deptype = 'e')
"""
# Everything in the schema but what extensions brought; tables take views and sequences along.
_DROP_ALL = text(f"""
    DO $$ DECLARE each record; BEGIN
        FOR each IN SELECT format('TABLE %I', relname) AS what FROM ({_OWN_TABLES}) AS own
        LOOP EXECUTE 'DROP ' || each.what || ' CASCADE'; END LOOP;
        FOR each IN
            SELECT 'ROUTINE ' || oid::regprocedure AS what FROM pg_proc AS routine
            WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS (
                SELECT FROM pg_depend WHERE objid = routine.oid AND deptype = 'e')
        LOOP EXECUTE 'DROP ' || each.what || ' CASCADE'; END LOOP;
        FOR each IN
            SELECT 'TYPE ' || oid::regtype AS what FROM pg_type AS kind
            WHERE typnamespace = current_schema()::regnamespace AND NOT EXISTS (
                SELECT FROM pg_depend WHERE objid = kind.oid AND deptype IN ('e', 'i'))
        LOOP EXECUTE 'DROP ' || each.what || ' CASCADE'; END LOOP;
    END $$
""")  # noqa: S608 - a constant
_FOREIGN_KEYS = """
    SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""


# What was ended after the backup was made would live again, and nobody could tell which it was.
_END_SIGN_INS = (
    "UPDATE browser_sessions SET revoked_at = now() WHERE revoked_at IS NULL",
    "UPDATE access_tokens SET revoked_at = now() WHERE revoked_at IS NULL",
    "UPDATE sign_in_links SET expires_at = least(expires_at, now())",
    "UPDATE device_authorizations SET expires_at = least(expires_at, now())",
)


def _require_alone(connection: Connection) -> None:
    deadline = time.monotonic() + _LEAVING_SECONDS
    while others := connection.scalar(_OTHERS) or 0:
        if time.monotonic() > deadline:
            raise DatabaseInUse(others)
        time.sleep(0.1)
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))  # else it is read once only


def _make_empty(connection: Connection, *, force: bool) -> None:
    driver = _driver(connection)
    tables = [name for (name,) in driver.execute(_OWN_TABLES).fetchall()]
    rows = sum(_count(driver, table) for table in tables if table != "alembic_version")
    if rows and not force:
        raise DatabaseNotEmpty(rows)
    connection.execute(_DROP_ALL)


def _fill(connection: Connection, manifest: Manifest, archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Copy all rows, with no trigger awake and no foreign key to be in order for.

    Returns the tables of the backup that Milepost's schema never had.
    """
    driver = _driver(connection)
    known = {name for (name,) in driver.execute(_OWN_TABLES).fetchall()}
    keys = driver.execute(_FOREIGN_KEYS).fetchall()
    for name, table, _ in keys:
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        driver.execute(drop.format(sql.SQL(table), sql.Identifier(name)))
    for table in sorted(known & manifest.tables.keys()):
        _fill_table(driver, archive, table, manifest.tables[table])
    for name, table, definition in keys:
        add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
        driver.execute(add.format(sql.SQL(table), sql.Identifier(name), sql.SQL(definition)))
    for name, (value, is_called) in manifest.sequences.items():
        place = sql.Identifier(name).as_string(driver)
        driver.execute(
            "SELECT setval(found, %s, %s) FROM to_regclass(%s) AS found WHERE found IS NOT NULL",
            (value, is_called, place),
        )
    return tuple(sorted(manifest.tables.keys() - known))


def _fill_table(
    driver: psycopg.Connection[Any], archive: zipfile.ZipFile, table: str, facts: TableBackup
) -> None:
    place = sql.Identifier(table)
    driver.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(place))
    driver.execute(sql.SQL("DELETE FROM {}").format(place))  # what migrations put in
    columns = sql.SQL(", ").join(map(sql.Identifier, facts.columns))
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(place, columns)
    with driver.cursor() as cursor, cursor.copy(copy) as rows:
        for chunk in _read_member(archive, table):
            rows.write(chunk)
    driver.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(place))
    if _count(driver, table) != facts.rows:
        raise _damaged(table)


def _end_sign_ins(connection: Connection) -> None:
    """End every session, token, sign-in link and device code that the backup brought."""
    for statement in _END_SIGN_INS:
        connection.execute(text(statement))


def _count(driver: psycopg.Connection[Any], table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    [(count,)] = driver.execute(query).fetchall()
    return int(count)


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("The platform's database driver is psycopg 3.")
    return driver


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except OSError as error:
        raise BackupNotValid(
            f"{file} can't be read: {error.strerror or error}. Nothing was changed."
        ) from error
    except zipfile.BadZipFile as error:
        raise BackupNotValid(
            f"{file} is no backup of Milepost's, or its end is missing. Nothing was changed."
        ) from error
    with archive:
        yield archive


def _read_member(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    try:
        with archive.open(member_of(table)) as member:
            while chunk := member.read(_CHUNK_BYTES):
                yield chunk
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise _damaged(table) from error


def _damaged(table: str) -> BackupNotValid:
    return BackupNotValid(
        f"The backup is damaged: its rows of {table} are not those that were written. Nothing was "
        "changed. Take another copy of it, or an older backup."
    )
