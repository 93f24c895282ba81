"""The folder that a service's server and the engine share: a socket, perhaps a log.

It is locked for as long as its engine lives and deleted with the server. What a killed engine left
behind is found by its missing lock, and swept away by the next.
"""

import fcntl
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path


class ServiceFolder:
    """A folder of one server below the engine's own, which nobody else may enter."""

    def __init__(self, path: Path, kind: str, lock: int) -> None:
        self.path = path
        self.kind = kind
        self._lock = lock

    @classmethod
    def make(cls, runtime_dir: Path, kind: str) -> "ServiceFolder":
        """Make a folder with a name that nobody can guess."""
        path = runtime_dir / f"{kind}-{secrets.token_hex(6)}"
        path.mkdir(parents=True, mode=0o700)
        return cls(path, kind, _lock(path))

    def give_to(self, uid: int | None) -> None:
        """Let a sandbox's user own the folder and what is in it, where it has one of its own."""
        if uid is not None:
            for path in (self.path, *self.path.iterdir()):
                os.chown(path, uid, uid)

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1


def sweep_folders(runtime_dir: Path, kind: str) -> None:
    """Delete what servers of dead engines left. A living one holds its folder's lock."""
    for path in runtime_dir.glob(f"{kind}-*"):
        with suppress(OSError):
            lock = _lock(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _lock(path: Path) -> int:
    """Lock a folder for as long as the descriptor is open; raises where another holds it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
