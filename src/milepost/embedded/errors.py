"""What can go wrong with an embedded server, each the fact and the fix in a sentence each.

The command line prints both; nothing here knows how. Invariant: `str(error)` is the fact,
`error.fix` the next step.
"""

from pathlib import Path


class EmbeddedServerError(Exception):
    """An embedded server could not be used; `fix` says what to do next."""

    def __init__(self, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class PostgresNotFound(EmbeddedServerError):
    """No usable PostgreSQL binaries are on this machine."""


class FolderNotUsable(EmbeddedServerError):
    """The data folder can't be read, written or owned by the user who starts the server."""


class FolderInUse(EmbeddedServerError):
    """Another process already serves this data folder."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        stop = f"Stop it first (kill {pid})" if pid else "Stop it first"
        super().__init__(
            f"{folder} is already in use by {who}.",
            fix=f"{stop}, or choose another folder with MILEPOST_DATA_DIR.",
        )
        self.pid = pid


class PostgresVersionRefused(EmbeddedServerError):
    """The data folder was made by a PostgreSQL that this machine does not have."""

    def __init__(self, folder: Path, *, made_by: int, available: list[int]) -> None:
        have = ", ".join(str(major) for major in available)
        newer = made_by > max(available)
        fix = (
            "Update Milepost to the version that made the folder"
            if newer
            else f"Move the data over with pg_upgrade, install PostgreSQL {made_by}"
        )
        super().__init__(
            f"{folder} was made by PostgreSQL {made_by}, and this machine has {have}: "
            "reading it would damage it, so nothing was touched.",
            fix=f"{fix}, or choose another folder with MILEPOST_DATA_DIR.",
        )


class PostgresDidNotStart(EmbeddedServerError):
    """The server ended, or did not become ready in time; the message quotes its log."""


class ProgramNotFound(EmbeddedServerError):
    """No usable program of this kind is on this machine."""
