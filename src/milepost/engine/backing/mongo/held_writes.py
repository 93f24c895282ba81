"""Writes that wait: what a check needs to put two requests between a read and its write.

The relay holds them, for learner code alone; reads go on meanwhile. So code that reads first and
writes later has read by the time that all wait, on any machine.
"""

import time
from types import TracebackType
from typing import Self

from milepost.engine.backing.blocked import wait_until_blocked
from milepost.engine.backing.mongo.relay import Relay
from milepost.engine.checks.evidence import Recorder


class HeldWrites:
    """A `with` block in which no write of learner code comes through; at its end all go on."""

    def __init__(self, relay: Relay, recorder: Recorder) -> None:
        self._relay = relay
        self._recorder = recorder

    def __enter__(self) -> Self:
        self._relay.hold()
        self._recorder.note("The document store lets writes wait from here on, and answers reads")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._relay.release()
        self._recorder.note("The document store lets writes through again")

    def wait_for(self, count: int = 1) -> int:
        """Wait until so many connections of learner code wait with a write; return how many do.

        Fewer are waited for no longer once they have stayed the same for a while: code that writes
        nothing, or through one connection only, never has more.
        """
        since = time.monotonic()
        waiting = wait_until_blocked(self._relay.list_waiting, count)
        self._recorder.note(
            f"Waited until your code wants to write: {len(waiting)} of its connections wait",
            {"waiting": sorted(waiting.values())},
            since=since,
        )
        return len(waiting)
