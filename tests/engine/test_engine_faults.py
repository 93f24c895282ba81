"""Faults of Milepost itself: a verdict always follows, and its operator can see what it was."""

from dataclasses import replace

import pytest

from milepost.engine import Outcome, Verdict

# What an author's check can reach, so it stands for a check process that has gone wrong.
SENDS = """
import gc, json
from milepost.engine.checks.engine_client import EngineClient

def send(body):
    (engine,) = [each for each in gc.get_objects() if type(each) is EngineClient]
    raw = json.dumps(body).encode()
    engine._channel.sendall(len(raw).to_bytes(4, "big") + bytes(4) + raw)

@check(task="t", objectives=["o"])
def test_it():
    send({message})
"""


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"say": "done"}, "a message of the kind None is not expected here"),
        ({"kind": "Settings"}, "a message of the kind 'Settings' is not expected here"),
        ({"kind": "AskGuest", "guest": 0}, "AskGuest: guest: int where an object should be"),
        ({"kind": "AskGuest"}, "AskGuest: it lacks ['guest']"),
        ({"kind": "RunDone", "verdict": "passed"}, "RunDone: it has ['verdict'] too"),
    ],
    ids=["no kind", "another end's kind", "wrong type", "missing field", "extra field"],
)
async def test_malformed_message_of_a_check_process_is_named(grade, runtime, message, reason):
    graded = await grade(SENDS.replace("{message}", repr(message)))

    assert graded.report.verdict is Verdict.ENGINE_FAILED
    assert f"the check process sent a malformed message: {reason}" in graded.report.message
    assert graded.report.checks[0].outcome is Outcome.NOT_RUN
    assert reason in (runtime / "failures" / "run.log").read_text()


@pytest.mark.parametrize(
    ("role", "index", "name"),
    [("replica", 3, "replica 3"), ("main", 1, "main 1"), ("second", 0, "second")],
)
async def test_guest_that_there_cannot_be_is_refused(grade, role, index, name):
    message = {"kind": "AskGuest", "guest": {"role": role, "index": index}}

    graded = await grade(SENDS.replace("{message}", repr(message)))

    assert graded.report.verdict is Verdict.ENGINE_FAILED
    assert f"asked for the guest `{name}`, which can't be" in graded.report.message


async def test_error_of_the_engine_itself_leaves_its_traceback_and_a_verdict(
    engine, make_request, runtime
):
    checks = "@check(task='t', objectives=['o'])\ndef test_it(program):\n    program.run()\n"
    request = replace(make_request(checks), files={"main.py": "a text, where bytes belong"})

    events = [event async for event in engine.grade(request)]

    report = events[-1].report
    assert report.verdict is Verdict.ENGINE_FAILED
    assert report.message == (
        "Milepost itself failed, so this does not count: its engine met an error of its own, which"
        " its operator finds among the failures."
    )
    log = (runtime / "failures" / "run.log").read_text()
    assert "Traceback (most recent call last)" in log
    assert "TypeError" in log
    assert "submitted_imports.py" in log, "with the place where it happened"


async def test_run_after_an_error_of_the_engine_is_graded(grade, engine, make_request):
    checks = "@check(task='t', objectives=['o'])\ndef test_it(program):\n    program.run()\n"
    request = replace(make_request(checks), files={"main.py": "a text, where bytes belong"})
    broken = [event async for event in engine.grade(request)]

    graded = await grade(checks, {"main.py": "print(1)"})

    assert broken[-1].report.verdict is Verdict.ENGINE_FAILED
    assert graded.report.verdict is Verdict.PASSED
