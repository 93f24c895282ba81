"""Writes that wait: what a check needs to put two requests between a read and its write.

The server itself holds them (CLIENT PAUSE … WRITE), for every client; reads go on meanwhile. So
code that reads first and writes later has read by the time that all wait, on any machine.
"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from milepost.engine.backing.blocked import wait_until_blocked
from milepost.engine.checks.evidence import Recorder

_LEARNER = "learner"
_LONGER_THAN_A_CHECK = 3_600_000  # milliseconds; `__exit__` ends it


class HeldWrites:
    """A `with` block in which no write comes through; at its end all go on, one by one."""

    def __init__(self, say: Callable[..., Any], recorder: Recorder) -> None:
        self._say = say
        self._recorder = recorder
        self._waited_before: set[str] = set()

    def __enter__(self) -> Self:
        self._waited_before = set(self._list_waiting())
        self._say("CLIENT", "PAUSE", _LONGER_THAN_A_CHECK, "WRITE")
        self._recorder.note("Redis lets writes wait from here on, and answers reads")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._say("CLIENT", "UNPAUSE")
        self._recorder.note("Redis lets writes through again")

    def wait_for(self, count: int = 1) -> int:
        """Wait until so many connections of learner code wait with a write; return how many do.

        Fewer are waited for no longer once they have stayed the same for a while: code that writes
        nothing, or through one connection only, never has more.
        """
        since = time.monotonic()
        waiting = wait_until_blocked(self._list_waiting, count)
        self._recorder.note(
            f"Waited until your code wants to write: {len(waiting)} of its connections wait",
            {"waiting": sorted(waiting.values())},
            since=since,
        )
        return len(waiting)

    def _list_waiting(self) -> dict[str, str]:
        """List the command with which each connection waits, by the number of the connection.

        Whoever waited before the block, such as for work from a queue, is left out.
        """
        clients = [
            dict(word.split("=", 1) for word in line.split(" ") if "=" in word)
            for line in str(self._say("CLIENT", "LIST")).splitlines()
        ]
        return {
            client["id"]: client["cmd"].upper()
            for client in clients
            if client["user"] == _LEARNER
            and "b" in client["flags"]
            and client["id"] not in self._waited_before
        }
