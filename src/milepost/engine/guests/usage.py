"""Measures the memory and the processes of a guest from outside, by a control group or by /proc.

Both leave out the launcher, which is Milepost's own. Nothing is asked of the guest. When to look,
and what is too much, is `watch`.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from milepost.engine.agent.importing import PARKS
from milepost.engine.limits import MEBIBYTE, Limits
from milepost.engine.sandbox import Cgroup

_PAGE = os.sysconf("SC_PAGE_SIZE")
_NEVER_STARTED = 0x40  # PF_FORKNOEXEC: a fork that has not become another program yet
_HEADROOM = 8 * MEBIBYTE  # for the kernel's own account of a guest


class Meter(Protocol):
    """Something that can say what a guest uses now, and whether the kernel had to step in."""

    def list_pids(self) -> list[int]:
        """List the processes of learner code, where a measure of the disk needs them."""

    def measure(self, limits: Limits, disk_bytes: int) -> tuple[int, int]:
        """Answer bytes of memory, and processes and threads. Files in memory are `disk_bytes`."""

    def has_refused(self) -> bool:
        """Say whether the kernel itself has enforced a limit since `take_refusal` was called."""

    def take_refusal(self) -> str | None:
        """Name the limit that the kernel itself has enforced since the last call, if any."""


class CgroupMeter:
    """Reads a guest's group, which also limits it. Made when a run begins: then it only waits."""

    def __init__(
        self, group: Cgroup, limits: Limits, launcher_pid: int, *, most_parked: int
    ) -> None:
        self._group = group
        self._launcher_pid = launcher_pid
        self._memory_before = group.measure_memory()
        self._processes_before = group.count_processes()
        self._refusals_before = group.count_refusals()
        # The files of the work folder are memory too, so there is room for both; which of them was
        # too much is told by the watch, and this is for what is faster than it looks.
        group.limit(
            self._memory_before + limits.memory_bytes + limits.disk_bytes + _HEADROOM,
            self._processes_before + limits.processes + most_parked,
        )

    def list_pids(self) -> list[int]:
        """Mounts of a guest's own know their use by themselves."""
        return []

    def measure(self, limits: Limits, disk_bytes: int) -> tuple[int, int]:  # noqa: ARG002
        """Measure all at once; memory is what the group has, less the files that are counted."""
        memory_bytes = self._group.measure_memory() - self._memory_before - disk_bytes
        processes = self._group.count_processes() - self._processes_before
        return max(memory_bytes, 0), max(processes - count_parked(self._launcher_pid), 0)

    def has_refused(self) -> bool:
        """Say whether the kernel ended a process, or refused to start one."""
        return self._group.count_refusals() != self._refusals_before

    def take_refusal(self) -> str | None:
        """Name the limit for which it did."""
        before, self._refusals_before = self._refusals_before, self._group.count_refusals()
        return next(
            (name for name, count in before.items() if count < self._refusals_before[name]), None
        )


def count_parked(launcher_pid: int) -> int:
    """Count the forks that wait for checks to come, which are ours: the launcher's name tells.

    Nobody else can change that name, since the kernel lets a process name itself alone.
    """
    with suppress(OSError):
        name = Path(f"/proc/{launcher_pid}/comm").read_text(encoding="utf-8", errors="replace")
        if name.startswith(PARKS):
            return int(name.removeprefix(PARKS))
    return 0


class ProcessMeter:
    """Walks the processes of a guest in /proc."""

    def __init__(self, init_pid: int, *, is_launcher: bool) -> None:
        self._init_pid = init_pid
        self._launcher_pid = init_pid if is_launcher else None  # else it is the init's first child

    def list_pids(self) -> list[int]:
        """List what there is now, but for what the launcher is just starting.

        Until it has become the learner's program, it shares the launcher's memory, which is closed
        to all others of the same user, and the launcher waits for it, as it never does else.
        """
        pids = list(self._learner_pids())
        state, *_ = _read_stat(self._launcher_pid or 0)
        if state != b"D":
            return pids
        return [pid for pid in pids if not self._is_being_started(pid)]

    def _is_being_started(self, pid: int) -> bool:
        _, parent, *fields = _read_stat(pid)
        return int(parent) == self._launcher_pid and bool(int(fields[4]) & _NEVER_STARTED)

    def measure(self, limits: Limits, disk_bytes: int) -> tuple[int, int]:  # noqa: ARG002
        """Sum up over all processes, one after the other."""
        pids = list(self._learner_pids())
        return _measure_memory(pids, limits), sum(_count_threads(pid) for pid in pids)

    def has_refused(self) -> bool:
        """Nothing is known of what the kernel did."""
        return False

    def take_refusal(self) -> str | None:
        """Nothing is known of what the kernel did."""
        return None

    def _learner_pids(self) -> Iterator[int]:
        """Walk everything below the init, but for our launcher."""
        pending = _children(self._init_pid)
        if self._launcher_pid is None:
            self._launcher_pid = next(iter(pending), None)
        while pending:
            pid = pending.pop()
            pending += _children(pid)
            if pid != self._launcher_pid:
                yield pid


def _measure_memory(pids: list[int], limits: Limits) -> int:
    # Resident sets count shared pages again and again, but cost little to read: only where
    # their sum is too large is each process asked for its fair share.
    resident = sum(_resident_bytes(pid) for pid in pids)
    if resident <= limits.memory_bytes:
        return resident
    return sum(_share_bytes(pid) for pid in pids)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                text = (thread / "children").read_text(encoding="ascii")
                found += [int(child) for child in text.split()]
    return found


def _read_stat(pid: int) -> list[bytes]:
    """Read what /proc/PID/stat says after the name: the state, the parent, and so on."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return [b"X", *[b"0"] * 9]


def _count_threads(pid: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0


def _resident_bytes(pid: int) -> int:
    return (
        _resident_pages(f"/proc/{pid}") * _PAGE or _resident_pages(_find_live_thread(pid)) * _PAGE
    )


def _resident_pages(folder: str) -> int:
    try:
        text = Path(f"{folder}/statm").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.split()[1]) if text else 0


def _find_live_thread(pid: int) -> str:
    """Find a thread that has memory: the first one, by which a process is known, may be gone."""
    with suppress(OSError):
        for entry in list(os.scandir(f"/proc/{pid}/task")):
            if _resident_pages(entry.path):
                return entry.path
    return f"/proc/{pid}"


def _share_bytes(pid: int) -> int:
    try:
        text = Path(f"{_find_live_thread(pid)}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return _resident_bytes(pid)
    shares = (line.split()[1] for line in text.splitlines() if line.startswith("Pss:"))
    return sum(int(share) for share in shares) * 1024
