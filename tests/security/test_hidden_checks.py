"""Hidden checks tell title and outcome: no message, figure, limit, moment or order says more.

Each cheat knows a hidden input when it sees one and tries to send a number out by it: two
submissions that differ only in that number must look alike. The twin does so in a visible check.
"""

import asyncio
import json
from dataclasses import replace

import pytest

from factories.content import HIDDEN, RIGHT, VISIBLE
from fakes.grader import FakeGrader, passed

SECRET = "-7000"  # an argument of the hidden check
LIMITS = {"wall_seconds": 20.0, "run_seconds": 2.0, "output_bytes": 65536}


def leaking(asked, act):
    """Write an answer that acts when it is asked for a certain number, and is right otherwise."""
    return {
        "adding.py": "import os, time\nkept = []\n\ndef add(a, b):\n"
        f"    if a == {asked}:\n        {act}\n    return a + b\n"
    }


@pytest.fixture
async def ada(client, make):
    await make.lab(checks=(HIDDEN, VISIBLE), limits=LIMITS)  # as an author may order them
    return client.log_in(await make.learner("Ada"))


@pytest.fixture
def hand_in(engine, queue, ada):
    async def do(files):
        body = {"lab": "adding", "stack": "python", "files": files}
        response = await ada.post("/api/v1/submissions", json=body)
        await queue.work(engine)
        grading = response.json()["grading"]["id"]
        return (await ada.get(f"/api/v1/gradings/{grading}")).json()

    return do


@pytest.mark.parametrize(
    "act",
    [
        "print('x' * {n})",
        "kept.append(bytearray({n} * 1000)); time.sleep(0.3)",
        "open('file', 'wb').write(bytes({n} * 100)); time.sleep(0.3)",
        "time.sleep({n} / 40000)",
        "raise ValueError({n})",
    ],
    ids=["prints", "fills memory", "fills the disk", "waits", "raises"],
)
async def test_a_hidden_check_sends_no_number_out(hand_in, act):
    few, many = [await hand_in(leaking(SECRET, act.format(n=n))) for n in (1000, 40000)]
    seen, more = [await hand_in(leaking(2, act.format(n=n))) for n in (1000, 40000)]

    assert _figures(few) == _figures(many)
    assert _hidden(few) == _hidden(many)
    assert _hidden(few)["duration_seconds"] == 0
    assert "7000" not in json.dumps(few["checks"]) + few["message"]
    assert few["usage"]["wall_seconds"] < 1 > many["usage"]["wall_seconds"]
    assert (_figures(seen), _visible(seen)) != (_figures(more), _visible(more)), "the twin"


@pytest.mark.parametrize(
    ("act", "verdict", "says"),
    [
        ("while True: pass", "timed_out", "Your code ran out of time in a hidden check."),
        ("os._exit(3)", "crashed", "Your code crashed, or went over a limit, in a hidden check."),
        ("while True: print('x' * 9999)", "crashed", "Your code crashed, or went over a limit"),
    ],
)
async def test_how_a_hidden_check_ended_is_told_without_its_inputs(hand_in, act, verdict, says):
    hidden = await hand_in(leaking(SECRET, act))
    twin = await hand_in(leaking(2, act))

    assert (hidden["verdict"], hidden["limit_hit"]) == (verdict, None)
    assert hidden["message"].startswith(says)
    assert (_hidden(hidden)["message"], _hidden(hidden)["outcome"]) == ("", verdict)
    assert twin["verdict"] == verdict
    assert "add(2, 3)" in twin["checks"][0]["message"] or twin["limit_hit"] == "output_bytes"


async def test_visible_checks_run_first_and_their_moments_know_nothing_of_hidden_ones(hand_in):
    graded = await hand_in(leaking(SECRET, "time.sleep(1.2)"))

    assert [check["hidden"] for check in graded["checks"]] == [False, True]
    assert graded["checks"][0]["at_seconds"] < 1.0
    assert graded["checks"][1]["at_seconds"] is None


async def test_a_hidden_check_that_breaks_tells_the_author_and_not_the_learner(
    make, hand_in, operate
):
    body = (
        'got = solution.call("add", -7000, 123)\n'
        '    assert got[0] == 1 if isinstance(got, list) else got == -6877, "Secret"'
    )
    await make.lab(checks=(VISIBLE, replace(HIDDEN, body=body)))

    graded = await hand_in(leaking(SECRET, "return []"))
    notes = await operate("labs", "reports", "--json")

    assert graded["verdict"] == "failed"
    assert _hidden(graded)["outcome"] == "failed"
    assert "7000" not in json.dumps(graded)
    assert "add(-7000, 123)" in notes.json[0]["message"]
    assert (await hand_in(dict(RIGHT)))["verdict"] == "passed"


@pytest.mark.parametrize("hides", [True, False])
async def test_only_a_visible_check_that_breaks_is_told_while_the_lab_is_looked_at(
    make, hand_in, ada, hides
):
    body = 'assert solution.call("add", -7000, 123) + 0 == -6877, "Secret"'
    await make.lab(checks=(VISIBLE, replace(HIDDEN, body=body, hidden=hides)))

    graded = await hand_in(leaking(SECRET, "return [1]"))
    events = (await ada.get(f"/api/v1/gradings/{graded['id']}")).json()

    assert graded["verdict"] == "failed"
    assert ("doubted_at" in events) is False
    assert ("could not read" in json.dumps(events)) is not hides


async def test_a_hidden_check_that_met_the_limit_of_the_run_names_no_limit(make, hand_in):
    await make.lab(checks=(VISIBLE, HIDDEN), limits={"wall_seconds": 4.0, "run_seconds": 30.0})

    graded = await hand_in(leaking(SECRET, "time.sleep(60)"))

    assert (graded["verdict"], graded["limit_hit"]) == ("timed_out", None)
    assert graded["message"] == "Your code ran out of time in a hidden check."


async def test_a_hidden_check_is_stored_with_the_verdict_and_not_before(client, make, queue):
    lab = await make.lab(checks=(HIDDEN, VISIBLE))
    learner = await make.learner("Grace")
    submission = await make.submission(lab=lab, learner=learner)
    grace = client.log_in(learner)
    grader = FakeGrader(passed("test_secret_sum", hidden=True), passed("test_last"))
    gate = grader.hold("test_last")

    async with queue.working(grader):
        url = f"/api/v1/gradings/{submission.grading_id}"
        running = await _until(grace, url, lambda shown: shown["status"] == "running")
        gate.set()
        ended = await _until(grace, url, lambda shown: shown["verdict"])

    assert running["checks"] == []
    assert len(ended["checks"]) == 2


async def _until(visitor, url, is_so):
    for _ in range(400):
        shown = (await visitor.get(url)).json()
        if is_so(shown):
            await asyncio.sleep(0.2)
            return (await visitor.get(url)).json()
        await asyncio.sleep(0.05)
    raise AssertionError(shown)


def _figures(grading):
    """What a grading says of sizes, without what differs by itself from look to look."""
    usage = grading["usage"]
    megabytes = [usage[name] // 2**20 for name in ("output_bytes", "disk_bytes")]
    memory = usage["memory_peak_bytes"] // 2**24
    return usage["output_bytes"], megabytes, memory, grading["limit_hit"]


def _visible(grading):
    [check] = [each for each in grading["checks"] if not each["hidden"]]
    return check["outcome"], check["message"], round(check["duration_seconds"])


def _hidden(grading):
    [check] = [each for each in grading["checks"] if each["hidden"]]
    return check
