"""A control group around what is measured, which knows how much processor time all of it took.

Times of processes would miss those that nobody waited for. Version 1 (cpuacct) and version 2 are
known; where no group can be made, the rows that need one are left out.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_TOPS = (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup"))
# The shell joins the group and becomes the command: nothing is started outside of it.
_JOIN = 'echo $$ > "$0" && exec "$@"'


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """A group for programs that are started in it and for all that they start."""

    folder: Path

    def command(self, command: Sequence[str | Path]) -> list[str]:
        """Return the command that runs another in this group."""
        return ["sh", "-c", _JOIN, str(self.folder / "cgroup.procs"), *map(str, command)]

    @property
    def processor_seconds(self) -> float:
        """Processor time so far, user and system, of those that run and those that ended."""
        version_1 = self.folder / "cpuacct.usage"
        if version_1.exists():
            return int(version_1.read_text(encoding="ascii")) / 1e9
        lines = (self.folder / "cpu.stat").read_text(encoding="ascii").splitlines()
        figures = dict(line.split() for line in lines)
        return int(figures["usage_usec"]) / 1e6


@contextmanager
def control_group(name: str) -> Iterator[ControlGroup | None]:
    """Make a group, or give None where that is not allowed; remove it afterwards."""
    group = _make(f"milepost-bench-{os.getpid()}-{name}")
    try:
        yield group
    finally:
        if group is not None:
            _remove(group.folder)


def _make(name: str) -> ControlGroup | None:
    for top in _TOPS:
        folder = top / name
        with suppress(OSError):
            folder.mkdir()
            if (folder / "cgroup.procs").exists():
                return ControlGroup(folder)
            folder.rmdir()
    return None


def _remove(folder: Path) -> None:
    """Remove a group and those that Milepost made in it, innermost first."""
    for inner in folder.iterdir():
        if inner.is_dir():
            _remove(inner)
    with suppress(OSError):  # a process that is just ending keeps its group
        folder.rmdir()
