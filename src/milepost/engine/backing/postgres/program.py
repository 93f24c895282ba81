"""Finds the server that the `postgres` component runs on, as `doctor` and workers ask for it.

It is the one that the platform's own database would run on too (`embedded.binaries`).
"""

from milepost.embedded.binaries import find_postgres_binaries
from milepost.embedded.programs import Program


def find_server() -> Program:
    """Find it. Raises PostgresNotFound."""
    found = find_postgres_binaries()[0]
    return Program(found.folder / "postgres", "PostgreSQL", found.version, found.source)
