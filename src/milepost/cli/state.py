"""What a running Milepost leaves in its data folder for other commands: its address, its process.

No secrets. Invariant: a file of a Milepost that is gone is never believed: its lock is looked at,
and the lock ends with the process.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from milepost.embedded.folder import acquire_lock, is_locked, make_folder


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A Milepost that runs on this machine."""

    url: str
    pid: int
    version: str


def acquire_data_folder(data_dir: Path) -> None:
    """Make the folder ours for as long as this process lives.

    Raises `FolderInUse` or `FolderNotUsable`, with the mend.
    """
    make_folder(data_dir, mode=0o755)
    acquire_lock(_lock_file(data_dir))


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
