"""The `solution` fixture: calls the learner's functions and objects, with JSON values.

A harness in the guest answers over a socket of its own. Each check finds the learner's module as
its import left it: what another check did to its memory is not seen. How is told in `module`.
"""

import json
import time
from typing import Any

from milepost.engine.checks.faults import GuestDied, GuestFault, NotProvided, SolutionRaised
from milepost.engine.checks.module import read_text
from milepost.engine.checks.run import CheckRun
from milepost.engine.guest.wire import encode

_SHOWN_ARGUMENTS = 120
# An answer holds one of these; what else it may hold is neither ours nor looked at.
_SHOWN_FIELDS = ("value", "object", "error", "fault")


class Solution:
    """The learner's module. Names are given in snake_case; Node.js finds them in camelCase."""

    def __init__(self, check: CheckRun) -> None:
        self._check = check
        self._harness: Harness | None = None

    def call(self, name: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Call a function and answer its JSON value.

        Raises SolutionRaised with what it raised, SolutionTimedOut, or another GuestFault.
        """
        return self._perform("call", name, arguments, seconds)

    def new(self, name: str, *arguments: Any, seconds: float | None = None) -> "SolutionObject":
        """Make an object of a class; it lives until the check ends."""
        return SolutionObject(self, name, self._perform("new", name, arguments, seconds))

    def get(self, name: str) -> Any:
        """Read a constant of the module."""
        return self._perform("get", name, (), None)

    def close(self) -> None:
        """End the harness. The fixture does this after each check."""
        if self._harness is not None:
            self._harness.close()

    def _perform(
        self,
        op: str,
        name: str,
        arguments: tuple[Any, ...],
        seconds: float | None,
        owner: "SolutionObject | None" = None,
    ) -> Any:
        title = _title(op, name, arguments, owner)
        since = time.monotonic()
        response: dict[str, Any] = {}
        if self._harness is None:
            self._harness = Harness(self._check)
        self._harness.forget_output()
        call = {"op": op, "name": name, "args": list(arguments)}
        try:
            allowed = seconds or self._check.settings.limits.run_seconds
            response = self._harness.ask(
                call if owner is None else {**call, "object": owner.number}, title, allowed
            )
            if "value" in response:
                response["value"] = self._check.take(f"call {name}", response["value"])
        except GuestFault as fault:
            response = {"fault": str(fault)}
            raise
        finally:
            shown = {name: response[name] for name in _SHOWN_FIELDS if name in response}
            self._check.recorder.record(
                "call",
                title,
                since=since,
                request={"name": name, "arguments": list(arguments)},
                response={**shown, **self._harness.output()},
            )
        if "error" in response:
            raise _as_fault(response["error"], title)
        return response["object" if op == "new" else "value"]


class SolutionObject:
    """An object in the learner's process."""

    def __init__(self, solution: Solution, name: str, number: int) -> None:
        self._solution = solution
        self.name = name
        self.number = number

    def call(self, name: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Call a method and answer its JSON value."""
        return self._solution._perform("method", name, arguments, seconds, self)  # noqa: SLF001 - one class in two parts

    def get(self, name: str) -> Any:
        """Read an attribute."""
        return self._solution._perform("get", name, (), None, self)  # noqa: SLF001


class Harness:
    """The learner's module as one check calls it, with what it prints meanwhile."""

    def __init__(self, check: CheckRun) -> None:
        self._check = check
        self._process = check.get_module()
        self._channel = self._process.open_channel()
        self._next_id = 0

    def ask(self, call: dict[str, Any], title: str, seconds: float) -> dict[str, Any]:
        """Make one call and wait for its answer."""
        if self._channel.has_answer() and self._channel.answers:
            self._process.running.kill()
            raise GuestDied(f"Your code answered `{title}` before it was asked.")
        self._next_id += 1
        frame = encode({"id": self._next_id, **call})
        self._channel.send(frame, time.monotonic() + seconds)
        answer = self._process.await_answer(self._channel, f"`{title}`", seconds)
        number, made = self._next_id, call["op"] == "new"
        is_fitting = answer.get("object") == number if made else "value" in answer
        if answer.get("id") != number or not (is_fitting or "error" in answer):
            raise GuestDied(f"`{title}` did not give a proper answer.")
        return answer

    def output(self) -> dict[str, bytes]:
        """What the learner's code has printed since the last call."""
        captured = self._process.running.captured
        return {name: bytes(data) for name, data in captured.items() if data}

    def forget_output(self) -> None:
        """Begin a new call's output."""
        for data in self._process.running.captured.values():
            self._check.output_bytes = max(self._check.output_bytes, len(data))
            data.clear()

    def close(self) -> None:
        """End the fork that served this check; the next reset kills whatever is left of it."""
        self._check.note_usage(self._process.running)
        self._channel.close()


def _as_fault(error: Any, title: str) -> GuestFault:
    kind, message = read_text(error, "type"), read_text(error, "message")
    if isinstance(error, dict) and error.get("missing"):
        return NotProvided(f"{message}, which the brief asks for.")
    sentence = f"`{title}` raised {kind}: {message}" if message else f"`{title}` raised {kind}"
    return SolutionRaised(
        sentence, type=kind, message=message, traceback=read_text(error, "traceback")
    )


def _title(op: str, name: str, arguments: tuple[Any, ...], owner: "SolutionObject | None") -> str:
    where = f"{owner.name}.{name}" if owner is not None else name
    if op == "get":
        return where
    shown = ", ".join(json.dumps(argument, ensure_ascii=False) for argument in arguments)
    if len(shown) > _SHOWN_ARGUMENTS:
        shown = shown[:_SHOWN_ARGUMENTS] + "…"
    return f"{'new ' if op == 'new' else ''}{where}({shown})"
