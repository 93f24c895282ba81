"""The folder an embedded server owns: its lock, its secrets, and a short place for its socket.

Knows nothing of PostgreSQL itself. Invariants: one server a folder, proven by a lock that the
server's own processes hold too; secrets are readable by their owner only.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import socket
import stat
import time
from pathlib import Path

from milepost.embedded.errors import FolderInUse, FolderNotUsable

# A unix socket's path is limited to 107 bytes on Linux and 103 on macOS.
_SOCKET_PATH_BYTES = 103
_ORPHANS_END_SECONDS = 15.0
_PRIVATE = 0o700


def make_folder(folder: Path, *, mode: int = _PRIVATE) -> None:
    """Create a folder, by default for ourselves alone, or raise `FolderNotUsable`."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        trial = folder / f".trial-{secrets.token_hex(4)}"
        trial.touch(mode=0o600)
        trial.unlink()
    except OSError as error:
        raise FolderNotUsable(
            f"The data folder {folder} can't be written ({error.strerror}).",
            fix=f"{_how_to_own(folder)}, or choose another folder with MILEPOST_DATA_DIR.",
        ) from error


def acquire_lock(path: Path) -> int:
    """Lock the folder for this process and those that inherit the returned descriptor.

    A starter that was killed, or a server of ours that was, may leave processes that end in a
    moment: they are waited for. Another starter that lives raises `FolderInUse` at once.
    """
    descriptor = _open_lock(path)
    patience_ends_at = time.monotonic() + _ORPHANS_END_SECONDS
    while not _try_lock(descriptor):
        holder = find_lock_holder(path)
        if (_is_alive(holder) and holder != os.getpid()) or time.monotonic() > patience_ends_at:
            os.close(descriptor)
            raise FolderInUse(path.parent, holder)
        time.sleep(0.05)
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def is_locked(path: Path) -> bool:
    """Whether a server, or one still shutting down, holds the folder."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


def find_lock_holder(path: Path) -> int | None:
    """The process that last locked the folder, alive or not."""
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text().strip())
    return None


def read_or_make_secret(path: Path) -> str:
    """A random password that stays the same for this folder."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text().strip()


def make_socket_folder(folder: Path, socket_name: str, *, owners: set[int]) -> Path:
    """A private, empty folder for a unix socket, the same one each time where possible.

    Inside the data folder when that works; some are too deep, and some file systems hold no
    sockets. One that exists is taken only if one of `owners` made it.
    """
    label = f"milepost-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [
        folder / "socket",
        *([Path(runtime) / label] if runtime else []),
        Path("/tmp") / label,  # noqa: S108  _claim trusts it only when it is ours
    ]
    for candidate in candidates:
        fits = len(os.fsencode(candidate / socket_name)) <= _SOCKET_PATH_BYTES
        if fits and _claim(candidate, owners) and _holds_sockets(candidate):
            return candidate
    raise FolderNotUsable(
        f"No folder was found for PostgreSQL's socket; tried {', '.join(map(str, candidates))}.",
        fix="Choose a shorter data folder with MILEPOST_DATA_DIR, or make /tmp writable.",
    )


def _how_to_own(folder: Path) -> str:
    user = os.geteuid()
    if folder.exists():
        return f"Give it to this user (sudo chown -R {user} {folder})"
    return f"Make it for this user (sudo install -d -o {user} {folder})"


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise FolderNotUsable(
            f"{path} can't be opened ({error.strerror}).",
            fix=f"Give the folder to this user (sudo chown -R {os.geteuid()} {path.parent}).",
        ) from error


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _claim(folder: Path, owners: set[int]) -> bool:
    """Own the folder alone. One that somebody else made first, or a link, is never trusted."""
    try:
        folder.mkdir(mode=_PRIVATE, exist_ok=True)
        seen = folder.lstat()
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in owners:
            return False
        folder.chmod(_PRIVATE)
        for left_behind in folder.iterdir():
            left_behind.unlink()
    except OSError:
        return False
    return True


def _holds_sockets(folder: Path) -> bool:
    trial = folder / f"t{secrets.token_hex(2)}"
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(trial))
    except OSError:
        return False
    finally:
        trial.unlink(missing_ok=True)
    return True
