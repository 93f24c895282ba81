"""Whether a PostgreSQL that an operator names can be Milepost's: age, rights, encoding, room.

Looks through one connection and changes nothing. Invariant: whatever it finds at fault would have
stopped Milepost later, in the middle of something.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from milepost.cli.output.database_problems import (
    READ_ONLY_FIX,
    RIGHTS_FIX,
    ROOM_FIX,
    DatabaseProblem,
)
from milepost.cli.output.problems import fail_used_wrongly
from milepost.core.addresses import describe_postgres
from milepost.core.database import to_psycopg_url
from milepost.embedded.binaries import OLDEST_MAJOR

# The most that one process opens: transactions, reads and a listener; a worker has its queue's too.
WEB_CONNECTIONS = 13
WORKER_CONNECTIONS = 10

_FACTS = """
    SELECT
        current_user AS role,
        current_database() AS name,
        current_setting('server_encoding') AS encoding,
        pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only,
        current_schema() IS NOT NULL
            AND has_schema_privilege(current_schema(), 'CREATE') AS may_create,
        COALESCE((
            SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        ), true) AS owns_tables,
        current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
            - COALESCE(current_setting('reserved_connections', true)::int, 0)
            - (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL)
            AS free
"""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What one look at a PostgreSQL found. `free` counts connections, our own not included."""

    version: str
    major: int
    role: str
    name: str
    encoding: str
    is_read_only: bool
    may_create: bool
    owns_tables: bool
    free: int


def look_at_database(url: str) -> DatabaseFacts:
    """Ask a PostgreSQL what it is; one that can't be asked raises `psycopg.Error`."""
    with psycopg.connect(
        to_psycopg_url(url), connect_timeout=5, autocommit=True, row_factory=dict_row
    ) as connection:
        number = connection.info.server_version
        version = f"{number // 10000}.{number % 10000}"
        if number // 10000 < OLDEST_MAJOR:  # its catalogs need not be those that are asked below
            return DatabaseFacts(version, number // 10000, "", "", "", False, True, True, 0)
        row: dict[str, Any] = connection.execute(_FACTS).fetchone() or {}
        return DatabaseFacts(version, number // 10000, **{**row, "free": row["free"] + 1})


def find_database_problem(facts: DatabaseFacts, *, must_own: bool = True) -> DatabaseProblem | None:
    """Return what keeps Milepost from using this database, or None."""
    if facts.major < OLDEST_MAJOR:
        return DatabaseProblem(
            f"The database is of PostgreSQL {facts.version}, and Milepost needs {OLDEST_MAJOR} or "
            "newer. Nothing was changed.",
            "Upgrade that server, name another in MILEPOST_DATABASE_URL, or unset it to use the "
            "private PostgreSQL.",
        )
    if facts.is_read_only:
        return DatabaseProblem("The database takes no changes: it is read-only.", READ_ONLY_FIX)
    if facts.encoding != "UTF8":
        return DatabaseProblem(
            f"The database stores text as {facts.encoding}, which can't hold every character.",
            f"Make one that can: CREATE DATABASE name OWNER {facts.role} ENCODING 'UTF8' "
            "TEMPLATE template0.",
        )
    if must_own and not (facts.may_create and facts.owns_tables):
        return DatabaseProblem(
            f"The user {facts.role} may not make or change the tables of the database "
            f"{facts.name}. Nothing was changed.",
            RIGHTS_FIX,
        )
    return None


def find_room_problem(
    facts: DatabaseFacts, *, web: int = 1, workers: int = 0
) -> DatabaseProblem | None:
    """Return that there may be too few connections for these processes, or None."""
    needed = web * WEB_CONNECTIONS + workers * WORKER_CONNECTIONS
    if facts.free >= needed:
        return None
    return DatabaseProblem(
        f"PostgreSQL has {max(facts.free, 0)} free connections, and this Milepost may need "
        f"{needed}. Pages and gradings will wait for one another, or fail.",
        ROOM_FIX,
    )


def require_fit_database(url: str, *, must_own: bool = True) -> DatabaseFacts:
    """Return the facts of a database that can be used, or end the command with what is wrong."""
    facts = look_at_database(url)
    problem = find_database_problem(facts, must_own=must_own)
    if problem is not None:
        where = f"MILEPOST_DATABASE_URL names {describe_postgres(url)}."
        fail_used_wrongly(f"{problem.message} {where}", problem.fix)
    return facts
