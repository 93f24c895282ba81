"""The clock is set back: the newest stays the newest, pauses end, and so do sessions."""

import ast
import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import milepost
from fakes.clock import FakeClock
from fakes.grader import FakeGrader
from harness.live_worker import wait_for
from milepost.core.clock import utc_now
from milepost.core.ids import new_id, new_id_after
from milepost.engine import Verdict
from milepost.submissions import queries
from milepost.submissions.service.regrading import queue_regradings

HOUR = {"hours": 1}


@pytest.fixture
def clock(monkeypatch):
    return FakeClock(monkeypatch)


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def submission(make, learner):
    return await make.submission(lab=await make.lab(), learner=learner)


async def test_a_grading_that_ends_before_it_began_has_its_verdict_and_its_true_duration(
    clock, database, queue, learner, submission
):
    grader = FakeGrader()
    gate = grader.hold("test_two_numbers_are_added")
    async with asyncio.timeout(60), queue.working(grader):
        while not grader.requests:
            await queue.jobs()
        clock.set_back(**HOUR)
        gate.set()
        while (await queue.jobs())[0].status != "succeeded":
            pass

    async with database.transaction() as session:
        grading = await queries.get_grading(session, learner.actor, submission.grading_id)
    assert grading.verdict is Verdict.PASSED
    assert grading.graded_at < grading.started_at
    assert grading.usage["wall_seconds"] == 0.1


async def test_the_grading_that_came_last_is_the_newest(database, queue, learner, submission):
    await queue.work(FakeGrader(verdict=Verdict.LAB_BROKEN, message="A check is at fault."))
    ahead = submission.grading_id.int + (3_600_000 << 80)  # as made by a clock an hour ahead
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM check_results"))
        await session.execute(text("UPDATE gradings SET id = :ahead"), {"ahead": f"{ahead:032x}"})
        await session.execute(
            text("UPDATE lab_versions SET closed_at = NULL, closed_reason = NULL")
        )
        assert await queue_regradings(session) == 1
    await queue.work(FakeGrader())

    async with database.transaction() as session:
        newest = await queries.get_submission(session, learner.actor, submission.id)
    assert newest.verdict is Verdict.PASSED
    assert newest.grading_id.int > ahead


def test_an_id_comes_after_an_earlier_one_whatever_the_clock_says():
    now = new_id()
    ahead = type(now)(int=now.int + (3_600_000 << 80))

    assert new_id_after(now) > now
    assert ahead < new_id_after(ahead) < new_id_after(new_id_after(ahead))


async def test_a_pause_that_was_begun_an_hour_ahead_ends_all_the_same(
    clock, queue, ask, workers, submission
):
    clock.set_forward(**HOUR)
    await queue.work(FakeGrader(verdict=Verdict.ENGINE_FAILED, message="A fault of ours."))
    clock.set_back(**HOUR)
    assert ask("SELECT scheduled_at > now() + interval '50 minutes' FROM procrastinate_jobs")
    workers.start()

    wait_for("the verdict", lambda: ask("SELECT verdict FROM gradings") == "passed")

    assert submission


async def test_a_session_lives_on_and_ends_when_its_time_has_come(clock, client, learner):
    visitor = client.log_in(learner)

    async def status():
        return (await visitor.get("/submissions", follow_redirects=False)).status_code

    clock.set_back(days=1)
    set_back = await status()
    clock.set_forward(days=400)
    expired = await status()

    assert set_back == 200
    assert expired != 200


async def test_submissions_made_while_the_clock_is_back_are_listed_once_each(
    clock, make, client, learner, submission
):
    assert submission
    clock.set_back(**HOUR)
    lab = await make.lab()
    made = {submission.id, *[(await make.submission(lab=lab, learner=learner)).id for _ in "ab"]}
    visitor = client.log_in(learner)
    first = (await visitor.get("/api/v1/submissions?limit=2")).json()
    rest = (await visitor.get(f"/api/v1/submissions?cursor={first['next_cursor']}")).json()

    listed = [each["id"] for each in (*first["items"], *rest["items"])]

    assert sorted(listed) == sorted(map(str, made))


def test_no_duration_is_measured_by_a_clock_that_can_be_set():
    """`time.time()` is for moments that others wrote: in logs of programs, on files of a cache."""
    source = Path(milepost.__file__).parent
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr == "time"
        and isinstance(node.value, ast.Name)
        and node.value.id == "time"
    }

    assert found <= {
        "engine/backing/mysql/ran_statements.py",
        "engine/backing/postgres/ran_statements.py",
        "engine/backing/redis/log.py",
        "labs/verification/kept.py",
    }
    assert utc_now().utcoffset() == timedelta()
