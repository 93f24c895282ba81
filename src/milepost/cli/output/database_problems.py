"""What a PostgreSQL that refuses something is told as: a sentence, and what the operator can do.

Only what an operator can put right is told here; any other error of the database is a mistake of
Milepost's own. Invariant: no sentence quotes a statement, a parameter or a password.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as OwnPoolTimeout

GUIDE = "docs/guides/operators.md"
CHECK_URL = (
    "Check MILEPOST_DATABASE_URL and that the server runs, "
    "or unset it to use the private PostgreSQL."
)
ROOM_FIX = (
    "Raise max_connections in PostgreSQL (or the limit of the role or database), or run fewer web "
    f"servers and workers; {GUIDE} says how many connections each uses."
)
RIGHTS_FIX = (
    "Let an administrator of PostgreSQL make Milepost's user the owner of the database: "
    "ALTER DATABASE name OWNER TO user. Tables that another user made are handed over with "
    "REASSIGN OWNED BY that_user TO user."
)
READ_ONLY_FIX = (
    "Name the primary server in MILEPOST_DATABASE_URL, not a standby; if it is the primary, "
    "take `default_transaction_read_only` off the server, the database and the user."
)


@dataclass(frozen=True, slots=True)
class DatabaseProblem:
    """What is wrong with the database, and what the operator can do."""

    message: str
    fix: str


_NEVER = r"(?!)"
_KNOWN: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (
        ("53300",),
        "too many clients|connection slots are reserved|too many connections|max_client_conn",
        "PostgreSQL has no connection left",
        ROOM_FIX,
    ),
    (
        ("28P01", "28000"),
        "password authentication|no password supplied|no pg_hba.conf entry|role .* does not exist",
        "PostgreSQL does not let this user in",
        "Check the user and the password in MILEPOST_DATABASE_URL, and the server's pg_hba.conf.",
    ),
    (
        ("3D000",),
        "database .* does not exist",
        "PostgreSQL has no such database",
        "Make it with CREATE DATABASE name OWNER user, or check MILEPOST_DATABASE_URL.",
    ),
    (
        ("26000", "42P05"),
        "unsupported startup parameter",
        "What answers as PostgreSQL is a pool that Milepost can't work through",
        "Name PostgreSQL itself in MILEPOST_DATABASE_URL: Milepost has pools of its own.",
    ),
    (("42501",), _NEVER, "The database's user lacks a right", RIGHTS_FIX),
    (("25006",), _NEVER, "The database takes no changes", READ_ONLY_FIX),
    (
        ("53100", "58030"),
        _NEVER,
        "PostgreSQL's disk is full or broken",
        "Free space where its data lies.",
    ),
    (
        ("42P01", "3F000"),
        _NEVER,
        "The database does not have Milepost's tables",
        "`milepost up` makes them, in the database that MILEPOST_DATABASE_URL names.",
    ),
    (
        ("55P03",),
        _NEVER,
        "Something else holds a part of the database",
        "Try again in a moment; if it stays, look for long transactions in pg_stat_activity.",
    ),
)


def explain_database_error(error: BaseException) -> DatabaseProblem | None:
    """Return what an error of the database means to an operator, or None if it is another's."""
    for each in _chain(error):
        if isinstance(each, psycopg.Error) and not isinstance(each, PoolTimeout):
            return _explain(each)
    if any(isinstance(each, PoolTimeout | OwnPoolTimeout) for each in _chain(error)):
        return DatabaseProblem(
            "PostgreSQL gave Milepost no connection in time: it does not answer, or has no "
            "connection left.",
            f"Look with `milepost doctor`. {ROOM_FIX}",
        )
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Go from an error to what it was made from, as drivers, pools and the queue wrap them."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = error.orig if isinstance(error, DBAPIError) else None
        error = inner or error.__cause__ or error.__context__


def _explain(error: psycopg.Error) -> DatabaseProblem | None:
    """Explain by the state, or by libpq's words: before a connection is made there is no state."""
    said = _first_line(error)
    for states, pattern, fact, fix in _KNOWN:
        if error.sqlstate in states or re.search(pattern, str(error), re.IGNORECASE):
            return DatabaseProblem(f"{fact}: {said}", fix)
    if isinstance(error, psycopg.OperationalError):
        return DatabaseProblem(f"The database can't be used: {said}", CHECK_URL)
    return None


def _first_line(error: psycopg.Error) -> str:
    lines = str(error.diag.message_primary or error).strip().splitlines() or ["no reason given"]
    last = lines[0].strip().removeprefix("connection failed: ")
    return last if last.endswith(".") else f"{last}."
