"""Running examples through the API: accepted within bounds, shown, and forgotten soon.

That code runs at all is tried with the real engine, in `tests/worker/test_examples.py`.
"""

import json
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from fakes.clock import FakeClock
from fakes.grader import FakeGrader, passed
from fakes.machine import UNABLE
from harness.queue import present_worker
from milepost.engine.evidence.program import ProgramInput, ProgramOutput, RanProgram
from milepost.examples import policy
from milepost.examples.models import ExampleRun
from milepost.examples.service import delete_expired_runs
from milepost.progress.models import ObjectiveProof
from milepost.submissions.models import Grading, Submission

RUNS = "/api/v1/example-runs"
PRINTS = {"language": "python", "code": "print(6 * 7)\n"}


@pytest.fixture
async def visitor(client, make):
    return client.log_in(await make.learner())


@pytest.fixture
def clock(monkeypatch):
    return FakeClock(monkeypatch)


def prints(stdout, **more):
    """A grader whose one check has run a program that printed this."""
    ran = RanProgram(
        title="python example.py",
        request=ProgramInput(argv=("python", "example.py")),
        response=ProgramOutput(exit_code=0, stdout=stdout),
    )
    return FakeGrader(passed("test_it_runs", evidence=(ran,), **more))


async def ask(visitor, **body):
    return await visitor.post(RUNS, json={**PRINTS, **body})


async def rows(database, model):
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(model))


async def test_a_run_is_accepted_queued_and_shows_what_it_printed(visitor, queue, database):
    accepted = await ask(visitor)

    assert accepted.status_code == 202
    assert accepted.json()["status"] == "queued"
    grader = prints("42\n")
    await queue.work(grader)
    shown = (await visitor.get(f"{RUNS}/{accepted.json()['id']}")).json()
    assert shown["status"] == "finished"
    assert shown["result"] == {
        "ending": "exited",
        "message": "",
        "exit_code": 0,
        "stdout": "42\n",
        "stderr": "",
        "is_cut": False,
        "seconds": 0.0,
        "tables": None,
    }
    [request] = grader.requests
    assert request.files == {"example.py": b"print(6 * 7)\n"}
    for recorded in (Submission, Grading, ObjectiveProof):
        assert await rows(database, recorded) == 0


@pytest.mark.parametrize(
    ("body", "status", "code", "word"),
    [
        ({"language": "cobol"}, 422, "example_not_runnable", "javascript, python, sql"),
        ({"code": " \n"}, 422, "example_not_accepted", "reset the example"),
        ({"code": "print(1)\0"}, 422, "example_not_accepted", "NUL"),
        ({"code": "print('\ud800')"}, 422, "example_not_accepted", "UTF-8"),
        ({"before": "x = 1"}, 422, "example_not_accepted", "by themselves"),
        ({"code": "#" * (policy.LARGEST_BYTES + 1)}, 413, "example_too_large", "65,536"),
        ({"title": "mine"}, 422, "request_not_valid", ""),
        ({"shows_plan": True}, 422, "example_not_accepted", "Name it in `lab`"),
    ],
    ids=["language", "nothing", "binary", "half a pair", "before", "size", "form", "no lab"],
)
async def test_what_can_not_be_run_is_refused_and_queues_nothing(
    visitor, queue, body, status, code, word
):
    response = await visitor.post(
        RUNS,
        content=json.dumps({**PRINTS, **body}),
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == status
    assert response.json()["code"] == code
    assert word in response.json()["detail"]
    assert await queue.jobs() == []


async def test_only_so_many_wait_at_once_and_an_ended_one_makes_room(visitor, queue):
    accepted = [await ask(visitor) for _ in range(policy.MOST_AT_ONCE)]
    refused = await ask(visitor)

    assert {each.status_code for each in accepted} == {202}
    assert (refused.status_code, refused.json()["code"]) == (429, "example_runs_waiting")
    assert refused.headers["retry-after"] == "5"
    await queue.work(prints(""))
    assert (await ask(visitor)).status_code == 202


async def test_only_so_many_are_run_in_a_while_and_another_learner_is_free(
    client, make, clock, monkeypatch
):
    monkeypatch.setattr(policy, "MOST_AT_ONCE", policy.RUNS.attempts + 1)
    visitor = client.log_in(await make.learner())

    asked = [(await ask(visitor)).status_code for _ in range(policy.RUNS.attempts + 1)]

    assert asked == [202] * policy.RUNS.attempts + [429]
    assert (await ask(client.log_in(await make.learner("Grace")))).status_code == 202
    clock.set_forward(minutes=10, seconds=1)
    assert (await ask(visitor)).status_code == 202


async def test_another_learners_run_is_not_there(client, make, visitor):
    run_id = (await ask(visitor)).json()["id"]
    other = client.log_in(await make.learner("Grace"))

    for address in (run_id, uuid4()):
        response = await other.get(f"{RUNS}/{address}")
        assert (response.status_code, response.json()["code"]) == (404, "example_run_not_found")


async def test_nobody_runs_nothing(client):
    assert (await ask(client)).status_code == 401


async def test_a_run_expires_and_leaves_no_row_and_no_job(visitor, queue, clock, database):
    run_id = (await ask(visitor)).json()["id"]
    await queue.work(prints("42\n"))
    clock.set_forward(minutes=10, seconds=1)

    assert (await visitor.get(f"{RUNS}/{run_id}")).status_code == 404
    async with database.transaction() as session:
        assert await delete_expired_runs(session) == 1
    assert await rows(database, ExampleRun) == 0
    assert await queue.jobs() == []


async def test_who_asks_next_removes_what_has_expired(client, make, visitor, clock, database):
    await ask(visitor)
    clock.set_forward(minutes=10, seconds=1)

    await ask(client.log_in(await make.learner("Grace")))

    assert await rows(database, ExampleRun) == 1


async def test_a_run_that_expired_in_the_queue_is_not_begun(visitor, queue, clock):
    await ask(visitor)
    clock.set_forward(minutes=10, seconds=1)

    grader = prints("42\n")
    await queue.work(grader)

    assert grader.requests == []


async def test_without_a_worker_the_run_says_so(visitor):
    run_id = (await ask(visitor)).json()["id"]

    shown = (await visitor.get(f"{RUNS}/{run_id}")).json()

    assert shown["status"] == "queued"
    assert "No grading worker is running" in shown["waits_because"]


async def test_a_run_tells_what_the_workers_lack(visitor, database):
    run_id = (await ask(visitor, language="sql", code="SELECT 1")).json()["id"]

    async with present_worker(database, abilities=UNABLE):
        shown = (await visitor.get(f"{RUNS}/{run_id}")).json()

    assert "code can't be isolated" in shown["waits_because"]


async def test_a_fault_of_ours_is_told_and_not_tried_again(visitor, queue):
    run_id = (await ask(visitor)).json()["id"]

    await queue.work(FakeGrader(fault=RuntimeError("no space left")))

    shown = (await visitor.get(f"{RUNS}/{run_id}")).json()
    assert shown["result"]["ending"] == "not_run"
    assert "fault of its own" in shown["result"]["message"]
    assert "no space left" not in str(shown)


async def test_a_run_over_which_workers_die_is_given_up(visitor, queue, database):
    run_id = (await ask(visitor)).json()["id"]
    async with database.transaction() as session:
        await session.execute(text("UPDATE example_runs SET attempt = 3"))

    grader = prints("42\n")
    await queue.work(grader)

    assert grader.requests == []
    shown = (await visitor.get(f"{RUNS}/{run_id}")).json()
    assert "tell whoever runs this Milepost" in shown["result"]["message"]
