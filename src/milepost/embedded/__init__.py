"""Real servers: PostgreSQL as a private process under a folder of ours, and where others are.

Knows nothing of settings, tables or HTTP: it gives out a connection address and takes the server
down again. Invariant: a server started here listens on a unix socket only, demands a password,
and never outlives its starter.
"""

from milepost.embedded.binaries import PostgresBinaries, find_postgres_binaries
from milepost.embedded.errors import (
    EmbeddedServerError,
    FolderInUse,
    FolderNotUsable,
    PostgresDidNotStart,
    PostgresNotFound,
    PostgresVersionRefused,
    ProgramNotFound,
)
from milepost.embedded.postgres import EmbeddedPostgres, find_running_dsn
from milepost.embedded.programs import Program

__all__ = [
    "EmbeddedPostgres",
    "EmbeddedServerError",
    "FolderInUse",
    "FolderNotUsable",
    "PostgresBinaries",
    "PostgresDidNotStart",
    "PostgresNotFound",
    "PostgresVersionRefused",
    "Program",
    "ProgramNotFound",
    "find_postgres_binaries",
    "find_running_dsn",
]
