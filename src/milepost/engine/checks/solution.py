"""The `solution` fixture: calls the learner's functions and objects, with values of their language.

A harness in the guest answers over a socket of its own; how values travel is `values`. Each check
finds the learner's module as its import left it: what another check did to its memory is not seen.
How is told in `module`.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import (
    GuestDied,
    GuestFault,
    NotProvided,
    SolutionRaised,
    ValueNotCarried,
)
from milepost.engine.checks.module import read_text
from milepost.engine.checks.run import CheckRun
from milepost.engine.checks.values import LIMITS, Language, NotCarried, encode_arguments
from milepost.engine.checks.written import as_json, write_value
from milepost.engine.guest.wire import pack

_SHOWN_ARGUMENTS = 120
_WRITTEN_CHARACTERS = 8000


@dataclass(frozen=True, slots=True)
class Observed:
    """What a call did beside returning: what it printed, and its arguments as they are now."""

    value: Any
    stdout: str
    stderr: str
    arguments: tuple[Any, ...]


class Solution:
    """The learner's module. Names are given in snake_case; Node.js finds them in camelCase."""

    def __init__(self, check: CheckRun) -> None:
        self._check = check
        self._harness: Harness | None = None
        self._has_answered = False
        self.language = check.language

    def call(self, name: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Call a function and return its value, as its language has it.

        Raises SolutionRaised with what it raised, SolutionTimedOut, or another GuestFault;
        NotCarried, which is the check's own fault, if an argument cannot be passed.
        """
        return self._perform("call", name, arguments, seconds)

    def observe(self, name: str, *arguments: Any, seconds: float | None = None) -> Observed:
        """Call a function and also return what it printed, and its arguments afterwards."""
        return self._observe("call", name, arguments, seconds)

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

    def _observe(
        self,
        op: str,
        name: str,
        arguments: tuple[Any, ...],
        seconds: float | None,
        owner: "SolutionObject | None" = None,
    ) -> Observed:
        value, afterwards = self._perform(op, name, arguments, seconds, owner, observed=True)
        printed = self._harness.output() if self._harness is not None else {}
        texts = {name: data.decode(errors="replace") for name, data in printed.items()}
        return Observed(value, texts.get("stdout", ""), texts.get("stderr", ""), tuple(afterwards))

    def _perform(
        self,
        op: str,
        name: str,
        arguments: tuple[Any, ...],
        seconds: float | None,
        owner: "SolutionObject | None" = None,
        *,
        observed: bool = False,
    ) -> Any:
        title = _title(op, name, arguments, owner, self.language)
        given = self._encode(name, arguments)
        since = time.monotonic()
        response: dict[str, Any] = {}
        if self._harness is None:
            self._harness = Harness(self._check)
        self._harness.forget_output()
        call = {"op": op, "name": name, "observed": observed}
        try:
            allowed = seconds or self._check.settings.limits.run_seconds
            response = self._harness.ask(
                call if owner is None else {**call, "object": owner.number}, given, title, allowed
            )
            if "value" in response:
                response["value"] = self._check.take(f"call {name}", response["value"])
        except GuestFault as fault:
            response = {"fault": str(fault)}
            raise
        finally:
            self._check.recorder.record(
                "call",
                title,
                since=since,
                request={"name": name, **_show_arguments(arguments, self.language)},
                response={**_show_answer(response, self.language), **self._harness.output()},
            )
        self._has_answered = True
        if "error" in response:
            raise _as_fault(response["error"], title)
        if observed:
            return response["value"], response["arguments"]
        return response["object" if op == "new" else "value"]

    def _encode(self, name: str, arguments: tuple[Any, ...]) -> str:
        try:
            return encode_arguments(name, arguments, self.language)
        except NotCarried as refused:
            if refused.may_come_back and self._has_answered:
                # Learner code may have made the value that this check passes on.
                raise ValueNotCarried(str(refused)) from refused
            raise


class SolutionObject:
    """An object in the learner's process."""

    def __init__(self, solution: Solution, name: str, number: int) -> None:
        self._solution = solution
        self.name = name
        self.number = number

    def call(self, name: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Call a method and return its value."""
        return self._solution._perform("method", name, arguments, seconds, self)  # noqa: SLF001 - one class in two parts

    def observe(self, name: str, *arguments: Any, seconds: float | None = None) -> Observed:
        """Call a method and also return what it printed, and its arguments afterwards."""
        return self._solution._observe("method", name, arguments, seconds, self)  # noqa: SLF001

    def get(self, name: str) -> Any:
        """Read an attribute."""
        return self._solution._perform("get", name, (), None, self)  # noqa: SLF001


class Harness:
    """The learner's module as one check calls it, with what it prints meanwhile."""

    def __init__(self, check: CheckRun) -> None:
        self._check = check
        self._process = check.get_module()
        self._channel = self._process.channel
        self._next_id = 0

    def ask(
        self, call: dict[str, Any], arguments: str, title: str, seconds: float
    ) -> dict[str, Any]:
        """Make one call, with arguments that are JSON already, and wait for its answer."""
        if self._channel.has_answer() and self._channel.answers:
            self._process.running.kill()
            raise GuestDied(f"Your code answered `{title}` before it was asked.")
        self._next_id += 1
        head = json.dumps({"id": self._next_id, **call})[:-1]
        frame = pack(f'{head},"args":{arguments}}}'.encode())
        self._channel.send(frame, time.monotonic() + seconds)
        answer = self._process.await_answer(f"`{title}`", seconds)
        if answer.get("id") != self._next_id or not self._is_fitting(answer, call):
            raise GuestDied(f"`{title}` did not give a proper answer.")
        if "unsendable" in answer:
            limit = LIMITS.get(str(answer["unsendable"]), "a value of another kind")
            raise ValueNotCarried(
                f"`{title}` gave {limit}, which no check can take in. Return what was asked for."
            )
        return answer

    def _is_fitting(self, answer: dict[str, Any], call: Mapping[str, Any]) -> bool:
        if "error" in answer or "unsendable" in answer:
            return True
        if call["op"] == "new":
            return answer.get("object") == self._next_id
        return "value" in answer and (
            not call["observed"] or isinstance(answer.get("arguments"), list)
        )

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
        """Let go of the process; the next reset kills it."""
        self._check.note_usage(self._process.running)
        self._process.close()


def _as_fault(error: Any, title: str) -> GuestFault:
    kind, message = read_text(error, "type"), read_text(error, "message")
    if isinstance(error, dict) and error.get("missing"):
        return NotProvided(f"{message}, which the brief asks for.")
    sentence = f"`{title}` raised {kind}: {message}" if message else f"`{title}` raised {kind}"
    return SolutionRaised(
        sentence, type=kind, message=message, traceback=read_text(error, "traceback")
    )


def _title(
    op: str,
    name: str,
    arguments: tuple[Any, ...],
    owner: "SolutionObject | None",
    language: Language,
) -> str:
    where = f"{owner.name}.{name}" if owner is not None else name
    if op == "get":
        return where
    shown = ", ".join(write_value(each, language, on_one_line=True) for each in arguments)
    if len(shown) > _SHOWN_ARGUMENTS:
        shown = shown[:_SHOWN_ARGUMENTS] + "…"
    return f"{'new ' if op == 'new' else ''}{where}({shown})"


def _show_arguments(arguments: tuple[Any, ...], language: Language) -> dict[str, Any]:
    """Show arguments as JSON, and where their language writes them differently also so."""
    turned = [as_json(each) for each in arguments]
    written = [_write(each, language, len(arguments)) for each in arguments]
    is_same = written == [json.dumps(each, ensure_ascii=False) for each in turned]
    return {"arguments": turned} if is_same else {"arguments": turned, "written": written}


def _show_answer(response: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Show what an answer holds; what else may be in it is neither ours nor looked at."""
    shown = {name: response[name] for name in ("object", "fault") if name in response}
    if "error" in response:
        shown["error"] = as_json(response["error"])
    if "value" in response:
        shown["value"] = as_json(response["value"])
        written = _write(response["value"], language)
        if written != json.dumps(shown["value"], ensure_ascii=False):
            shown["written"] = written
    if "arguments" in response:
        afterwards = response["arguments"]
        shown["arguments_afterwards"] = [_write(each, language) for each in afterwards]
    return shown


def _write(value: Any, language: Language, of: int = 1) -> str:
    text = clean(write_value(value, language))
    room = _WRITTEN_CHARACTERS // of
    return text if len(text) <= room else f"{text[:room]}…"
