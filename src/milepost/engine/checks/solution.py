"""The `solution` fixture: calls the learner's functions and objects, with values of their language.

A harness in the guest replies over a socket of its own (`protocol.harness`); how values travel is
`values`. Each check finds the learner's module as its import left it: what another check did to its
memory is not seen. How is told in `module`.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.evidence import clean, to_text
from milepost.engine.checks.faults import (
    GuestDied,
    GuestFault,
    NotProvided,
    SolutionRaised,
    ValueNotCarried,
)
from milepost.engine.checks.values import LIMITS, Language, NotCarried, encode_arguments
from milepost.engine.checks.written import as_json, write_value
from milepost.engine.evidence.call import (
    CallArguments,
    FunctionCall,
    Made,
    NoReturn,
    Raised,
    RaisedError,
    Returned,
)
from milepost.engine.protocol.harness import (
    Call,
    CallReply,
    ErrorReply,
    ErrorTold,
    ImportDone,
    ImportFailed,
    ObjectReply,
    ObservedReply,
    Operation,
    UnsendableReply,
    ValueReply,
    encode_call,
)

_SHOWN_ARGUMENTS = 120
_WRITTEN_CHARACTERS = 8000
FittingReply: TypeAlias = ObjectReply | ValueReply | ObservedReply | ErrorReply
Came: TypeAlias = Returned | Made | Raised | NoReturn


@dataclass(frozen=True, slots=True)
class Observed:
    """What a call did beside returning: what it printed, and its arguments as they are now."""

    value: Any
    stdout: str
    stderr: str
    arguments: tuple[Any, ...]


class Solution:
    """The learner's module. Names are given in snake_case; Node.js finds them in camelCase."""

    def __init__(self, check: CheckContext) -> None:
        self._check = check
        self._harness: Harness | None = None
        self._has_answered = False
        self.language = check.language

    def call(self, name: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Call a function and return its value, as its language has it.

        Raises SolutionRaised with what it raised, SolutionTimedOut, or another GuestFault;
        NotCarried, which is the check's own fault, if an argument cannot be passed.
        """
        return _value_of(self._perform("call", name, arguments, seconds))

    def observe(self, name: str, *arguments: Any, seconds: float | None = None) -> Observed:
        """Call a function and also return what it printed, and its arguments afterwards."""
        return self._observe("call", name, arguments, seconds)

    def new(self, name: str, *arguments: Any, seconds: float | None = None) -> "SolutionObject":
        """Make an object of a class; it lives until the check ends."""
        made = self._perform("new", name, arguments, seconds)
        return SolutionObject(self, name, made.id)

    def get(self, name: str) -> Any:
        """Read a constant of the module."""
        return _value_of(self._perform("get", name, (), None))

    def close(self) -> None:
        """End the harness. The fixture does this after each check."""
        if self._harness is not None:
            self._harness.close()

    def _observe(
        self,
        op: Operation,
        name: str,
        arguments: tuple[Any, ...],
        seconds: float | None,
        owner: "SolutionObject | None" = None,
    ) -> Observed:
        reply = self._perform(op, name, arguments, seconds, owner, observed=True)
        printed = self._harness.output() if self._harness is not None else {}
        afterwards = tuple(reply.arguments) if isinstance(reply, ObservedReply) else ()
        return Observed(
            _value_of(reply), printed.get("stdout", ""), printed.get("stderr", ""), afterwards
        )

    def _perform(
        self,
        op: Operation,
        name: str,
        arguments: tuple[Any, ...],
        seconds: float | None,
        owner: "SolutionObject | None" = None,
        *,
        observed: bool = False,
    ) -> ObjectReply | ValueReply | ObservedReply:
        """Make a call, and record it. Returns the reply that fits: an object only to `new`."""
        title = _title(op, name, arguments, owner, self.language)
        given = self._encode(name, arguments)
        since = time.monotonic()
        came: Came = NoReturn()
        if self._harness is None:
            self._harness = Harness(self._check)
        self._harness.forget_output()
        number = None if owner is None else owner.number
        call = Call(self._harness.next_id(), op, name, observed, number)
        try:
            allowed = seconds or self._check.settings.limits.run_seconds
            reply = self._harness.ask(call, given, title, allowed)
            if isinstance(reply, ValueReply | ObservedReply):
                reply = replace(reply, value=self._check.take(f"call {name}", reply.value))
            came = _show_reply(reply, self.language)
        except GuestFault as fault:
            came = NoReturn(fault=str(fault))
            raise
        finally:
            piece = FunctionCall(
                title=title,
                request=_show_arguments(name, arguments, self.language),
                response=_add_output(came, self._harness.output()),
            )
            self._check.recorder.record(piece, since=since)
        self._has_answered = True
        if isinstance(reply, ErrorReply):
            raise _as_fault(reply.error, title)
        return reply

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
        reply = self._solution._perform("method", name, arguments, seconds, self)  # noqa: SLF001 - one class in two parts
        return _value_of(reply)

    def observe(self, name: str, *arguments: Any, seconds: float | None = None) -> Observed:
        """Call a method and also return what it printed, and its arguments afterwards."""
        return self._solution._observe("method", name, arguments, seconds, self)  # noqa: SLF001

    def get(self, name: str) -> Any:
        """Read an attribute."""
        return _value_of(self._solution._perform("get", name, (), None, self))  # noqa: SLF001


class Harness:
    """The learner's module as one check calls it, with what it prints meanwhile."""

    def __init__(self, check: CheckContext) -> None:
        self._check = check
        self._process = check.get_module()
        self._channel = self._process.channel
        self._last_id = 0

    def next_id(self) -> int:
        """Return the number of the next call."""
        self._last_id += 1
        return self._last_id

    def ask(self, call: Call, arguments: str, title: str, seconds: float) -> FittingReply:
        """Make one call, with arguments that are JSON already, and wait for its reply."""
        if self._channel.has_reply() and self._channel.replies:
            self._process.running.kill()
            raise GuestDied(f"Your code answered `{title}` before it was asked.")
        self._channel.send(encode_call(call, arguments), time.monotonic() + seconds)
        reply = self._process.await_reply(f"`{title}`", seconds)
        if isinstance(reply, ImportDone | ImportFailed) or reply.id != call.id:
            raise GuestDied(f"`{title}` did not give a proper answer.")
        match reply:
            case UnsendableReply(unsendable=limit):
                what = LIMITS.get(limit, "a value of another kind")
                raise ValueNotCarried(
                    f"`{title}` gave {what}, which no check can take in. Return what was asked for."
                )
            case ErrorReply():
                return reply
            case _ if _fits(reply, call):
                return reply
            case _:
                raise GuestDied(f"`{title}` did not give a proper answer.")

    def output(self) -> dict[str, str]:
        """Return what the learner's code has printed since the last call."""
        captured = self._process.running.captured
        return {name: to_text(bytes(data)) for name, data in captured.items() if data}

    def forget_output(self) -> None:
        """Begin a new call's output."""
        for data in self._process.running.captured.values():
            self._check.output_bytes = max(self._check.output_bytes, len(data))
            data.clear()

    def close(self) -> None:
        """Close the channel; the next reset kills the process."""
        self._check.note_usage(self._process.running)
        self._process.close()


def _fits(reply: CallReply, call: Call) -> bool:
    """Return whether a reply is of the kind that a call asks for."""
    if call.op == "new":
        return isinstance(reply, ObjectReply) and reply.object == call.id
    return isinstance(reply, ObservedReply if call.observed else ValueReply)


def _value_of(reply: ObjectReply | ValueReply | ObservedReply) -> Any:
    return None if isinstance(reply, ObjectReply) else reply.value


def _as_fault(error: ErrorTold, title: str) -> GuestFault:
    kind, message = clean(error.type), clean(error.message)
    if error.missing:
        return NotProvided(f"{message}, which the brief asks for.")
    sentence = f"`{title}` raised {kind}: {message}" if message else f"`{title}` raised {kind}"
    return SolutionRaised(sentence, type=kind, message=message, traceback=clean(error.traceback))


def _title(
    op: Operation,
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


def _show_arguments(name: str, arguments: tuple[Any, ...], language: Language) -> CallArguments:
    """Show arguments as JSON, and where their language writes them differently also so."""
    turned = tuple(as_json(each) for each in arguments)
    written = tuple(_write(each, language, len(arguments)) for each in arguments)
    is_same = written == tuple(json.dumps(each, ensure_ascii=False) for each in turned)
    return CallArguments(name, turned, None if is_same else written)


def _show_reply(reply: FittingReply, language: Language) -> Came:
    """Show what came back; arguments as they are now where the call was observed."""
    match reply:
        case ErrorReply(error=error):
            return Raised(
                RaisedError(clean(error.type), clean(error.message), clean(error.traceback))
            )
        case ObjectReply():
            return Made(reply.object)
    turned = as_json(reply.value)
    written = _write(reply.value, language)
    is_same = written == json.dumps(turned, ensure_ascii=False)
    return Returned(
        value=turned,
        written=None if is_same else written,
        arguments_afterwards=(
            tuple(_write(each, language) for each in reply.arguments)
            if isinstance(reply, ObservedReply)
            else None
        ),
    )


def _add_output(came: Came, printed: Mapping[str, str]) -> Came:
    each: Any = came  # whichever it is, it has these fields
    added: Came = replace(each, **printed)
    return added


def _write(value: Any, language: Language, of: int = 1) -> str:
    text = clean(write_value(value, language))
    most = _WRITTEN_CHARACTERS // of
    return text if len(text) <= most else f"{text[:most]}…"
