"""Real servers started as private processes under a folder of ours: PostgreSQL, for now.

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
)
from milepost.embedded.postgres import EmbeddedPostgres, find_running_dsn

__all__ = [
    "EmbeddedPostgres",
    "EmbeddedServerError",
    "FolderInUse",
    "FolderNotUsable",
    "PostgresBinaries",
    "PostgresDidNotStart",
    "PostgresNotFound",
    "PostgresVersionRefused",
    "find_postgres_binaries",
    "find_running_dsn",
]
