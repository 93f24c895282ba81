"""A backup: every row of the database in one file, as of one moment, while Milepost runs.

It holds rows and the revision of their schema, not PostgreSQL's own format, so that it can be
restored into any PostgreSQL that Milepost runs on, by this version or a newer one. Invariant: a
file under its final name is whole; its checksums and counts prove that again when it is restored.
"""

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg import sql
from pydantic import BaseModel, ConfigDict

from milepost.core.addresses import add_options
from milepost.core.database import to_psycopg_url
from milepost.core.errors import ConflictError

FORMAT = 1
MANIFEST = "manifest.json"
# What text looks like must not depend on a server's or a user's settings.
PLAIN_SETTINGS = (
    "-c datestyle=ISO -c timezone=UTC -c intervalstyle=postgres -c extra_float_digits=3 "
    "-c bytea_output=hex -c lock_timeout=10s -c statement_timeout=0"
)

_TABLES = """
    SELECT relname FROM pg_class AS kept
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
      AND relname <> 'alembic_version' AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = kept.oid AND deptype = 'e')
    ORDER BY relname
"""
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1"


class BackupError(ConflictError):
    """A backup can't be made or restored as things are; the operator can change that."""

    code: ClassVar[str] = "backup_refused"


class BackupNotPossible(BackupError):
    """There is nothing to back up, or nowhere to put it."""

    code: ClassVar[str] = "backup_not_possible"


class BackupNotValid(BackupError):
    """A file is no backup of Milepost's, or is damaged."""

    code: ClassVar[str] = "backup_not_valid"


class TableBackup(BaseModel):
    """One table in a backup: its columns in their order, and what proves that it is whole."""

    model_config = ConfigDict(frozen=True)

    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds, by which Milepost it was made, and when."""

    model_config = ConfigDict(frozen=True)

    format: int
    milepost: str
    revision: str
    made_at: datetime
    tables: dict[str, TableBackup]
    sequences: dict[str, tuple[int, bool]]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(table.rows for table in self.tables.values())


def write_backup(database_url: str, file: Path, *, version: str, now: datetime) -> Manifest:
    """Write every row to `file`, which only its owner may read, and return what it holds.

    Nothing waits for it but a migration. A file of this name is replaced once the new one is whole.
    """
    unfinished: Path | None = None
    try:
        # A new file under a name that nobody can guess, for its owner only from the first byte.
        descriptor, name = tempfile.mkstemp(prefix=".milepost-backup-", dir=file.parent)
        unfinished = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write_rows(database_url, archive, version=version, now=now)
            stream.flush()
            os.fsync(descriptor)
        unfinished.replace(file)
    except OSError as error:
        raise BackupNotPossible(
            f"{file} can't be written: {error.strerror or error}. No backup was made; choose "
            "another place for it."
        ) from error
    finally:
        if unfinished is not None:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    return manifest


def member_of(table: str) -> str:
    """Return the name under which a table's rows are in a backup."""
    return f"tables/{table}.copy"


def _write_rows(
    database_url: str, archive: zipfile.ZipFile, *, version: str, now: datetime
) -> Manifest:
    with psycopg.connect(
        to_psycopg_url(database_url),
        connect_timeout=5,
        options=add_options(database_url, PLAIN_SETTINGS),
    ) as connection:
        connection.execute("SET client_encoding TO 'UTF8'")
        connection.commit()
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        revision = _read_revision(connection)
        tables = {
            name: _write_table(connection, archive, name) for name in _names(connection, _TABLES)
        }
        # Sequences stand outside of transactions: read last, they are never behind the rows.
        sequences = {
            name: _read_sequence(connection, name) for name in _names(connection, _SEQUENCES)
        }
    manifest = Manifest(
        format=FORMAT,
        milepost=version,
        revision=revision,
        made_at=now,
        tables=tables,
        sequences=sequences,
    )
    archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def _read_revision(connection: psycopg.Connection[Any]) -> str:
    found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    row = None
    if found is not None and found[0] is not None:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise BackupNotPossible(
            "The database has none of Milepost's tables yet, so there is nothing to back up. "
            "Check which database or data folder was meant."
        )
    return str(row[0])


def _write_table(
    connection: psycopg.Connection[Any], archive: zipfile.ZipFile, table: str
) -> TableBackup:
    columns = tuple(_names(connection, _COLUMNS, sql.Identifier(table).as_string(connection)))
    seen = hashlib.sha256()
    copy = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        archive.open(member_of(table), "w", force_zip64=True) as member,
        connection.cursor() as cursor,
    ):
        with cursor.copy(copy) as rows:
            for chunk in rows:
                member.write(chunk)
                seen.update(chunk)
        return TableBackup(columns=columns, rows=cursor.rowcount, sha256=seen.hexdigest())


def _read_sequence(connection: psycopg.Connection[Any], name: str) -> tuple[int, bool]:
    query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))
    [(value, is_called)] = connection.execute(query).fetchall()
    return value, is_called


def _names(connection: psycopg.Connection[Any], query: str, *values: str) -> list[str]:
    return [name for (name,) in connection.execute(query, values or None).fetchall()]


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Return what a backup says that it holds, or raise `BackupNotValid`."""
    try:
        found = json.loads(archive.read(MANIFEST))
        written_as = found.get("format")
        if written_as != FORMAT:
            raise BackupNotValid(
                f"The backup has the format {written_as}, and this Milepost reads {FORMAT}. "
                "Restore it with the version that made it, or a newer one."
            )
        return Manifest.model_validate(found)
    except (
        KeyError,
        ValueError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
    ) as error:
        raise BackupNotValid(
            "The file is no backup of Milepost's, or a damaged one. Nothing was changed."
        ) from error
