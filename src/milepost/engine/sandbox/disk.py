"""Measures what a room has written, from outside: bytes and files on all its writable places.

Mounts of its own say so at once. Where a room's places are folders on the host's disk they are
walked, and deleted files that are still open or mapped are looked for in its processes. What
cannot be counted counts as too much.
"""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_MOUNTS = ("work", "tmp", "dev/shm")
_BLOCK = 512
TOO_MUCH = 1 << 60


def measure_mounts(init_pid: int) -> tuple[int, int]:
    """Measure the mounts of a room by its first process. A room that is gone has none."""
    used_bytes = files = 0
    for folder in _MOUNTS:
        with suppress(OSError):
            found = os.statvfs(f"/proc/{init_pid}/root/{folder}")
            used_bytes += (found.f_blocks - found.f_bfree) * found.f_frsize
            files += found.f_files - found.f_ffree
    return used_bytes, max(files - len(_MOUNTS), 0)


class FolderMeasure:
    """Measures a room whose places are folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._hiding: set[int] = set()

    def measure(self, places: Iterable[str], pids: Iterable[int]) -> tuple[int, int]:
        """Measure the places, and what processes hold of files that are in no folder any more."""
        known: dict[int, int] = {}
        files = 0
        for place in places:
            files += _walk(f"{self._folder}{place}", known)
        hiding = {pid for pid in pids if not self._add_held(pid, known)}
        # A process that is ending is closed for a moment too.
        if self._hiding & hiding:
            return TOO_MUCH, files
        self._hiding = hiding
        return sum(known.values()), files

    def _add_held(self, pid: int, known: dict[int, int]) -> bool:
        """Add the deleted files that a process holds; False where it does not let us look."""
        try:
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with suppress(FileNotFoundError):
                    if str(Path(entry.path).readlink()).startswith(self._folder):
                        _add(Path(entry.path).stat(), known)
            with Path(f"/proc/{pid}/maps").open(encoding="utf-8", errors="replace") as maps:
                for line in maps:
                    if line.endswith("(deleted)\n") and self._folder in line:
                        known.setdefault(int(line.split()[4]), TOO_MUCH)  # how large, none can say
        except (FileNotFoundError, ProcessLookupError):
            return True
        except PermissionError:
            return _is_dead(pid)
        return True


def _add(found: os.stat_result, known: dict[int, int]) -> None:
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
        known[found.st_ino] = found.st_blocks * _BLOCK


def _walk(folder: str, known: dict[int, int]) -> int:
    """Note the size of every file below, and answer how many names there are."""
    count = 0
    pending = [folder]  # no recursion: learner code decides how deep it is
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except (FileNotFoundError, NotADirectoryError):
            continue  # it has gone meanwhile
        except OSError:
            return TOO_MUCH  # closed to us, or too deep to be named
        count += len(entries)
        for entry in entries:
            with suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                known[found.st_ino] = found.st_blocks * _BLOCK
                if stat.S_ISDIR(found.st_mode):
                    pending.append(entry.path)
    return count


def _is_dead(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return True
    return text.rpartition(b")")[2].split()[0] in b"ZX"
