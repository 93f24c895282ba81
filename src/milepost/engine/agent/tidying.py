"""Ends what learner code has started in a guest: everybody, or all but a few and their families.

The launcher adopts every process that its parent left: once it has no child, all are gone.
The process list is the kernel's, of the guest's own pid namespace, so nothing in it can be hidden.
"""

from __future__ import annotations

import os
import time

from milepost.engine.agent.native import signal

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Collection

_ROUNDS = 20  # who is born while others are killed is found in the next one
_PAUSE_SECONDS = 0.0005  # for the kernel to take down what was killed, longer each round
_PARENT_FIELD, _THREADS_FIELD = 1, 17  # of proc_pid_stat(5), counted behind the name
_GONE = {"Z", "X"}


def kill_everybody() -> None:
    """Kill every process of the guest but us. In one call of the kernel's, so nobody slips away."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill(pid: int) -> None:
    """Kill a process, if it is there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_and_reap(pid: int) -> None:
    """Kill a child, and wait until it is gone."""
    kill(pid)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


def end_everybody() -> None:
    """Kill everybody, and return when they are gone with all that they held."""
    kill_everybody()
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return


def end_all_but(roots: Collection[int]) -> bool:
    """Kill all processes but us, these and their descendants; False if new ones keep coming.

    What its parent has left descends from us alone, so nobody hides in another's family.
    """
    for number in range(_ROUNDS):
        others = list_others(roots)
        if not others:
            return True
        for pid in others:
            kill(pid)
        time.sleep(number * _PAUSE_SECONDS)
    return False


def list_others(roots: Collection[int] = ()) -> list[int]:
    """List every process of the guest but us, these and what descends from them."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    found = {pid: fields for pid in pids if (fields := _read_stat(pid)) is not None}
    del found[os.getpid()]
    return [pid for pid in found if _is_alive(found[pid]) and not _descends(pid, roots, found)]


def _descends(pid: int, roots: Collection[int], found: dict[int, list[str]]) -> bool:
    while pid in found and pid not in roots:
        pid = int(found[pid][_PARENT_FIELD])
    return pid in roots


def _is_alive(fields: list[str]) -> bool:
    # A process whose first thread has ended looks dead, and its other threads go on.
    return fields[0] not in _GONE or int(fields[_THREADS_FIELD]) > 1


def _read_stat(pid: int) -> list[str] | None:
    """Read the fields behind the name, which may hold whatever its owner likes."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None
