"""The `solution` fixture: calls the learner's functions and objects, with JSON values.

A harness in the guest imports the learner's module and answers over a socket of its own. Each
check has a fresh one, so that what one check left in a module's memory is not seen by another.
"""

import json
import socket
import time
from typing import Any

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import (
    GuestDied,
    GuestFault,
    NotProvided,
    SolutionNotImported,
    SolutionRaised,
    SolutionTimedOut,
)
from milepost.engine.checks.guest import RunningProgram
from milepost.engine.checks.run import CheckRun
from milepost.engine.guest.wire import Decoder, MalformedFrame, encode

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
    """A harness that runs in the guest, and the channel to it."""

    def __init__(self, check: CheckRun) -> None:
        settings = check.settings
        if settings.module is None:
            raise RuntimeError("lab.toml names no module for this stack, so `solution` has none.")
        self._check = check
        self._decoder = Decoder(max_payload_bytes=0)
        self._answers: list[dict[str, Any]] = []
        self._closed_by_guest = False
        self._nonsense = ""
        self._next_id = 0
        self._channel, theirs = socket.socketpair()
        self._channel.setblocking(False)
        try:
            self._running = RunningProgram(
                check.get_clean_guest(),
                (*settings.harness, settings.module),
                {**settings.harness_environment, **check.environment},
                extra_fds=[theirs.fileno()],
                limits=settings.limits,
            )
        except BaseException:
            self._channel.close()
            raise
        finally:
            theirs.close()
        self._running.watch(self._channel)
        self._import(settings.module, settings.limits.run_seconds)

    def ask(self, call: dict[str, Any], title: str, seconds: float) -> dict[str, Any]:
        """Make one call and wait for its answer."""
        if self._has_answer() and self._answers:
            self._running.kill()
            raise GuestDied(f"Your code answered `{title}` before it was asked.")
        self._next_id += 1
        self._send(encode({"id": self._next_id, **call}), time.monotonic() + seconds)
        answer = self._await(f"`{title}`", seconds)
        number, made = self._next_id, call["op"] == "new"
        is_fitting = answer.get("object") == number if made else "value" in answer
        if answer.get("id") != number or not (is_fitting or "error" in answer):
            raise GuestDied(f"`{title}` did not give a proper answer.")
        return answer

    def output(self) -> dict[str, bytes]:
        """What the learner's code has printed since the last call."""
        return {name: bytes(data) for name, data in self._running.captured.items() if data}

    def forget_output(self) -> None:
        """Begin a new call's output."""
        for data in self._running.captured.values():
            self._check.output_bytes = max(self._check.output_bytes, len(data))
            data.clear()

    def close(self) -> None:
        """End the harness; the next reset kills whatever is left of it."""
        self._check.note_usage(self._running)
        self._channel.close()
        self._running.close()

    def _import(self, module: str, seconds: float) -> None:
        try:
            _require_imported(self._await(f"the import of `{module}`", seconds), module)
        except BaseException:
            self.close()
            raise

    def _send(self, data: bytes, deadline: float) -> None:
        self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            self._channel.sendall(data)
        except OSError:
            self._closed_by_guest = True
        self._channel.setblocking(False)

    def _await(self, what: str, seconds: float) -> dict[str, Any]:
        if not self._running.pump(self._has_answer, time.monotonic() + seconds):
            self._running.kill()
            raise SolutionTimedOut(
                f"{_begin(what)} had not answered after {seconds:g} seconds and was stopped.",
                limit="run_seconds",
            )
        if self._nonsense:
            self._running.kill()
            raise GuestDied(f"{_begin(what)} did not give a proper answer: {self._nonsense}.")
        if not self._answers:
            self._running.kill()
            stderr = clean(bytes(self._running.captured["stderr"]))
            raise GuestDied(f"Your code ended the process during {what}.", detail=stderr)
        self._running.read_ready()
        return self._answers.pop(0)

    def _has_answer(self) -> bool:
        try:
            # Once, not until nothing is left: whoever floods it would keep this waiting for ever.
            data = self._channel.recv(1 << 20)
            self._decoder.feed(data)
            while (frame := self._decoder.next_frame()) is not None:
                self._answers.append(frame.body)
            self._closed_by_guest = not data
        except BlockingIOError:
            pass
        except MalformedFrame as error:
            self._nonsense = str(error)
        except OSError:
            self._closed_by_guest = True
        return bool(self._answers or self._nonsense) or self._closed_by_guest


def _begin(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _require_imported(answer: dict[str, Any], module: str) -> None:
    if answer.get("imported") is not True:
        error = answer.get("error", {})
        raise SolutionNotImported(
            f"Your module `{module}` could not be imported: "
            f"{_text(error, 'type')}: {_text(error, 'message')}",
            detail=_text(error, "traceback"),
        )


def _as_fault(error: Any, title: str) -> GuestFault:
    kind, message = _text(error, "type"), _text(error, "message")
    if isinstance(error, dict) and error.get("missing"):
        return NotProvided(f"{message}, which the brief asks for.")
    sentence = f"`{title}` raised {kind}: {message}" if message else f"`{title}` raised {kind}"
    return SolutionRaised(sentence, type=kind, message=message, traceback=_text(error, "traceback"))


def _text(error: Any, name: str) -> str:
    """Read a text from what a guest said, whatever it really is."""
    value = error.get(name, "") if isinstance(error, dict) else error
    return clean(value if isinstance(value, str) else json.dumps(value))


def _title(op: str, name: str, arguments: tuple[Any, ...], owner: "SolutionObject | None") -> str:
    where = f"{owner.name}.{name}" if owner is not None else name
    if op == "get":
        return where
    shown = ", ".join(json.dumps(argument, ensure_ascii=False) for argument in arguments)
    if len(shown) > _SHOWN_ARGUMENTS:
        shown = shown[:_SHOWN_ARGUMENTS] + "…"
    return f"{'new ' if op == 'new' else ''}{where}({shown})"
