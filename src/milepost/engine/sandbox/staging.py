"""As root, shows host folders to sandbox users who may not walk through their parents.

A sandbox is built by an unprivileged user, and a clone below /root or a private temporary folder
is closed to it. So the thread that starts sandboxes gets a mount namespace of its own, in which
those folders are bound below one open folder. Nobody else sees them, nothing moves for this
process, and the mounts vanish with it. Ordinary users need none of this.
"""

import ctypes
import itertools
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from milepost.engine.errors import IsolationUnavailable

STAGE = Path("/run/milepost/stage")
_CLONE_NEWNS = 0x00020000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 1, 2, 4, 32
_MS_BIND, _MS_REC, _MS_SLAVE = 4096, 16384, 1 << 19
_MNT_DETACH = 2

_libc = ctypes.CDLL(None, use_errno=True)
_thread = threading.local()
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class _Staged:
    """One bound path, and which file or folder it was when it was bound."""

    target: Path
    identity: tuple[int, int]


def stage(path: Path, *, writable: bool = False) -> Path:
    """Return a path by which sandbox users reach `path`; on a second call the same one.

    Read-only, unless it is a folder that a server keeps its data in.
    """
    if os.geteuid() != 0:
        return path
    staged = _staged_paths().setdefault(writable, {})
    real = path.resolve()
    for folder in (real, *real.parents):
        known = staged.get(folder)
        if known is not None and known.identity == _identity(folder):
            return known.target / real.relative_to(folder)
    _unbind_replaced(staged)  # not with each call: a sandbox has a dozen paths, all of them known
    staged[real] = _bind(real, STAGE / str(next(_numbers)), writable=writable)
    return staged[real].target


def _staged_paths() -> dict[bool, dict[Path, _Staged]]:
    """Give this thread its own mount namespace when it first asks. Namespaces belong to threads."""
    if not hasattr(_thread, "staged"):
        try:
            STAGE.mkdir(parents=True, exist_ok=True, mode=0o755)
            _check(_libc.unshare(_CLONE_NEWNS))
            _mount("none", Path("/"), "", _MS_REC | _MS_SLAVE)
            _mount("tmpfs", STAGE, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4m,mode=755")
        except OSError as error:
            raise IsolationUnavailable(
                f"root may not make a mount namespace ({error}).",
                "Run Milepost as an ordinary user, or give the container CAP_SYS_ADMIN.",
            ) from error
        _thread.staged = {}
    staged: dict[bool, dict[Path, _Staged]] = _thread.staged
    return staged


def _unbind_replaced(staged: dict[Path, _Staged]) -> None:
    """Unbind folders that were removed or replaced since: a bind would show the old ones."""
    for source, known in list(staged.items()):
        if _identity(source) != known.identity:
            _check(_libc.umount2(os.fsencode(known.target), _MNT_DETACH))
            del staged[source]


def _bind(source: Path, target: Path, *, writable: bool) -> _Staged:
    if source.is_dir():
        target.mkdir()
    else:
        target.touch()
    _mount(str(source), target, "", _MS_BIND | _MS_REC)
    access = 0 if writable else _MS_RDONLY
    _mount("none", target, "", _MS_BIND | _MS_REMOUNT | _MS_NOSUID | access)
    return _Staged(target, _identity(source))


def _identity(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_dev, stat.st_ino)


def _mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    _check(
        _libc.mount(
            source.encode(), os.fsencode(target), kind.encode(), flags, options.encode() or None
        )
    )


def _check(answer: int) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
