"""Finds where control groups may be made on this machine, by making one and setting its limits.

Version 1 as root, or wherever a folder was handed over; version 2 where the group that Milepost
runs in was delegated to it (systemd's `Delegate=yes`, a container's own). Nothing outside of that
group is ever touched.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from milepost.engine.sandbox.cgroups import CgroupHome

_NEEDED = ("memory", "pids")
_WANTED = (*_NEEDED, "cpu")  # a group of its own gets its fair share of processors, not more
_LEAF = "milepost-host"  # of version 2 only leaves may hold processes: those of Milepost itself
_TRIES = 20
_TRIAL_BYTES, _TRIAL_PROCESSES = 1 << 30, 100


class NoCgroups(Exception):
    """Groups cannot be made here; the text says why."""


@dataclass(frozen=True, slots=True)
class _Mount:
    kind: str  # "cgroup" or "cgroup2"
    root: str  # which group the mount shows as its top
    folder: Path
    controllers: frozenset[str]


@cache
def find_cgroup_home() -> CgroupHome | str:
    """Find where groups can be made and limited, or return why they can't."""
    try:
        home = _find()
        group = home.make()
        try:
            group.limit(_TRIAL_BYTES, _TRIAL_PROCESSES)
            group.measure_memory()
            group.count_refusals()
        finally:
            group.remove_at_once()
        home.sweep()
    except NoCgroups as missing:
        return str(missing)
    except (OSError, KeyError, ValueError) as error:
        return f"no group could be made: {error}"
    return home


def _find() -> CgroupHome:
    mounts = _list_mounts(Path("/proc/self/mountinfo").read_text(encoding="utf-8"))
    own = _list_own(Path("/proc/self/cgroup").read_text(encoding="utf-8"))
    first = {name: m for m in reversed(mounts) for name in m.controllers if m.kind == "cgroup"}
    if all(name in first for name in _NEEDED):
        folders = {name: _inside(first[name], own[name]) for name in _WANTED if name in first}
        return CgroupHome(1, folders)
    unified = next((mount for mount in mounts if mount.kind == "cgroup2"), None)
    if unified is None or "" not in own:
        raise NoCgroups("no control groups are mounted.")
    return _prepare(_inside(unified, own[""]))


def _list_mounts(text: str) -> list[_Mount]:
    found = []
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        _, _, _, root, folder, *_ = before.split(" ")
        kind, _, options = after.split(" ")
        if kind in {"cgroup", "cgroup2"}:
            found.append(_Mount(kind, root, Path(folder), frozenset(options.split(","))))
    return found


def _list_own(text: str) -> dict[str, str]:
    """Read which group this process is in: by controller, that of version 2 under an empty name."""
    own: dict[str, str] = {}
    for line in text.splitlines():
        _, names, group = line.split(":", 2)
        own |= dict.fromkeys(names.split(","), group)
    return own


def _inside(mount: _Mount, group: str) -> Path:
    """Return the folder of a group. A container may see only its own part of the tree."""
    if mount.root != "/" and Path(group).is_relative_to(mount.root):
        return mount.folder / Path(group).relative_to(mount.root)
    folder = mount.folder / group.lstrip("/")
    return folder if folder.is_dir() else mount.folder


def _prepare(own: Path) -> CgroupHome:
    """Have a delegated group of version 2 give its controllers on to groups below it."""
    home = own.parent if own.name == _LEAF else own
    there = (home / "cgroup.controllers").read_text(encoding="ascii").split()
    missing = [name for name in _NEEDED if name not in there]
    if missing:
        raise NoCgroups(f"the controllers {' and '.join(missing)} are not delegated.")
    if not os.access(home / "cgroup.procs", os.W_OK):
        raise NoCgroups("the group that Milepost runs in is not delegated to it.")
    wanted = " ".join(f"+{name}" for name in _WANTED if name in there)
    for _ in range(_TRIES):
        with suppress(OSError):
            (home / "cgroup.subtree_control").write_text(wanted, encoding="ascii")
            return CgroupHome(2, dict.fromkeys(wanted.replace("+", "").split(), home))
        _move_into_leaf(home)  # until then the group may hold no process itself
    raise NoCgroups("the group that Milepost runs in keeps getting new processes.")


def _move_into_leaf(home: Path) -> None:
    leaf = home / _LEAF
    leaf.mkdir(exist_ok=True)
    for pid in (home / "cgroup.procs").read_text(encoding="ascii").split():
        with suppress(ProcessLookupError):
            (leaf / "cgroup.procs").write_text(pid, encoding="ascii")
