"""Calls the learner's Python functions on behalf of the `solution` fixture.

It shares a process with learner code, so nothing it sends is trusted: its replies are values for
a check to judge. What they look like is `protocol.harness`, how values are written is `encoding`.
It imports the module, serves one check and ends; a check's calls are all that it ever hears of.
"""

from __future__ import annotations

import os
import sys

from milepost.engine.agent.decoding import READERS, read_with
from milepost.engine.agent.encoding import MAX_BYTES, Encoder, Unsendable
from milepost.engine.protocol import plain_json
from milepost.engine.protocol.frames import Decoder, encode, pack

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from typing import Any

WORK = os.getcwd()
CHANNEL_FD = 3
_MAX_TEXT = 8000
parse_call = plain_json.Reader(object_hook=read_with(READERS)).read  # the check bounds calls


class Call:
    """What a check asks for: the fields of `protocol.harness.Call`, with the arguments' values."""

    __slots__ = ("args", "id", "name", "object", "observed", "op")

    def __init__(  # its frame's members, by their names
        self,
        *,
        id: int,  # noqa: A002
        op: str,
        name: str,
        observed: bool,
        args: list[Any],
        object: int | None = None,  # noqa: A002
    ) -> None:
        self.id, self.op, self.name, self.observed = id, op, name, observed
        self.args, self.object = args, object


class Harness:
    """One learner's module, and the objects that a check made from it."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._objects: dict[int, Any] = {}
        self._loop: Any = None

    def serve(self, decoder: Decoder) -> None:
        """Reply to calls until the check closes the channel."""
        while data := os.read(CHANNEL_FD, 1 << 20):
            decoder.feed(data)
            while (frame := decoder.next_frame()) is not None:
                write(self._reply(Call(**frame.body)))

    def _reply(self, call: Call) -> bytes:
        try:
            return pack(f'{{"id":{call.id},{self._perform(call)}}}'.encode())
        except Unsendable as limit:
            return encode({"id": call.id, "unsendable": limit.why})
        except BaseException as error:  # noqa: BLE001 - SystemExit from learner code is a reply
            return encode({"id": call.id, "error": describe_error(error)})

    def _perform(self, call: Call) -> str:
        """Do what a check asks for; return the members of the reply as JSON."""
        owner = self._module if call.object is None else self._objects[call.object]
        member = find_member(owner, call.name)
        value = member if call.op == "get" else self._await(member(*call.args))
        if call.op == "new":
            self._objects[call.id] = value
            return f'"object":{call.id}'
        encoder = Encoder()
        text = f'"value":{encoder.encode(value)}'
        if call.observed:
            text += f',"arguments":{encoder.encode(call.args)}'
        if len(text) > MAX_BYTES:
            raise Unsendable("large")
        return text

    def _await(self, value: Any) -> Any:
        """Wait for a coroutine on the loop of all calls of a check, where locks and tasks live."""
        if not hasattr(type(value), "__await__"):
            return value
        import asyncio  # only a lab with coroutines pays for it

        if self._loop is None:
            self._loop = asyncio.Runner()

        async def wait() -> Any:
            return await value

        return self._loop.run(wait())


def send(body: dict[str, Any]) -> None:
    """Write one frame to the check."""
    write(encode(body))


def write(data: bytes) -> None:
    """Write to the check. Importing `socket` for this would cost 5 ms a check."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(CHANNEL_FD, rest) :]


class NotProvided(LookupError):
    """The learner's module does not have what a check asked for."""


def find_member(owner: Any, name: str) -> Any:
    """Look up a function, class, method or attribute by the name a check uses."""
    try:
        return getattr(owner, name)
    except AttributeError:
        where = getattr(owner, "__file__", None)
        place = os.path.relpath(where, WORK) if where else type(owner).__name__
        raise NotProvided(f"{place} has no `{name}`") from None


def describe_error(error: BaseException) -> dict[str, str]:
    """Tell a check what was raised, with the part of the traceback that is the learner's."""
    return {
        "type": type(error).__name__,
        "message": _say(error),
        "traceback": _trace(error),
        "missing": "yes" if isinstance(error, NotProvided) else "",
    }


def _say(error: BaseException) -> str:
    try:
        return str.__getitem__(str(error), slice(_MAX_TEXT))
    except BaseException as failed:  # noqa: BLE001 - an error's own words can raise anything
        return f"(its __str__ raised {type(failed).__name__})"


def _trace(error: BaseException) -> str:
    import traceback  # only a failing call pays for it

    try:
        trace = error.__traceback__
        while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(WORK):
            trace = trace.tb_next
        return "".join(traceback.format_exception(type(error), error, trace))[-_MAX_TEXT:]
    except BaseException:  # noqa: BLE001 - the same
        return ""


def import_module(path: str) -> Any:
    """Import the learner's file the way `python FILE` would find its neighbours."""
    folder, name = os.path.split(f"{WORK}/{path}")
    sys.path.insert(0, folder)
    return __import__(name.removesuffix(".py"))


def main() -> None:
    """Run as `python -m milepost.engine.agent.harness FILE`, with the channel on descriptor 3."""
    os.set_inheritable(CHANNEL_FD, False)
    try:
        module = import_module(sys.argv[1])
    except BaseException as error:  # noqa: BLE001 - whatever stops the import is the answer
        send({"imported": False, "error": describe_error(error)})
        return
    send({"imported": True})
    Harness(module).serve(Decoder(parse_call, max_json_bytes=2 * MAX_BYTES))
    os._exit(0)  # nobody is left to see the interpreter taken down, which would cost 5 ms


if __name__ == "__main__":
    main()
