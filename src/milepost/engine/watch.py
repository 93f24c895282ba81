"""Looks at a guest from outside, every 50 ms: memory, processes, disk and files of all it started.

Limits per process are the kernel's business (`rooms.guest_rlimits`); the sum over all processes
is no limit the kernel knows without cgroups, so it is counted here. Nothing is asked of the guest.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from milepost.engine.request import Limits

INTERVAL_SECONDS = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SCRATCH = ("work", "tmp", "dev/shm")
_MOUNT_INODES = len(_SCRATCH)  # the root of each mount


@dataclass(slots=True)
class Watch:
    """The most that one guest used so far."""

    init_pid: int
    limits: Limits
    memory_bytes: int = 0
    processes: int = 0
    disk_bytes: int = 0
    files: int = 0
    _launcher_pid: int | None = field(default=None)

    def look(self) -> str | None:
        """Measure once; answer the name of a limit that is exceeded, if any."""
        pids = list(self._learner_pids())
        self.processes = max(self.processes, sum(_count_threads(pid) for pid in pids))
        self.memory_bytes = max(self.memory_bytes, self._measure_memory(pids))
        disk_bytes, files = self._measure_disk()
        self.disk_bytes = max(self.disk_bytes, disk_bytes)
        self.files = max(self.files, files)
        for name in ("memory_bytes", "processes", "disk_bytes", "files"):
            if getattr(self, name) > getattr(self.limits, name):
                return name
        return None

    def _learner_pids(self) -> Iterator[int]:
        """Walk everything below the init, but for our launcher, which started first."""
        first, *others = [*_children(self.init_pid), None]
        if self._launcher_pid is None:
            self._launcher_pid = first
        pending = [pid for pid in (first, *others) if pid is not None]
        while pending:
            pid = pending.pop()
            pending += _children(pid)
            if pid != self._launcher_pid:
                yield pid

    def _measure_memory(self, pids: list[int]) -> int:
        # Resident sets count shared pages again and again, but cost little to read: only where
        # their sum is too large is each process asked for its fair share.
        resident = sum(_resident_bytes(pid) for pid in pids)
        if resident <= self.limits.memory_bytes:
            return resident
        return sum(_share_bytes(pid) for pid in pids)

    def _measure_disk(self) -> tuple[int, int]:
        used_bytes = files = 0
        for folder in _SCRATCH:
            with suppress(OSError):  # the guest may be gone
                stat = os.statvfs(f"/proc/{self.init_pid}/root/{folder}")
                used_bytes += (stat.f_blocks - stat.f_bfree) * stat.f_frsize
                files += stat.f_files - stat.f_ffree
        return used_bytes, max(files - _MOUNT_INODES, 0)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                text = (thread / "children").read_text(encoding="ascii")
                found += [int(child) for child in text.split()]
    return found


def _count_threads(pid: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0


def _resident_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.split()[1]) * _PAGE if text else 0


def _share_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return _resident_bytes(pid)
    shares = (line.split()[1] for line in text.splitlines() if line.startswith("Pss:"))
    return sum(int(share) for share in shares) * 1024
