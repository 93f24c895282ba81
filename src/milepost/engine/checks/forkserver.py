"""The forkserver of a lab's checks: it imports and collects once, and forks itself for each run.

A run's child begins as an exact copy of a forkserver that has run nothing, so no run sees another's
globals. The forkserver is single-threaded, takes orders from its engine only, and ends with it.
"""

import os
import selectors
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import assert_never

from milepost.engine.agent.descriptors import receive_with_descriptors
from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.check_process import (
    TO_FORKSERVER,
    BeginRun,
    EndRun,
    ForkserverOrder,
    ForkserverReady,
)
from milepost.engine.protocol.codec import encode
from milepost.engine.protocol.frames import Decoder

Run = Callable[[socket.socket], None]


class Forkserver:
    """Forks a child for each run that the engine orders, and ends it when told."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._decoder = Decoder(parse_object)
        self._fds: list[int] = []
        self._children: dict[int, tuple[int, int]] = {}  # run -> pid, pidfd
        self._selector = selectors.DefaultSelector()

    def serve(self, run: Run) -> None:
        """Obey until the engine closes the socket; `run` is what each child does."""
        self._selector.register(self._control, selectors.EVENT_READ)
        self._control.sendall(encode(ForkserverReady()))
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is not self._control:
                    self._reap(key.data)
                elif not self._take_orders(run):
                    return

    def _take_orders(self, run: Run) -> bool:
        data, fds = receive_with_descriptors(self._control, 1 << 16, 8)
        self._fds += fds
        if not data:
            return False
        self._decoder.feed(data)
        while (frame := self._decoder.next_frame()) is not None:
            self._obey(TO_FORKSERVER.decode(frame), run)
        return True

    def _obey(self, order: ForkserverOrder, run: Run) -> None:
        match order:
            case BeginRun(number):
                channel = self._fds.pop(0)
                self._fork(number, channel, run)
                os.close(channel)
            case EndRun(number):
                self._end(number)
            case _:
                assert_never(order)

    def _end(self, number: int) -> None:
        if number in self._children:
            with suppress(ProcessLookupError):
                os.killpg(self._children[number][0], signal.SIGKILL)

    def _fork(self, number: int, channel: int, run: Run) -> None:
        pid = os.fork()
        if pid == 0:
            self._be_child(channel, run)
        pidfd = os.pidfd_open(pid)
        self._children[number] = (pid, pidfd)
        self._selector.register(pidfd, selectors.EVENT_READ, number)

    def _be_child(self, channel: int, run: Run) -> None:
        """Run and end, without ever returning into what the forkserver was doing."""
        code = 1
        try:
            os.setsid()
            self._control.close()
            self._selector.close()
            for _, pidfd in self._children.values():
                os.close(pidfd)
            for other in self._fds:  # of runs to come, whose ends must close with them
                os.close(other)
            with socket.socket(fileno=os.dup(channel)) as talk:
                os.close(channel)
                talk.set_inheritable(False)
                run(talk)
            code = 0
        finally:
            os._exit(code)

    def _reap(self, number: int) -> None:
        pid, pidfd = self._children.pop(number)
        os.waitpid(pid, 0)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what an author's check may have left behind
        self._selector.unregister(pidfd)
        os.close(pidfd)
