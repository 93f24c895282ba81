"""What a check process and a harness tell each other: read by members, and nothing else taken."""

import json
import re
from dataclasses import fields
from typing import Any, get_args

import pytest

from milepost.engine import Limits, Outcome
from milepost.engine.agent import harness as in_guest
from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.frames import Decoder, MalformedMessage
from milepost.engine.protocol.harness import (
    Call,
    ErrorReply,
    ErrorTold,
    ImportDone,
    ImportFailed,
    ObjectReply,
    ObservedReply,
    Reply,
    UnsendableReply,
    ValueReply,
    decode_reply,
    encode_call,
)

TOLD = {"type": "KeyError", "message": "'a'", "traceback": "Traceback", "missing": ""}
REPLIES = [
    ({"imported": True}, ImportDone(imported=True)),
    ({"imported": False, "error": TOLD}, ImportFailed(imported=False, error=ErrorTold(**TOLD))),
    ({"id": 1, "value": {"any": [None]}}, ValueReply(1, {"any": [None]})),
    ({"id": 1, "value": 2, "arguments": [[3]]}, ObservedReply(1, 2, [[3]])),
    ({"id": 2, "object": 2}, ObjectReply(2, 2)),
    ({"id": 3, "error": TOLD}, ErrorReply(3, ErrorTold(**TOLD))),
    ({"id": 4, "unsendable": "large"}, UnsendableReply(4, "large")),
]
MALFORMED = [
    ({}, "no reply has exactly these members"),
    ({"id": 1}, "no reply has exactly these members"),
    ({"value": 1}, "no reply has exactly these members"),
    ({"id": 1, "imported": True}, "no reply has exactly these members"),
    ({"id": 1, "value": 1, "object": 1}, "no reply has exactly these members"),
    ({"id": 1, "value": 1, "more": 1}, "no reply has exactly these members"),
    ({"imported": 1}, r"imported: it is none of \[True\]"),
    ({"imported": False}, r"imported: it is none of \[True\]"),
    ({"imported": True, "error": TOLD}, r"imported: it is none of \[False\]"),
    ({"id": "1", "value": 1}, "id: str where int should be"),
    ({"id": True, "value": 1}, "id: bool where int should be"),
    ({"id": 1, "value": 1, "arguments": {}}, "arguments: dict where list should be"),
    ({"id": 1, "object": "the one"}, "object: str where int should be"),
    ({"id": 1, "unsendable": None}, "unsendable: null where str should be"),
    ({"id": 1, "error": [1, {"type": {}}]}, "error: list where an object should be"),
    ({"id": 1, "error": {**TOLD, "type": {}}}, "error: type: dict where str should be"),
    ({"id": 1, "error": {"type": "X"}}, r"error: it lacks \['message', 'missing', 'traceback'\]"),
    ({"id": 1, "error": {**TOLD, "more": ""}}, r"error: it has \['more'\] too"),
]
SEND = (
    "import json, os, struct\ndef send(raw): os.write(3, struct.pack('!II', len(raw), 0) + raw)\n"
)
CALLS = """
@check(task="t", objectives=["o"])
def test_it(solution):
    assert solution.call("add", 2, 3) == 5, "It must add."
"""


@pytest.mark.parametrize(("body", "reply"), REPLIES, ids=lambda each: type(each).__name__)
def test_a_reply_is_read_by_its_members(body: dict[str, Any], reply: Reply) -> None:
    assert decode_reply(body) == reply


def test_every_reply_is_among_these() -> None:
    assert {type(reply) for _, reply in REPLIES} == {*get_args(Reply)}


@pytest.mark.parametrize(("body", "reason"), MALFORMED, ids=json.dumps)
def test_a_malformed_reply_is_refused_with_its_reason(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(MalformedMessage, match=reason):
        decode_reply(body)


@pytest.mark.parametrize("holder", [None, 7])
def test_a_call_arrives_in_a_harness_as_it_was(holder: int | None) -> None:
    call = Call(1, "method", "add", observed=True, object=holder)
    decoder = Decoder(parse_object)
    decoder.feed(encode_call(call, '[2,{"dict":[]}]'))
    frame = decoder.next_frame()

    assert frame is not None
    arrived = in_guest.Call(**frame.body)
    assert {each.name: getattr(arrived, each.name) for each in fields(call)} == {
        each.name: getattr(call, each.name) for each in fields(call)
    }
    assert arrived.args == [2, {"dict": []}]
    assert {*in_guest.Call.__slots__} == {*(each.name for each in fields(call)), "args"}


@pytest.mark.parametrize(("body", "reason"), MALFORMED[::3], ids=json.dumps)
async def test_code_that_replies_malformed_in_its_harness_has_crashed(
    grade: Any, body: dict[str, Any], reason: str
) -> None:
    raw = json.dumps(body).encode()
    graded = await grade(CALLS, f"{SEND}def add(a, b):\n    send({raw!r})\n    os._exit(0)\n")

    assert graded.only.outcome is Outcome.CRASHED
    assert re.match(rf"`add\(2, 3\)` did not give a proper answer: .*{reason}", graded.only.message)


@pytest.mark.parametrize(
    "body", [{"id": 2, "value": 5}, {"imported": True}, {"id": 1, "object": 1}]
)
async def test_a_reply_to_another_question_is_no_answer(grade: Any, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    graded = await grade(
        CALLS,
        f"{SEND}def add(a, b):\n    send({raw!r})\n    os._exit(0)\n",
        limits=Limits(wall_seconds=30),
    )

    assert graded.only.outcome is Outcome.CRASHED
    assert graded.only.message == "`add(2, 3)` did not give a proper answer."
