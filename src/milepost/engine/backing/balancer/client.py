"""The `balancer` fixture: several replicas of the learner's service behind a real balancer, nginx.

Each replica runs in a guest of its own, so none sees another's memory or files; what they share is
what the lab gives them. Replicas can be killed and started while requests are under way.
"""

import os
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from milepost.engine.backing.balancer.messages import (
    DONE,
    SERVED_BY,
    OpenBalancer,
    find_replicas,
    replica_socket,
)
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.faults import AnswerNotHttp, GuestFault, ServiceTimedOut
from milepost.engine.checks.http.client import HttpClient
from milepost.engine.checks.http.connection import DeadlinePassed, Stream
from milepost.engine.checks.http.exchange import Answer
from milepost.engine.checks.service import Service
from milepost.engine.checks.startup import PORT
from milepost.engine.protocol.guest_names import GuestName, Role

URL = "http://localhost:8000"
_WAITING = 256
_GLANCE_SECONDS = 0.02


class Replica(Service):
    """One of several running copies of the learner's service."""

    def __init__(self, check: CheckContext, number: int, socket_file: str) -> None:
        super().__init__(check)
        self.number = number
        self._socket_file = socket_file
        self.log_title = f"What replica {number} printed"
        self._is_open = False

    def start(self) -> None:
        """Start it, wait until it listens, and let the balancer reach it."""
        super().start()
        self._require_server().close_spare()  # requests come through the balancer
        if not self._is_open:
            self._open_listener()

    def kill(self) -> None:
        """End it at once, as a crash of its machine would; what it was doing breaks off."""
        super().kill()
        self._close_listener()

    def glance(self) -> None:
        """Take in what it has printed, so that it never waits for a reader."""
        if self._server is not None:
            self._server.read_logs()

    def _close_server(self) -> None:
        self._close_listener()
        super()._close_server()

    def _open_listener(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._socket_file)  # noqa: PTH108 - a path below /proc/self/fd
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._socket_file)
            os.chmod(self._socket_file, 0o777)  # noqa: PTH101, S103 - nginx has another user
            listener.listen(_WAITING)
            self._check.get_clean_guest().open_listener(listener, PORT)
        self._is_open = True

    def _close_listener(self) -> None:
        if self._is_open:
            self._is_open = False
            guest = self._check.used_guest
            if guest is not None and guest.alive:
                guest.close_listeners()


class Balancer(HttpClient):
    """A client on a balancer that spreads requests over its replicas, one after the other."""

    url = URL

    def __init__(self, check: CheckContext) -> None:
        super().__init__(check, URL)
        self._engine = check.engine
        self._socket = -1
        self._folder = -1
        self.replicas: list[Replica] = []
        self.environment: dict[str, str] = {}

    def start(self, replicas: int = 3) -> None:
        """Start so many replicas and the balancer; the first request starts three.

        What is in `environment` by then is given to each of them.
        """
        if self.replicas:
            return
        self._engine.ask_component("balancer", OpenBalancer(replicas), DONE)
        self._socket = self._engine.take_descriptor()
        self._folder = self._engine.take_descriptor()
        for number in range(1, replicas + 1):
            check = self._check.in_guest(GuestName(Role.REPLICA, number))
            place = f"/proc/self/fd/{self._folder}/{replica_socket(number)}"
            replica = Replica(check, number, place)
            replica.environment |= self.environment
            self.replicas.append(replica)
            replica.start()

    def served_by(self, answer: Answer) -> int:
        """Return which replica gave an answer, counted from 1; 0 if none did.

        Where the balancer had to try several, it is the last of them.
        """
        found = find_replicas(answer.headers.get(SERVED_BY, ""))
        return found[-1] if found else 0

    def close(self) -> None:
        """End the replicas. The balancer itself is ended by the engine."""
        super().close()
        for replica in self.replicas:
            replica.close()
        for descriptor in (self._socket, self._folder):
            if descriptor >= 0:
                os.close(descriptor)

    def _dial(self) -> Stream:
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(f"/proc/self/fd/{self._socket}")
        sock.setblocking(False)
        return Stream(sock, _Glancing(self.replicas), self._deadline)

    def _note_answer(self, answer: Answer) -> None:
        """Take no notice: which replica answered stands in the answer."""

    def _explain(self, error: Exception, allowed: float) -> GuestFault:
        logs = "\n".join(f"{each.log_title}:\n{each.logs[-2000:]}" for each in self.replicas)
        if isinstance(error, DeadlinePassed):
            return ServiceTimedOut(
                f"Your service, behind a balancer, had not answered `{self._title}` after"
                f" {allowed:g} seconds.",
                limit="run_seconds",
                detail=logs,
            )
        return AnswerNotHttp(
            f"Your service's answer to `{self._title}`, through the balancer, broke off: {error}",
            detail=logs,
        )


class _Glancing:
    """Waits for one socket, and looks at what the replicas print now and then."""

    def __init__(self, replicas: list[Replica]) -> None:
        self._replicas = replicas
        self._selector = selectors.DefaultSelector()

    def watch(self, channel: socket.socket, events: int = selectors.EVENT_READ) -> None:
        """Also wake `pump` for this socket."""
        self._selector.register(channel, events)

    def unwatch(self, channel: socket.socket) -> None:
        """No longer wake `pump` for this socket."""
        self._selector.unregister(channel)

    def pump(self, until: Callable[[], Any], deadline: float) -> bool:
        """Wait until something holds; False if the deadline came first."""
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if not self._selector.select(min(left, _GLANCE_SECONDS)):
                for replica in self._replicas:
                    replica.glance()
        return True
