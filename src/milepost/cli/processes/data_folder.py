"""The data folder: who has it, who may enter it, and where the Milepost that runs on it is.

What a running one leaves for other commands holds no secrets. Invariant: a file of a Milepost that
is gone is never believed: its lock is looked at, and the lock ends with the process.
"""

import json
import os
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from milepost.embedded.folder import acquire_lock, is_locked, make_folder

_PRIVATE = 0o700
_MAY_PASS = 0o011


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A Milepost that runs on this machine.

    `local_url` is where it listens, whatever people call it. `database` names the PostgreSQL that
    it was given, without the password; it is empty where the private one is used.
    """

    url: str
    pid: int
    version: str
    local_url: str = ""
    database: str = ""


def acquire_data_folder(data_dir: Path, *, demanded_tier: str | None = None) -> None:
    """Make the folder ours for as long as this process lives, and closed to other users.

    Raises `FolderInUse` or `FolderNotUsable`, with the fix.
    """
    make_private_folder(data_dir, demanded_tier=demanded_tier)
    acquire_lock(_lock_file(data_dir))


def make_private_folder(data_dir: Path, *, demanded_tier: str | None = None) -> None:
    """Make the data folder, or close one that is there: hidden checks are unpacked in it.

    As root without namespaces, sandboxes and PostgreSQL run as other users, who must get through:
    then nobody can list it, but its folders of secrets alone are closed.
    """
    is_passable = os.geteuid() == 0 and not _has_namespaces(demanded_tier)
    make_folder(data_dir)
    for folder in (data_dir, data_dir / "run", data_dir / "logs"):
        folder.mkdir(mode=_PRIVATE, exist_ok=True)
        mode = folder.stat().st_mode
        wanted = mode & _PRIVATE | (_MAY_PASS if is_passable else 0)
        if stat.S_IMODE(mode) != wanted and not mode & stat.S_ISVTX:  # a shared folder, as /tmp is
            with suppress(PermissionError):  # it is another user's, and ours to use only
                folder.chmod(wanted)


def _has_namespaces(demanded_tier: str | None) -> bool:
    from milepost.engine import Tier, probe_isolation  # late: most commands only look here

    isolation = probe_isolation(demanded_tier).isolation
    return isolation is not None and isolation.tier is Tier.ISOLATED


def record_running(data_dir: Path, server: RunningServer) -> None:
    """Say where the server is; replaced whole, so that nobody reads half of it."""
    file = _state_file(data_dir)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(asdict(server), indent=2) + "\n")
    unfinished.replace(file)


def forget_running(data_dir: Path) -> None:
    """Take the server's address away again."""
    _state_file(data_dir).unlink(missing_ok=True)


def find_running(data_dir: Path) -> RunningServer | None:
    """The Milepost that runs on this data folder, if one does."""
    if not is_locked(_lock_file(data_dir)):
        return None
    with suppress(OSError, ValueError, TypeError):
        return RunningServer(**json.loads(_state_file(data_dir).read_text()))
    return None


def _lock_file(data_dir: Path) -> Path:
    return data_dir / "lock"


def _state_file(data_dir: Path) -> Path:
    return data_dir / "run" / "server.json"
