"""The programs that the launcher has started, and every other process that it adopts.

The launcher is the first process of its pid namespace, or a subreaper where there is none, so the
kernel gives it each process whose parent has ended. It reaps them all, and tells of its own.
"""

from __future__ import annotations

import os
import time

from milepost.engine.agent.forking import adopt_orphans
from milepost.engine.agent.loop import READ
from milepost.engine.agent.native import signal
from milepost.engine.agent.tidying import end_all_but, end_everybody, kill_everybody

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    import resource
    from collections.abc import Callable

    from milepost.engine.agent.loop import Loop
    from milepost.engine.agent.parked import Parked

    Ended = Callable[[int, int, int, float], None]  # id, exit code, bytes of memory, seconds


class Children:
    """Programs by their ids. `ended` is called for each once nobody of it is left."""

    def __init__(self, loop: Loop, ended: Ended, *, can_list: bool) -> None:
        self._ended = ended
        self.parked: Parked | None = None  # forks that wait for a check to come
        self._can_list = can_list  # whether /proc may be read here
        self._running: dict[int, tuple[int, float]] = {}  # id -> pid, started
        self._wake, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        loop.watch(self._wake, READ, self._reap)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        adopt_orphans()

    def add(self, number: int, pid: int) -> None:
        """Note a program that was started, so that its end is reported."""
        self._running[number] = (pid, time.monotonic())

    def kill(self, number: int) -> None:
        """Kill a program and all that it has started, wherever that has gone."""
        if number in self._running:
            self._end_all_without(number, wait=False)

    def end_all(self) -> None:
        """Kill every process; none of these ends is reported."""
        self._running.clear()
        if self._list_parked() and self._end_all_but([]):
            return
        if self.parked is not None:
            self.parked.end()
        end_everybody()

    def _reap(self) -> None:
        os.read(self._wake, 4096)
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._note(pid, os.waitstatus_to_exitcode(status), usage)

    def _note(self, pid: int, code: int, usage: resource.struct_rusage) -> None:
        number = next((each for each, (known, _) in self._running.items() if known == pid), None)
        if number is None:  # somebody whom we have adopted
            return
        self._end_all_without(number, wait=True)
        _, started = self._running.pop(number)
        self._ended(number, code, usage.ru_maxrss * 1024, time.monotonic() - started)

    def _end_all_without(self, number: int, *, wait: bool) -> None:
        """End all but the other programs of the check, such as a service beside its migration."""
        pid, _ = self._running[number]
        others = [known for each, (known, _) in self._running.items() if each != number]
        if not (others or self._list_parked()):
            end_everybody() if wait else kill_everybody()
        elif not self._can_list:
            _kill_group(pid)
        elif not (others or wait):
            os.kill(pid, signal.SIGKILL)  # what it leaves behind goes when it has ended
        elif not self._end_all_but(others):
            kill_everybody()

    def _end_all_but(self, programs: list[int]) -> bool:
        """End all but these and the forks that wait, unless somebody has woken one of those.

        What was woken may hold what it was told, and would so outlive who told it.
        """
        if not end_all_but([*programs, *self._list_parked()]):
            return False
        is_touched = self.parked is not None and self.parked.end_if_touched()
        return not is_touched or end_all_but(programs)

    def _list_parked(self) -> list[int]:
        return [] if self.parked is None else self.parked.pids


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
