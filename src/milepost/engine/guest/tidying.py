"""Ends what learner code has started in a guest, and says whether a process stands alone there.

The process list is the kernel's, of the guest's own pid namespace, so nothing in it can be hidden.
"""

import contextlib
import os
import signal
import time
from collections.abc import Collection

_INIT = 1
_ROUNDS = 20  # who is born while others are killed is found in the next one
_PAUSE_SECONDS = 0.0005  # for the kernel to take down what was killed, longer each round
_THREADS_FIELD = 17  # of proc_pid_stat(5), counted behind the name
_GONE = {"Z", "X"}
_AT_WORK = {"R", "S", "D"}  # and not stopped by somebody


def end_everybody() -> None:
    """Kill every process of this pid namespace but its init and us."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def end_others(kept: Collection[int]) -> bool:
    """Kill every process but the init, us and these; False if there is no end of them."""
    for number in range(_ROUNDS):
        others = _list_others(kept)
        if not others:
            return True
        for pid in others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(number * _PAUSE_SECONDS)
    return False


def is_alone(pid: int, kept: Collection[int]) -> bool:
    """Say whether a process is at work, with a single thread, and none lives but it and these."""
    fields = _read_stat(pid)
    if fields is None or fields[0] not in _AT_WORK or int(fields[_THREADS_FIELD]) != 1:
        return False
    return not _list_others({pid, *kept})


def _list_others(kept: Collection[int]) -> list[int]:
    known = {_INIT, os.getpid(), *kept}
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if pid not in known and _is_alive(pid)]


def _is_alive(pid: int) -> bool:
    # A process whose first thread has ended looks dead, and its other threads go on.
    fields = _read_stat(pid)
    return fields is not None and (fields[0] not in _GONE or int(fields[_THREADS_FIELD]) > 1)


def _read_stat(pid: int) -> list[str] | None:
    """Read the fields behind the name, which may hold whatever its owner likes."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None
