"""As root, shows host folders to sandbox users who may not walk through their parents.

A sandbox is built by an unprivileged user, and a clone below /root or a private temporary folder
is closed to it. So the thread that starts sandboxes gets a mount namespace of its own, in which
those folders are bound below one open folder. Nobody else sees them, nothing moves for this
process, and the mounts vanish with it. Ordinary users need none of this.
"""

import ctypes
import os
import threading
from pathlib import Path

from milepost.engine.errors import IsolationUnavailable

STAGE = Path("/run/milepost/stage")
_CLONE_NEWNS = 0x00020000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 1, 2, 4, 32
_MS_BIND, _MS_REC, _MS_SLAVE = 4096, 16384, 1 << 19
_MNT_DETACH = 2

_libc = ctypes.CDLL(None, use_errno=True)
_thread = threading.local()


def stage(path: Path) -> Path:
    """Answer a path by which sandbox users reach `path`. A second call answers the same one."""
    if os.geteuid() != 0:
        return path
    staged = _staged_paths()
    real = path.resolve()
    found = next((folder for folder in (real, *real.parents) if folder in staged), None)
    if found is None:
        staged[real] = _bind(real, STAGE / str(len(staged)))
        found = real
    return staged[found] / real.relative_to(found) if found != real else staged[real]


def _staged_paths() -> dict[Path, Path]:
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
    staged: dict[Path, Path] = _thread.staged
    return staged


def _bind(source: Path, target: Path) -> Path:
    if source.is_dir():
        target.mkdir()
    else:
        target.touch()
    _mount(str(source), target, "", _MS_BIND | _MS_REC)
    _mount("none", target, "", _MS_BIND | _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID)
    return target


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
