"""Gradings through the API: checks with evidence, and the stream that resumes."""

import asyncio
from typing import Any

import httpx
import pytest
from httpx_sse import aconnect_sse

from factories.content import HIDDEN, VISIBLE, FlawDraft
from fakes.grader import FakeGrader, InTurn, failed, passed
from fakes.recorded import recorded
from milepost.engine import BuildReport, Outcome, Verdict

READS = 3  # who asks, what there is to tell, and what its lab's stages are
SECRET = "what a hidden check knows"


def hidden_failure():
    return failed(
        HIDDEN.name,
        title=HIDDEN.title,
        hidden=True,
        message=SECRET,
        expected=SECRET,
        got=SECRET,
        detail=SECRET,
    )


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def submission(make, learner):
    return await make.submission(lab=await make.lab(checks=(VISIBLE, HIDDEN)), learner=learner)


async def read_stream(url, learner, grading_id, *, last=None, until=None):
    """Read a grading's events from a real server until it ends, or until we hang up."""
    headers = {"Authorization": f"Bearer {learner.token}"} | (
        {"Last-Event-ID": last} if last else {}
    )
    events = []
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as http,
        aconnect_sse(http, "GET", f"/api/v1/gradings/{grading_id}/events") as source,
    ):
        async for event in source.aiter_sse():
            events.append(event)
            if until is not None and until(event):
                break
    return events


def from_the_start(events):
    """Leave out the places in the queue: whether one is told depends on who comes first."""
    return [event for event in events if event.event != "queued"]


async def test_a_queued_grading_says_its_place(client, make, learner):
    lab = await make.lab()
    await make.submission(lab=lab, learner=learner)
    second = await make.submission(lab=lab, learner=learner)

    grading = (await client.log_in(learner).get(f"/api/v1/gradings/{second.grading_id}")).json()

    assert (grading["status"], grading["queue_position"]) == ("queued", 2)
    assert grading["checks"] == []


async def test_a_failed_check_shows_what_was_expected_what_came_and_how(
    client, learner, submission, queue
):
    await queue.work(FakeGrader(failed()))

    url = f"/api/v1/gradings/{submission.grading_id}"
    grading = (await client.log_in(learner).get(url)).json()

    assert (grading["status"], grading["verdict"]) == ("finished", "failed")
    assert grading["usage"]["memory_peak_bytes"] == 1024
    (check,) = grading["checks"]
    assert (check["expected"], check["got"]) == ("5", "-1")
    assert check["message"] == "A sum is what both give together"
    (call,) = check["evidence"]
    assert (call["kind"], call["actor"], call["title"]) == ("call", "check", "add(2, 3)")
    assert call["request"] == {"name": "add", "arguments": [2, 3], "written": None}
    assert (call["response"]["value"], call["repeat"]) == (-1, None)


async def test_a_fault_of_ours_says_so(client, learner, submission, queue):
    await queue.work(FakeGrader(verdict=Verdict.LAB_BROKEN, message="A check is at fault."))

    url = f"/api/v1/gradings/{submission.grading_id}"
    grading = (await client.log_in(learner).get(url)).json()

    assert grading["verdict"] == "lab_broken"
    assert grading["message"].startswith("A check is at fault. Its own solution `python` shows it")


@pytest.mark.parametrize(
    "address", ["gradings/{0}", "gradings/{0}/events", "submissions/{1}/gradings"]
)
async def test_a_hidden_check_tells_its_outcome_alone(client, learner, submission, queue, address):
    await queue.work(FakeGrader(passed(), hidden_failure()))
    address = address.format(submission.grading_id, submission.id)

    response = await client.log_in(learner).get(f"/api/v1/{address}")

    assert response.status_code == 200
    assert HIDDEN.title in response.text
    assert '"failed"' in response.text
    assert SECRET not in response.text
    assert "add(2, 3)" not in response.text


@pytest.mark.parametrize("address", ["gradings/{0}", "gradings/{0}/events"])
async def test_another_learners_grading_does_not_exist_for_me(client, make, submission, address):
    visitor = client.log_in(await make.learner("Grace"))

    response = await visitor.get(f"/api/v1/{address.format(submission.grading_id)}")

    assert response.status_code == 404
    assert response.json()["code"] == "grading_not_found"


async def test_checks_arrive_while_later_ones_still_run(live_server, learner, submission, queue):
    grader = FakeGrader(passed("test_one"), passed("test_two"), passed("test_three"))
    gate = grader.hold("test_three")

    async with queue.working(grader):
        early = await read_stream(
            live_server, learner, submission.grading_id, until=lambda event: event.id == "1.2"
        )
        early = from_the_start(early)
        assert not gate.is_set()
        gate.set()
        late = await read_stream(live_server, learner, submission.grading_id, last="1.2")

    assert [event.event for event in early] == ["started", "check", "check"]
    assert [event.json()["name"] for event in early[1:]] == ["test_one", "test_two"]
    assert [event.event for event in late] == ["check", "verdict"]
    assert late[0].json()["name"] == "test_three"
    assert late[1].json()["verdict"] == "passed"


async def test_a_stream_resumed_at_every_event_loses_none_and_repeats_none(
    live_server, learner, submission, queue
):
    names = [f"test_{n}" for n in range(6)]

    async with queue.working(FakeGrader(*map(passed, names))):
        seen, last = [], None
        while not seen or seen[-1].event != "verdict":
            seen += await read_stream(
                live_server, learner, submission.grading_id, last=last, until=lambda _: True
            )
            last = seen[-1].id

    seen = from_the_start(seen)
    assert [event.event for event in seen] == ["started", *["check"] * 6, "verdict"]
    assert [event.json()["name"] for event in seen if event.event == "check"] == names
    assert len({event.id for event in seen}) == len(seen)


async def test_a_stream_resumed_after_the_verdict_ends_at_once(
    live_server, learner, submission, queue
):
    await queue.work(FakeGrader(passed("test_one")))
    seen = await read_stream(live_server, learner, submission.grading_id)

    after = await read_stream(live_server, learner, submission.grading_id, last=seen[-1].id)

    assert seen[-1].event == "verdict"
    assert after == []


async def test_a_stream_ends_with_its_verdict_when_a_waiting_grading_is_cancelled(
    live_server, client, learner, submission, operate
):
    [job] = (await operate("jobs", "--json")).json["jobs"]
    waits = asyncio.Event()
    reading = asyncio.create_task(
        read_stream(live_server, learner, submission.grading_id, until=lambda _: waits.set())
    )
    await asyncio.wait_for(waits.wait(), 20)
    await operate("jobs", "cancel", str(job["id"]))
    seen = await reading
    resumed = await read_stream(live_server, learner, submission.grading_id, last="0.0")
    after = await read_stream(live_server, learner, submission.grading_id, last=seen[-1].id)
    page = await client.log_in(learner).get(f"/submissions/{submission.id}/events")

    assert [event.event for event in seen] == ["queued", "verdict"]
    assert seen[-1].json()["verdict"] == "engine_failed"
    assert "cancelled by the operator" in seen[-1].json()["message"]
    assert [event.event for event in resumed] == ["verdict"]
    assert after == []
    assert "cancelled by the operator" in page.text


async def test_several_readers_of_one_grading_all_see_everything(
    live_server, learner, submission, queue
):
    grader = FakeGrader(passed("test_one"), passed("test_two"))
    gate = grader.hold("test_one")

    async with queue.working(grader), asyncio.TaskGroup() as readers:
        tasks = [
            readers.create_task(read_stream(live_server, learner, submission.grading_id))
            for _ in range(3)
        ]
        await asyncio.sleep(0.2)
        gate.set()

    for task in tasks:
        seen = from_the_start(task.result())
        assert [event.event for event in seen] == ["started", "check", "check", "verdict"]


async def test_a_finished_grading_is_told_from_the_start(client, learner, submission, queue):
    await queue.work(FakeGrader())

    url = f"/api/v1/gradings/{submission.grading_id}/events"
    response = await client.log_in(learner).get(url)

    assert response.headers["content-type"].startswith("text/event-stream")
    assert [line for line in response.text.splitlines() if line.startswith(("id", "event"))] == [
        "id: 1.0",
        "event: started",
        "id: 1.1",
        "event: check",
        "id: 1.1000000",
        "event: verdict",
    ]


async def test_following_a_finished_grading_asks_three_things(
    client, learner, submission, queue, count_queries
):
    await queue.work(FakeGrader(passed("test_one"), passed("test_two")))

    with count_queries() as asked:
        stream = await client.log_in(learner).get(
            f"/api/v1/gradings/{submission.grading_id}/events"
        )

    assert stream.text.count("event: check") == 2
    assert stream.text.count("event: verdict") == 1
    assert len(asked) <= READS, asked


async def test_work_that_fails_as_a_known_wrong_answer_does_is_told_what_is_behind_it(
    client, make, queue
):
    lab = await make.lab(
        checks=[VISIBLE, HIDDEN],
        flaws=[
            FlawDraft("turns-signs", (VISIBLE.name, HIDDEN.name), "You subtract."),
            FlawDraft("small-numbers", (VISIBLE.name,), "You add only small numbers."),
        ],
    )
    learner = await make.learner()
    submission = await make.submission(lab=lab, learner=learner)
    await queue.work(
        FakeGrader(failed(VISIBLE.name), failed(HIDDEN.name, hidden=True, message="secret"))
    )

    response = await client.log_in(learner).get(f"/api/v1/gradings/{submission.grading_id}")

    assert [told["text"] for told in response.json()["misconceptions"]] == ["You subtract."]


@pytest.mark.parametrize(
    ("flaws", "told"),
    [
        # The hidden check was not run, so only the visible one is compared.
        (
            [FlawDraft("never-ends", (VISIBLE.name, HIDDEN.name), "It never ends.")],
            ["It never ends."],
        ),
        ([FlawDraft("other", (HIDDEN.name,), "Something else.")], []),
        # Both fit what ran, and nobody can tell which it is.
        (
            [
                FlawDraft("never-ends", (VISIBLE.name, HIDDEN.name), "It never ends."),
                FlawDraft("one-loop", (VISIBLE.name,), "One loop has no end."),
            ],
            [],
        ),
    ],
)
async def test_a_run_that_ended_early_is_compared_by_the_checks_that_ran(
    client, make, queue, flaws, told
):
    lab = await make.lab(checks=[VISIBLE, HIDDEN], flaws=flaws)
    learner = await make.learner()
    submission = await make.submission(lab=lab, learner=learner)
    await queue.work(
        FakeGrader(
            failed(VISIBLE.name, outcome=Outcome.TIMED_OUT),
            failed("test_stopped_early", outcome=Outcome.TIMED_OUT, hurried=True),
            passed(HIDDEN.name, hidden=True, outcome=Outcome.NOT_RUN),
        )
    )

    response = await client.log_in(learner).get(f"/api/v1/gradings/{submission.grading_id}")

    assert response.json()["verdict"] == "timed_out"
    assert [check["outcome"] for check in response.json()["checks"]] == [
        "timed_out",
        "timed_out",
        "not_run",
    ]
    assert [each["text"] for each in response.json()["misconceptions"]] == told


async def test_evidence_keeps_the_order_in_which_a_solution_gave_its_keys(
    client, learner, submission, queue
):
    value: dict[str, Any] = {"path": "/", "hour": 7, "bytes": 3, "a": 1}
    evidence = recorded("call", response={"value": value})
    await queue.work(FakeGrader(failed("test_one", evidence=(evidence,))))

    response = await client.log_in(learner).get(f"/api/v1/gradings/{submission.grading_id}")

    told = response.json()["checks"][0]["evidence"][0]["response"]["value"]
    assert list(told) == list(value)


async def test_readers_are_told_while_the_labs_own_solution_is_graded_and_miss_no_check(
    client, make, learner, queue, live_server
):
    submission = await make.submission(lab=await make.lab(), learner=learner)
    broken = passed(outcome=Outcome.BROKEN, message="This check could not read it.")
    own = FakeGrader()
    gate = own.hold(VISIBLE.name)
    ada = client.log_in(learner)

    async with queue.working(InTurn(FakeGrader(broken, passed("test_other")), own)):
        before = await read_stream(
            live_server,
            learner,
            submission.grading_id,
            until=lambda event: event.event == "doubted",
        )
        page = (await ada.get(f"/submissions/{submission.id}")).text
        fragments = asyncio.create_task(ada.get(f"/submissions/{submission.id}/events"))
        await asyncio.sleep(0.3)
        gate.set()
        after = await read_stream(live_server, learner, submission.grading_id, last=before[-1].id)

    grading = (await ada.get(f"/api/v1/gradings/{submission.grading_id}")).json()
    told = [event.json()["name"] for event in (*before, *after) if event.event == "check"]
    assert "own solution to find out" in page
    assert "own solution to find out" in (await fragments).text
    assert sorted(told) == ["test_other", VISIBLE.name]
    assert [event.event for event in after if event.event != "doubted"] == ["check", "verdict"]
    assert grading["verdict"] == "failed"
    assert "could not read it" in "".join(check["message"] for check in grading["checks"])


async def test_work_that_never_ran_is_told_no_misconception(client, make, queue):
    flaws = [FlawDraft("turns-signs", (VISIBLE.name,), "You subtract.")]
    lab = await make.lab(checks=[VISIBLE, HIDDEN], flaws=flaws)
    learner = await make.learner()
    submission = await make.submission(lab=lab, learner=learner)
    await queue.work(
        FakeGrader(failed(VISIBLE.name, has_run=False), passed(HIDDEN.name, hidden=True))
    )

    response = await client.log_in(learner).get(f"/api/v1/gradings/{submission.grading_id}")

    assert response.json()["verdict"] == "failed"
    assert response.json()["misconceptions"] == []


async def test_a_grading_tells_how_its_submission_was_built(client, learner, submission, queue):
    build: dict[str, Any] = {"passed": False, "output": "main.go:3:1: no", "seconds": 0.25}
    not_run = passed(outcome=Outcome.NOT_RUN)
    await queue.work(FakeGrader(not_run, verdict=Verdict.FAILED, build=BuildReport(**build)))

    response = await client.log_in(learner).get(f"/api/v1/gradings/{submission.grading_id}")

    assert response.json()["build"] == build


async def test_a_grading_where_nothing_is_built_has_no_build(client, learner, submission, queue):
    await queue.work(FakeGrader(passed()))

    response = await client.log_in(learner).get(f"/api/v1/gradings/{submission.grading_id}")

    assert response.json()["build"] is None
