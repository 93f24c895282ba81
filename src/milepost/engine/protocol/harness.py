"""What a check process asks the harness around a learner's module, and what that replies.

Each language has a harness of its own, so the JSON is defined here once: an object's members are
the fields of its class, and which members there are tells which class it is. Harnesses share
their process with learner code: `decode_reply` alone may find a reply malformed. Guests see this
file, but none imports it.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

from milepost.engine.protocol.codec import Record
from milepost.engine.protocol.frames import MalformedMessage, pack

Operation: TypeAlias = Literal["call", "new", "method", "get"]


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function, make an object of a class, call a method, or read an attribute.

    The values of its arguments are a further member, `args`; how they are written is `values`. An
    `observed` call's arguments are sent back as they are afterwards. Without `object`, which is
    the `id` of the call that made it, the module is meant, and the member is left out.
    """

    id: int
    op: Operation
    name: str
    observed: bool
    object: int | None


@dataclass(frozen=True, slots=True)
class ErrorTold:
    """What was raised, in words. `missing` is "yes" where the module lacks what was asked for."""

    type: str
    message: str
    traceback: str
    missing: str


# The first reply: how the import of the module went


@dataclass(frozen=True, slots=True)
class ImportDone:
    """The module is imported, and calls may come."""

    imported: Literal[True]


@dataclass(frozen=True, slots=True)
class ImportFailed:
    """The module could not be imported, and no call is replied to."""

    imported: Literal[False]
    error: ErrorTold


# Replies to a call, each with its `id`


@dataclass(frozen=True, slots=True)
class ValueReply:
    """What was returned, or what an attribute holds."""

    id: int
    value: Any


@dataclass(frozen=True, slots=True)
class ObservedReply:
    """What an observed call returned, and its arguments as they are now."""

    id: int
    value: Any
    arguments: list[Any]


@dataclass(frozen=True, slots=True)
class ObjectReply:
    """An object was made. It is known by the `id` of this call, which is what `object` is."""

    id: int
    object: int


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """Learner code raised an error, or lacks what was asked for."""

    id: int
    error: ErrorTold


@dataclass(frozen=True, slots=True)
class UnsendableReply:
    """The value is none that can be sent: it is beyond the limit of this name in `values`."""

    id: int
    unsendable: str


ImportReply: TypeAlias = ImportDone | ImportFailed
CallReply: TypeAlias = ValueReply | ObservedReply | ObjectReply | ErrorReply | UnsendableReply
Reply: TypeAlias = ImportReply | CallReply

_READERS = {frozenset(kind.__slots__): Record(kind) for kind in get_args(Reply)}


def encode_call(call: Call, arguments: str) -> bytes:
    """Write a call as one frame, with arguments that are JSON already."""
    members = {name: value for name, value in asdict(call).items() if value is not None}
    return pack(f'{json.dumps(members)[:-1]},"args":{arguments}}}'.encode())


def decode_reply(body: dict[str, Any]) -> Reply:
    """Return the reply that the object of a frame is, or raise MalformedMessage."""
    reader = _READERS.get(frozenset(body))
    if reader is None:
        raise MalformedMessage("no reply has exactly these members")
    reply: Reply = reader.read(body)
    return reply
