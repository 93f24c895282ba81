"""A program that was started ahead of time and waits for the word to go on: Node.js cannot fork.

It is started in a sandbox that was just emptied, by a launcher that ends it before any other
program begins, so no learner code ever runs beside it. `waiting.cjs` is what it runs until the word
comes.
"""

from __future__ import annotations

import os

from milepost.engine.agent.tidying import kill_and_reap
from milepost.engine.protocol import plain_json

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from milepost.engine.protocol.guest import Prepare

    Spawn = Callable[[list[str], Mapping[str, str], list[int]], int]

_WAITING = "/opt/harness/waiting.cjs"
_DESCRIPTOR, _MODULES = "MILEPOST_WAITS_AT", "MILEPOST_LOADS_AHEAD"
# Variables that name a service of the lab: no library looks at them until it is told to connect.
_TOLD_LATER = ("_URL",)


class Waiting:
    """One program that waits; `spawn` starts a process on descriptors 0, 1, 2 and beyond."""

    def __init__(self, spawn: Spawn, order: Prepare, fds: list[int]) -> None:
        self._argv = order.argv
        self._environment = order.environment
        word, self._word = os.pipe2(os.O_CLOEXEC)
        try:
            more = {
                "NODE_OPTIONS": f"--require={_WAITING}",
                _DESCRIPTOR: str(len(fds)),
                _MODULES: " ".join(order.modules),
            }
            self.pid = spawn(self._argv, {**self._environment, **more}, [*fds, word])
        except OSError:
            os.close(self._word)
            raise
        finally:
            os.close(word)

    def go_on(self, argv: Sequence[str], environment: Mapping[str, str]) -> bool:
        """Have it go on as if it had been started so; False where that can't be, or it has died."""
        ahead = len(self._argv)
        if [*argv[:ahead]] != self._argv or self._differs(environment):
            return False
        number, self._word = self._word, -1
        word = {"arguments": [*argv[ahead:]], "environment": {**environment}}
        try:
            with os.fdopen(number, "wb") as file:
                file.write(plain_json.write(word).encode())
        except OSError:
            return False
        return True

    def end(self) -> None:
        """Kill and reap the program."""
        if self._word >= 0:
            os.close(self._word)
        kill_and_reap(self.pid)

    def _differs(self, environment: Mapping[str, str]) -> bool:
        """Return whether something differs that Node.js or a library may have read by now."""
        names = {*environment, *self._environment}
        return any(
            environment.get(name) != self._environment.get(name)
            for name in names
            if not name.endswith(_TOLD_LATER)
        )
