"""The messages of MongoDB's wire protocol that today's drivers use: OP_MSG, and a greeting.

Documents become plain values here and nowhere else. Whatever is malformed, too large or too deep
is a Malformed with a sentence.
"""

import datetime as dt
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

MOST_MESSAGE_BYTES = 17 * 1024 * 1024  # a document has 16 MiB at most
MOST_LEVELS = 100  # as MongoDB has it
_HEADER = struct.Struct("<iiii")
_REPLY, _QUERY, _MESSAGE = 1, 2004, 2013
_MORE_TO_COME = 2
_CHECKSUM = 1
_REPLY_HEAD = 20  # of OP_REPLY, between its header and its documents
_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    document_class=dict,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
    unicode_decode_error_handler="replace",
)
Document = dict[str, Any]
Receive = Callable[[int], bytes]


class Malformed(Exception):
    """A message that cannot be read. The sentence says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, whole, with what its head says."""

    raw: bytes
    number: int
    code: int

    @property
    def flags(self) -> int:
        """The flags of an OP_MSG."""
        return int.from_bytes(self.raw[16:20], "little") if self.code == _MESSAGE else 0

    @property
    def more_to_come(self) -> bool:
        """Whether another message follows by itself; of a request, that it wants no reply."""
        return bool(self.flags & _MORE_TO_COME)

    @property
    def is_request(self) -> bool:
        """Whether it is of a kind that asks something."""
        return self.code in {_MESSAGE, _QUERY}


def receive_message(receive: Receive) -> Message | None:
    """Read the next message; None where the other side has ended. Raises Malformed."""
    head = receive(_HEADER.size)
    if not head:
        return None
    if len(head) < _HEADER.size:
        raise Malformed("It breaks off in the middle of a head.")
    size, number, _, code = _HEADER.unpack(head)
    if not _HEADER.size <= size <= MOST_MESSAGE_BYTES:
        raise Malformed(f"Its head says that it has {size} bytes.")
    rest = receive(size - _HEADER.size)
    if len(rest) < size - _HEADER.size:
        raise Malformed("It breaks off.")
    return Message(head + rest, number, code)


def write_message(number: int, document: Mapping[str, Any], answers: int = 0) -> bytes:
    """Write an OP_MSG with one document."""
    body = b"\0\0\0\0\0" + bson.encode(document)
    return _HEADER.pack(_HEADER.size + len(body), number, answers, _MESSAGE) + body


def write_refusal(request: Message, code: int, sentence: str) -> bytes:
    """Write the reply that a request is refused, as servers do."""
    said = {"ok": 0.0, "errmsg": sentence, "code": code, "codeName": "Refused"}
    if request.code == _MESSAGE:
        return write_message(0, said, answers=request.number)
    body = struct.pack("<iqii", 2, 0, 0, 1) + bson.encode({"$err": sentence, **said})
    return _HEADER.pack(_HEADER.size + len(body), 0, request.number, _REPLY) + body


def read_command(message: Message) -> Document:
    """Read the document of a request or a reply. Raises Malformed."""
    try:
        match message.code:
            case 2013:
                document = _read_sections(message)
            case 2004:
                end = message.raw.index(b"\0", 20)
                document = next(_read_documents(message.raw[end + 9 :]))
            case 1:
                document = next(_read_documents(message.raw[16 + _REPLY_HEAD :]))
            case code:
                raise Malformed(f"Messages of kind {code} are not known here.")
    except RecursionError:
        raise Malformed(f"A document is nested deeper than {MOST_LEVELS} levels.") from None
    except (bson.errors.BSONError, struct.error, ValueError, StopIteration, OverflowError) as error:
        raise Malformed(f"It holds no whole document: {error}") from None
    require_shallow(document)
    return document


def require_shallow(document: Any) -> None:
    """See that a document has no more levels than MongoDB allows. Raises Malformed."""
    level = [document]
    for _ in range(MOST_LEVELS + 1):
        level = [inner for each in level for inner in _list_inner(each)]
        if not level:
            return
    raise Malformed(f"A document is nested deeper than {MOST_LEVELS} levels.")


def as_plain(value: Any) -> Any:
    """Turn what BSON holds into what JSON can: ids as their digits, times and numbers as text."""
    match value:
        case dict():
            plain: Any = {str(name): as_plain(inner) for name, inner in value.items()}
        case list():
            plain = [as_plain(inner) for inner in value]
        case bool() | float() | str() | None:
            plain = value
        case int():
            plain = int(value)  # an Int64 is a class of its own
        case dt.datetime():
            plain = f"{value.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
        case bytes():
            plain = value.hex()
        case _:
            plain = str(value)
    return plain


def _read_sections(message: Message) -> Document:
    end = len(message.raw) - (4 if message.flags & _CHECKSUM else 0)
    document: Document = {}
    at = 20
    while at < end:
        kind, at = message.raw[at], at + 1
        size = int.from_bytes(message.raw[at : at + 4], "little")
        if size <= 0 or at + size > end:
            raise Malformed("A section of it breaks off.")
        section = message.raw[at : at + size]
        if kind == 0:
            document |= next(_read_documents(section))
        else:
            stop = section.index(b"\0", 4)
            document[section[4:stop].decode()] = list(_read_documents(section[stop + 1 :]))
        at += size
    return document


def _read_documents(data: bytes) -> Iterator[Document]:
    while data:
        size = int.from_bytes(data[:4], "little")
        yield bson.decode(data[:size], _OPTIONS)
        data = data[size:]


def _list_inner(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
