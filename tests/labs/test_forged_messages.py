"""The cheat that speaks for the checks is a real attempt: what it writes are messages in use."""

import subprocess
import sys
import tomllib
from typing import get_args

import pytest

from milepost.engine.protocol import check_process, guest
from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.codec import Codec
from milepost.engine.protocol.frames import KIND, Decoder, Frame
from milepost.engine.protocol.harness import ImportDone, ValueReply, decode_reply
from milepost.engine.results import Outcome
from milepost.languages import list_languages

EVENTS: Codec[guest.Event] = Codec(*get_args(guest.Event))
CORPORA = [file for each in list_languages() if (file := each.folder / "cheats.toml").is_file()]


def read_cheat(file):
    cheats = tomllib.loads(file.read_text())["cheat"]
    return next((each["body"] for each in cheats if each["name"] == "speaks-for-the-checks"), None)


WHOLE = [(file.parent.name, body) for file in CORPORA if (body := read_cheat(file)) is not None]


def cut_messages(body):
    """Cut out what the cheat writes, from the first brace to the reply that comes last."""
    text = body[body.index("\n{") : body.index("}\n", body.index('"id": 1')) + 1]
    return [parse_object(message.encode()) for message in text.strip().split("\n\n")]


def decode(body):
    """Read a message as the process does that it is forged for."""
    frame = Frame(body)
    if KIND not in body:
        return decode_reply(body)
    if body[KIND] in {each.__name__ for each in get_args(guest.Event)}:
        return EVENTS.decode(frame)
    return check_process.FROM_RUN.decode(frame)


@pytest.mark.parametrize("body", [body for _, body in WHOLE], ids=[name for name, _ in WHOLE])
def test_forged_messages_are_those_of_the_protocol_in_use(body):
    forged = cut_messages(body)

    ended, done, exited, imported, returned = [decode(each) for each in forged]
    assert isinstance(ended, check_process.CheckEnded)
    assert ended.result.outcome is Outcome.PASSED
    assert done == check_process.RunDone()
    assert isinstance(exited, guest.Exited)
    assert exited.code == 0
    assert imported == ImportDone(imported=True)
    assert returned == ValueReply(1, value=True)


def test_the_cheat_writes_them_as_frames_to_its_descriptors():
    body = dict(WHOLE)["python"]
    # Its standard output: a pipe of the test's own can have a number beyond those it tries.
    ran = subprocess.run([sys.executable, "-c", body], capture_output=True, check=True, timeout=30)
    decoder = Decoder(parse_object)
    decoder.feed(ran.stdout)

    assert [decoder.next_frame().body for _ in cut_messages(body)] == cut_messages(body)
    assert decoder.next_frame() is None


def test_every_language_with_programs_has_this_cheat():
    assert {"python", "javascript"} <= dict(WHOLE).keys()
