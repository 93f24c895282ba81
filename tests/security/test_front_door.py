"""Cheating at the API and the pages, with the real engine behind: every door has the same rules."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest
from httpx_sse import aconnect_sse

from factories.content import HIDDEN, RIGHT, VISIBLE
from fakes.grader import FakeGrader, failed, passed
from security.forging import SEND

MADE_UP = {"verdict": "passed", "checks": [], "message": "", "limit_hit": None}
PRINTED = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def solution(files=RIGHT, **more):
    return {"lab": "adding", "stack": "python", "files": files, **more}


@pytest.fixture
async def learners(client, make):
    """Ada, who cheats, and Grace, who does not."""
    await make.lab(checks=(VISIBLE, HIDDEN))
    return client.log_in(await make.learner("Ada")), client.log_in(await make.learner("Grace"))


@pytest.fixture
def hand_in(engine, queue):
    """Hand in and have it graded for real: `await hand_in(visitor, body)` answers the grading."""

    async def do(visitor, body):
        response = await visitor.post("/api/v1/submissions", json=body)
        assert response.status_code == 202, response.text
        await queue.work(engine)
        grading = response.json()["grading"]["id"]
        shown = (await visitor.get(f"/api/v1/gradings/{grading}")).json()
        return response.json()["id"], shown

    return do


@pytest.mark.parametrize(
    "more",
    [
        {"verdict": "passed"},
        {"grading": MADE_UP},
        {"learner_id": str(uuid4())},
        {"learner": {"id": str(uuid4())}},
        {"id": str(uuid4())},
        {"seed": 7},
        {"graded_at": "2020-01-01T00:00:00Z"},
        {"kind": "passed"},
        {"lab_version": str(uuid4())},
        {"limits": {"wall_seconds": 9999}},
    ],
    ids=lambda more: next(iter(more)),
)
async def test_nothing_can_be_handed_in_but_a_solution(learners, queue, more):
    ada, _ = learners

    refused = await ada.post("/api/v1/submissions", json=solution(**more))
    twin = await ada.post("/api/v1/submissions", json=solution())

    assert (refused.status_code, refused.json()["code"]) == (422, "request_not_valid")
    assert twin.status_code == 202
    assert len(await queue.jobs()) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_result_cannot_be_posted(learners, hand_in, method):
    ada, _ = learners
    submission, grading = await hand_in(ada, solution({"adding.py": "def add(a, b): return 0\n"}))

    statuses = {
        (await ada.request(method, f"/api/v1/{address}", json=MADE_UP)).status_code
        for address in (
            f"gradings/{grading['id']}",
            f"gradings/{grading['id']}/checks",
            f"gradings/{grading['id']}/verdict",
            f"submissions/{submission}",
            f"submissions/{submission}/gradings",
            "progress",
        )
    }
    after = (await ada.get(f"/api/v1/gradings/{grading['id']}")).json()

    assert statuses <= {404, 405}
    assert after == grading
    assert grading["verdict"] == "failed"


async def test_work_of_others_does_not_exist_and_cannot_be_claimed(learners, hand_in):
    ada, grace = learners
    submission, grading = await hand_in(grace, solution())
    headers = {"Idempotency-Key": "grace's"}
    await grace.post("/api/v1/submissions", json=solution(), headers=headers)

    claimed = await ada.post("/api/v1/submissions", json=solution(), headers=headers)
    found = [
        (await ada.get(address)).status_code
        for address in (
            f"/api/v1/submissions/{submission}",
            f"/api/v1/submissions/{submission}/gradings",
            f"/api/v1/gradings/{grading['id']}",
            f"/api/v1/gradings/{grading['id']}/events",
            f"/submissions/{submission}",
            f"/submissions/{submission}/events",
        )
    ]
    listed = (await ada.get("/api/v1/submissions")).json()["items"]

    assert found == [404] * 6
    assert [each["id"] for each in listed] == [claimed.json()["id"]]
    assert claimed.json()["id"] != submission
    assert (await grace.get(f"/api/v1/submissions/{submission}")).status_code == 200


async def test_hidden_checks_give_away_no_more_than_their_outcome(learners, hand_in):
    ada, _ = learners
    submission, grading = await hand_in(
        ada, solution({"adding.py": "def add(a, b):\n    print('asked', a, b)\n    return -1\n"})
    )

    addresses = (
        f"/api/v1/gradings/{grading['id']}/events",
        f"/api/v1/submissions/{submission}/gradings",
        f"/api/v1/submissions/{submission}",
        f"/submissions/{submission}",
        f"/submissions/{submission}/events",
        "/api/v1/labs/adding",
        "/labs/adding",
    )
    everything = [json.dumps(grading), *[(await ada.get(each)).text for each in addresses]]
    said = "\n".join(everything)

    assert [check["outcome"] for check in grading["checks"]] == ["failed", "failed"]
    assert "asked 2 3" in said, "the twin: what a visible check did is shown"
    for secret in ("-7000", "6877", "A secret expectation", "asked -7000"):
        assert secret not in said


async def test_tries_are_no_oracle_for_hidden_checks(learners, hand_in):
    ada, _ = learners
    guess = "def add(a, b):\n    return 5 if a == 2 else -1\n"

    _, tried = await hand_in(ada, solution({"adding.py": guess}, kind="try"))
    _, handed_in = await hand_in(ada, solution({"adding.py": guess}))

    assert [check["name"] for check in tried["checks"]] == [VISIBLE.name]
    assert tried["verdict"] == "passed"
    assert handed_in["verdict"] == "failed"
    progress = (await ada.get("/api/v1/paths/tiny")).json()
    assert progress["proven_count"] == 0


async def test_likeness_to_anothers_solution_is_never_a_verdict(learners, hand_in):
    ada, grace = learners

    _, first = await hand_in(grace, solution())
    _, second = await hand_in(ada, solution())

    assert (first["verdict"], second["verdict"]) == ("passed", "passed")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        (
            "names that no database can hold",
            r'{"id":1,"value":{"\u0000":1},"a\u0000b":1,"\ud800":2}',
        ),
        ("an error without words", r'{"id":1,"error":{"type":"\u0000\ud800","message":"\u0000"}}'),
        ("a value that is too deep", '{"id":1,"value":' + "[" * 61 + "]" * 61 + "}"),
        ("a number beyond all numbers", '{"id":1,"value":1e999}'),
    ],
)
async def test_answer_that_cannot_be_stored_is_still_graded_once(learners, hand_in, name, answer):
    ada, _ = learners
    forged = f"{SEND}def add(a, b):\n    send({answer.encode()!r})\n    os._exit(0)\n"

    _, grading = await hand_in(ada, solution({"adding.py": forged}))
    _, twin = await hand_in(ada, solution({"adding.py": f"# {name}\n{RIGHT['adding.py']}"}))

    assert grading["verdict"] in {"failed", "crashed"}
    assert twin["verdict"] == "passed"


async def test_what_code_prints_and_answers_never_acts_on_a_page(learners, hand_in):
    ada, _ = learners
    hostile = (
        f"def add(a, b):\n    print('\\x1b]0;x\\x07\\x1b[2J\\u202e', {PRINTED!r})\n"
        f"    return {{{PRINTED!r}: ['\\x1b[31m', '\\u202e', {PRINTED!r}]}}\n"
    )
    names = {"adding.py": hostile, "-rf": "", "--help": ""}

    submission, grading = await hand_in(ada, solution(names))
    page = (await ada.get(f"/submissions/{submission}")).text
    events = (await ada.get(f"/submissions/{submission}/events")).text

    assert grading["verdict"] == "failed"
    for shown in (page, events):
        assert PRINTED not in shown
        assert "<img src=x" not in shown
        assert "\x1b" not in shown
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "name",
    [
        "../adding.py", "/etc/passwd", "a/../../b", "a\x00.py", "a\nb.py", "con.py", "lib/NUL",
        "a\\b.py", "C:/a.py", ".", "", "x" * 300, "a/" * 20 + "b", "\N{RIGHT-TO-LEFT OVERRIDE}yp.a",
    ],
)  # fmt: skip
async def test_odd_names_are_refused_by_name(learners, queue, name):
    ada, _ = learners

    refused = await ada.post("/api/v1/submissions", json=solution({**RIGHT, name: ""}))
    twin = await ada.post("/api/v1/submissions", json=solution({**RIGHT, "lib/more.py": ""}))

    assert (refused.status_code, refused.json()["code"]) == (422, "file_not_accepted")
    assert twin.status_code == 202
    assert len(await queue.jobs()) == 1


@pytest.mark.parametrize("door", ["terminal", "browser"])
async def test_a_stream_ends_with_the_token_or_session_that_opened_it(
    make, client, live_server, queue, door
):
    lab, ada = await make.lab(checks=(VISIBLE, HIDDEN)), await make.learner()
    submission = await make.submission(lab=lab, learner=ada)
    opened = {
        "terminal": (
            f"/api/v1/gradings/{submission.grading_id}/events",
            {"Authorization": f"Bearer {ada.token}"},
        ),
        "browser": (
            f"/submissions/{submission.id}/events",
            {"Cookie": f"milepost={ada.session}"},
        ),
    }
    address, headers = opened[door]
    twin_address, twin_headers = opened["browser" if door == "terminal" else "terminal"]
    grader = FakeGrader(passed(VISIBLE.name), failed(HIDDEN.name))
    first, last = grader.hold(VISIBLE.name), grader.hold(HIDDEN.name)
    async with (
        httpx.AsyncClient(base_url=live_server, timeout=30) as http,
        aconnect_sse(http, "GET", address, headers=headers) as stream,
        aconnect_sse(http, "GET", twin_address, headers=twin_headers) as twin,
        queue.working(grader),
        asyncio.timeout(60),
    ):
        kinds, twins = stream.aiter_sse(), twin.aiter_sse()
        while (await anext(kinds)).event != "started":
            pass
        await end_access(client, ada, door)
        seen = [event.event async for event in kinds]  # it ends, though nothing is graded yet
        first.set()
        last.set()
        seen_by_twin = [event.event async for event in twins]

    assert seen == []
    assert seen_by_twin[-3:] == ["check", "check", "verdict"]


async def end_access(client, learner, door):
    """Shut out the learner's terminal or browser, as its own sign-out does."""
    if door == "terminal":
        headers = {"Authorization": f"Bearer {learner.token}"}
        answer = await client.delete("/api/v1/tokens/current", headers=headers)
    else:
        answer = await client.log_in(learner).post("/account/sign-out")
    assert answer.status_code in {204, 303}, answer.text
