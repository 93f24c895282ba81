"""Calls the learner's Python functions on behalf of the `solution` fixture.

It shares a process with learner code, so nothing it says is trusted: its answers are values for
a check to judge. Values that JSON cannot hold are described as `{"$not_json": type, "repr": …}`.

Where it was forked itself, it imports the module once and serves each check from a fork of what
stands then, over a channel that comes with the request; else it serves one check and ends.
"""

import gc
import importlib
import math
import os
import sys
from typing import Any

from milepost.engine.guest.wire import Decoder, encode

WORK = os.getcwd()
CHANNEL_FD = 3
_MAX_REPR = 200
_MAX_DEPTH = 48


class Harness:
    """One learner's module, and the objects that a check made from it."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._objects: dict[int, Any] = {}

    def serve(self, decoder: Decoder) -> None:
        """Answer calls until the check closes the channel."""
        while data := os.read(CHANNEL_FD, 1 << 20):
            decoder.feed(data)
            while (frame := decoder.next_frame()) is not None:
                send(self._answer(frame.body))

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"id": call["id"], **self._perform(call)}
        except BaseException as error:  # noqa: BLE001 - SystemExit from learner code is an answer
            return {"id": call["id"], "error": describe_error(error)}

    def _perform(self, call: dict[str, Any]) -> dict[str, Any]:
        owner = self._objects[call["object"]] if "object" in call else self._module
        if call["op"] == "dispose":
            del self._objects[call["object"]]
            return {"value": None}
        member = find_member(owner, call["name"])
        if call["op"] == "get":
            return {"value": to_json(member)}
        value = _awaited(member(*call["args"]))
        if call["op"] == "new":
            self._objects[call["id"]] = value
            return {"object": call["id"]}
        return {"value": to_json(value)}


def send(body: dict[str, Any]) -> None:
    """Write one frame to the check. Importing `socket` for this would cost 5 ms a check."""
    data = encode(body)
    while data:
        data = data[os.write(CHANNEL_FD, data) :]


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


def to_json(value: Any, depth: int = 0) -> Any:
    """Turn a value into plain JSON; what JSON cannot say is described instead."""
    if depth > _MAX_DEPTH:
        return _described(value)
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _described(value)
    if isinstance(value, list | tuple):
        return [to_json(inner, depth + 1) for inner in value]
    if isinstance(value, dict) and all(_is_key(key) for key in value):
        return {str(key): to_json(inner, depth + 1) for key, inner in value.items()}
    return _described(value)


def _is_key(key: Any) -> bool:
    return isinstance(key, str | int) and not isinstance(key, bool)


def _described(value: Any) -> dict[str, str]:
    return {"$not_json": type(value).__name__, "repr": repr(value)[:_MAX_REPR]}


def _awaited(value: Any) -> Any:
    if not hasattr(value, "__await__"):
        return value
    import asyncio  # only a lab with coroutines pays for it

    async def wait() -> Any:
        return await value

    return asyncio.run(wait())


def describe_error(error: BaseException) -> dict[str, str]:
    """Tell a check what was raised, with the part of the traceback that is the learner's."""
    import traceback  # only a failing call pays for it

    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(WORK):
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace)
    return {
        "type": type(error).__name__,
        "message": str(error),
        "traceback": "".join(lines)[-8000:],
        "missing": "yes" if isinstance(error, NotProvided) else "",
    }


def import_module(path: str) -> Any:
    """Import the learner's file the way `python FILE` would find its neighbours."""
    folder, name = os.path.split(f"{WORK}/{path}")
    sys.path.insert(0, folder)
    return importlib.import_module(name.removesuffix(".py"))


def serve_forks() -> None:
    """Fork a process for each channel that is sent to us, until the other end closes.

    Returns in a fork, whose channel is then where ours was, or when told to serve without one.
    """
    import signal
    import socket  # a launcher that can be forked has it already

    gc.freeze()  # what stands now stays shared with the forks
    reaping = signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks that end are reaped unasked
    with socket.socket(fileno=os.dup(CHANNEL_FD)) as control:
        control.settimeout(None)  # learner code may have set another default
        while True:
            order, channels, _, _ = socket.recv_fds(control, 1, 1)
            if not order:
                os._exit(0)
            if not channels or os.fork() == 0:
                break
            os.close(channels[0])
    if channels:
        os.dup2(channels[0], CHANNEL_FD, inheritable=False)
        os.close(channels[0])
    signal.signal(signal.SIGCHLD, reaping)


def main(*, forks: bool = False) -> None:
    """Run as `python -m milepost.engine.guest.harness FILE`, with the channel on descriptor 3."""
    os.set_inheritable(CHANNEL_FD, False)
    try:
        module = import_module(sys.argv[1])
    except BaseException as error:  # noqa: BLE001 - whatever stops the import is the answer
        send({"imported": False, "error": describe_error(error)})
        return
    send({"imported": True, "forks": forks})
    if forks:
        serve_forks()
    Harness(module).serve(Decoder())
    os._exit(0)  # nobody is left to see the interpreter taken down, which would cost 5 ms


if __name__ == "__main__":
    main()
