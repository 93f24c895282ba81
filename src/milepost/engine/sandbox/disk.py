"""Measures what a sandbox has written, from outside: bytes and files on all its writable places.

Mounts of its own say so at once. Where a sandbox's places are folders on the host's disk they are
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
_EXITING = 0x4  # PF_EXITING, of what /proc/PID/stat calls flags
TOO_MUCH = 1 << 60


def measure_mounts(init_pid: int) -> tuple[int, int]:
    """Measure the mounts of a sandbox by its first process. A sandbox that is gone has none."""
    used_bytes = files = 0
    for folder in _MOUNTS:
        with suppress(OSError):
            found = os.statvfs(f"/proc/{init_pid}/root/{folder}")
            used_bytes += (found.f_blocks - found.f_bfree) * found.f_frsize
            files += found.f_files - found.f_ffree
    return used_bytes, max(files - len(_MOUNTS), 0)


class FolderMeasure:
    """Measures a sandbox whose places are folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._was_hidden = False

    def measure(self, places: Iterable[str], pids: Iterable[int]) -> tuple[int, int]:
        """Measure the places, and what processes hold of files that are in no folder any more."""
        known: dict[int, int] = {}
        files = 0
        for place in places:
            files += _walk(f"{self._folder}{place}", known)
        is_hidden = bool([pid for pid in pids if not self._add_held(pid, known)])
        # Once may be chance. In two looks it may be another who hides: files go on to a fork.
        was_hidden, self._was_hidden = self._was_hidden, is_hidden
        return (TOO_MUCH if is_hidden and was_hidden else sum(known.values())), files

    def _add_held(self, pid: int, known: dict[int, int]) -> bool:
        """Add the deleted files that a process holds; False where it does not let us look.

        Each thread is asked: it may have opened files of its own, and the first one may be gone.
        """
        is_mapped = False
        for thread in _threads(pid):
            try:
                self._add_open(thread, known)
                is_mapped = is_mapped or self._add_mapped(thread, known)  # memory is one for all
            except (FileNotFoundError, ProcessLookupError):
                continue
            except PermissionError:
                if not _is_ending(thread):
                    return False
        return True

    def _add_open(self, thread: str, known: dict[int, int]) -> None:
        for entry in list(os.scandir(f"{thread}/fd")):
            with suppress(FileNotFoundError):
                if str(Path(entry.path).readlink()).startswith(self._folder):
                    _add(Path(entry.path).stat(), known)

    def _add_mapped(self, thread: str, known: dict[int, int]) -> bool:
        """Add what is mapped; False if the thread has no memory any more."""
        has_memory = False
        with Path(f"{thread}/maps").open(encoding="utf-8", errors="replace") as maps:
            for line in maps:
                has_memory = True
                if line.endswith("(deleted)\n") and self._folder in line:
                    known.setdefault(int(line.split()[4]), TOO_MUCH)  # how large, none can say
        return has_memory


def _add(found: os.stat_result, known: dict[int, int]) -> None:
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
        known[found.st_ino] = found.st_blocks * _BLOCK


def _walk(folder: str, known: dict[int, int]) -> int:
    """Note the size of every file below, and return how many names there are."""
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


def _threads(pid: int) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(f"/proc/{pid}/task")]
    except OSError:
        return []


def _is_ending(thread: str) -> bool:
    """Return whether a thread is about to be gone: for that moment it cannot be read either."""
    try:
        state, *fields = Path(f"{thread}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return True
    return state in b"ZX" or bool(int(fields[5]) & _EXITING)
