"""Kernel limits for sandboxes: a control group for each, where this machine lets us make groups.

A sandbox's first process is put into its group before it starts anything, so everything inside is
bound by it and counted, including memory that no process has mapped. Where groups may be made is
`cgroup_home`; what the numbers mean for a run is `usage`.
"""

import asyncio
import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "milepost"
_TRIES, _PAUSE_SECONDS = 500, 0.005  # for the kernel to notice that the last process has gone
_MOST_BYTES = 1 << 16  # of one file; the longest have some 2 KiB
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class _Names:
    """How one version of cgroups names what both have."""

    memory_limit: str
    swap_limit: str
    swap_is_extra: bool  # whether that limit counts swap alone, or memory and swap together
    memory_used: str
    memory_events: str
    file_pages: frozenset[str]  # what is cached of files on disk: given back when asked for


_NAMES = {
    1: _Names(
        "memory.limit_in_bytes",
        "memory.memsw.limit_in_bytes",
        False,
        "memory.usage_in_bytes",
        "memory.oom_control",
        frozenset({"total_active_file", "total_inactive_file"}),
    ),
    2: _Names(
        "memory.max",
        "memory.swap.max",
        True,
        "memory.current",
        "memory.events",
        frozenset({"active_file", "inactive_file"}),
    ),
}


@dataclass(frozen=True, slots=True)
class CgroupHome:
    """The folders in which groups may be made: of version 2 one for all controllers."""

    version: int
    folders: Mapping[str, Path]  # controller -> folder

    def make(self) -> "Cgroup":
        """Make a group. Raises OSError where that is not possible (any more)."""
        name = f"{_PREFIX}-{os.getpid()}-{next(_numbers)}"
        group = Cgroup(
            _NAMES[self.version], {kind: folder / name for kind, folder in self.folders.items()}
        )
        for folder in group.folders:
            folder.mkdir()
        return group

    def sweep(self) -> None:
        """Remove the groups of processes that are gone: they are empty, as sandboxes die first."""
        for folder in dict.fromkeys(self.folders.values()):
            for left in folder.glob(f"{_PREFIX}-*-*"):
                if not Path("/proc", left.name.split("-")[1]).exists():
                    with suppress(OSError):
                        left.rmdir()


class Cgroup:
    """The group of one sandbox. Its maker must `remove` it when the sandbox is gone."""

    def __init__(self, names: _Names, folder_of: Mapping[str, Path]) -> None:
        self._names = names
        self._memory = folder_of["memory"]
        self._pids = folder_of["pids"]
        self.folders = tuple(dict.fromkeys(folder_of.values()))

    def add(self, pid: int) -> None:
        """Put a process in, with all that it will start."""
        for folder in self.folders:
            _write(folder / "cgroup.procs", pid)

    def limit(self, memory_bytes: int, processes: int) -> None:
        """Bound the sum of everything inside; threads count as processes. No swap is given."""
        swap = self._memory / self._names.swap_limit
        if not self._names.swap_is_extra:
            with suppress(FileNotFoundError):  # the kernel does not count swap
                _write(swap, -1)  # of a group that had limits: that of memory may not be larger
        _write(self._memory / self._names.memory_limit, memory_bytes)
        with suppress(FileNotFoundError):
            _write(swap, 0 if self._names.swap_is_extra else memory_bytes)
        _write(self._pids / "pids.max", processes)

    def count_processes(self) -> int:
        """Count the processes and threads that there are."""
        return int(_read(self._pids / "pids.current"))

    def measure_memory(self) -> int:
        """Measure memory in use: of processes, of files in memory, of the kernel on their behalf.

        What is only cached of files on disk does not count.
        """
        used_bytes = int(_read(self._memory / self._names.memory_used))
        stat = dict(_pairs(self._memory / "memory.stat"))
        return used_bytes - sum(stat[name] for name in self._names.file_pages)

    def count_refusals(self) -> dict[str, int]:
        """Count how often the kernel has enforced a limit, by the names in Limits."""
        memory = dict(_pairs(self._memory / self._names.memory_events))
        processes = dict(_pairs(self._pids / "pids.events"))
        return {"memory_bytes": memory["oom_kill"], "processes": processes["max"]}

    async def remove(self) -> None:
        """Remove the group. What cannot be removed in a while is left to a later sweep."""
        for _ in range(_TRIES):
            left = [folder for folder in self.folders if not _is_removed(folder)]
            if not left:
                return
            await asyncio.sleep(_PAUSE_SECONDS)

    def remove_at_once(self) -> None:
        """Remove the group, if the kernel lets us right now."""
        for folder in self.folders:
            _is_removed(folder)


def _is_removed(folder: Path) -> bool:
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()


def _write(file: Path, value: int) -> None:
    file.write_text(f"{value}\n", encoding="ascii")


def _read(file: Path) -> str:
    """Read one of the kernel's files as it is: asked several times a check, text layers add up."""
    fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, _MOST_BYTES).decode("ascii")
    finally:
        os.close(fd)


def _pairs(file: Path) -> Iterator[tuple[str, int]]:
    for line in _read(file).splitlines():
        name, _, value = line.partition(" ")
        yield name, int(value)
