"""Whose turn it is: nobody's jobs keep another learner waiting, and people come before machines.

The queue is the real one; only the grader is a fake, so that it is about the order alone.
"""

import asyncio
from functools import partial
from uuid import UUID

import httpx
import pytest
from httpx_sse import aconnect_sse
from sqlalchemy import text

from fakes.grader import FakeGrader
from harness.queue import present_worker
from milepost.core.database import run
from milepost.core.queue import BACKGROUND, Place, enqueue, find_place
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.waiting import estimate_wait
from milepost.worker.presence import Presence


@pytest.fixture
async def lab(make):
    return await make.lab()


@pytest.fixture
def hand_in(make, lab):
    async def hand_in(learner, times=1):
        return [await make.submission(lab=lab, learner=learner) for _ in range(times)]

    return hand_in


@pytest.fixture
def grade_all(queue):
    """Grades everything, and returns the ids of gradings in the order in which they ran."""

    async def grade_all():
        grader = FakeGrader()
        await queue.work(grader)
        return [UUID(request.run_id.rpartition("-")[0]) for request in grader.requests]

    return grade_all


async def test_one_submission_is_graded_second_though_another_learner_handed_in_fifty(
    make, hand_in, grade_all
):
    fifty = await hand_in(await make.learner("Ada"), times=50)
    [one] = await hand_in(await make.learner("Grace"))

    order = await grade_all()

    assert len(order) == 51
    assert order.index(one.grading_id) == 1
    assert [each for each in order if each != one.grading_id] == [
        submission.grading_id for submission in fifty
    ]


async def test_learners_take_turns_however_many_each_has_handed_in(make, hand_in, grade_all):
    names = {}
    for name, times in (("Ada", 4), ("Grace", 2), ("Edsger", 1)):
        learner = await make.learner(name)
        for submission in await hand_in(learner, times):
            names[submission.grading_id] = name

    order = [names[grading_id] for grading_id in await grade_all()]

    assert order == ["Ada", "Grace", "Edsger", "Ada", "Grace", "Ada", "Ada"]


async def test_who_comes_late_is_behind_one_of_each_and_before_all_the_rest(
    make, hand_in, database, grade_all
):
    await hand_in(await make.learner("Ada"), times=20)
    await hand_in(await make.learner("Grace"), times=20)
    async with database.transaction() as session:  # the first eight have had their turns
        await session.execute(text("DELETE FROM procrastinate_jobs WHERE priority > -4"))

    [late] = await hand_in(await make.learner("Edsger"))

    assert (await grade_all()).index(late.grading_id) == 2


async def test_people_come_before_the_background_and_the_background_still_moves(
    database, make, hand_in, grade_all
):
    learner = await make.learner()
    background = await hand_in(learner, times=2)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
        for submission in background:
            await enqueue(
                session, GradeSubmission(grading_id=submission.grading_id, flow=BACKGROUND)
            )
    await hand_in(learner, times=120)

    order = await grade_all()

    assert [order.index(submission.grading_id) for submission in background] == [100, 111]


async def test_two_at_the_same_moment_get_turns_of_their_own(database, make, hand_in):
    learner = await make.learner()
    [one, other] = await hand_in(learner, times=2)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))

    async def queue_again(submission):
        job = GradeSubmission(grading_id=submission.grading_id, flow=str(learner.actor.id))
        async with database.transaction() as session:
            await enqueue(session, job)

    await asyncio.gather(*(queue_again(each) for each in (one, other) * 10))

    async with database.transaction() as session:
        rows = await session.scalars(text("SELECT priority FROM procrastinate_jobs"))
        assert sorted(rows) == list(range(-19, 1))


async def test_a_job_that_was_interrupted_does_not_wait_for_its_turn_again(make, hand_in, database):
    [interrupted] = await hand_in(await make.learner("Ada"))
    async with database.transaction() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    presence = Presence(database.url, slots=1)
    await hand_in(await make.learner("Grace"), times=3)
    try:
        await presence.open()
        await presence.rescue_orphans()
    finally:
        await presence.aclose()

    async with database.transaction() as session:
        place = await find_place(
            partial(run, session), GradeSubmission, grading_id=interrupted.grading_id
        )
    assert place.position == 1


@pytest.mark.parametrize(
    ("position", "running", "slots", "typical", "wait"),
    [
        (3, 2, 2, 3.0, 4.5),  # three of three seconds each, two at a time
        (1, 1, 2, 3.0, 0.0),  # a slot is free
        (2, 1, 2, 3.0, 1.5),
        (3, 0, 0, 3.0, None),  # no worker, so nobody knows
        (3, 2, 2, None, None),  # nothing was ever graded
        (1, 0, 2, None, 0.0),
        (None, 2, 2, 3.0, None),
    ],
)
def test_the_expected_wait_follows_from_place_slots_and_recent_durations(
    position, running, slots, typical, wait
):
    place = Place(position=position, running=running, slots=slots)

    assert estimate_wait(place, typical) == wait


async def test_a_waiting_grading_knows_its_place_its_wait_and_the_slots(
    database, make, hand_in, client, queue
):
    learner = await make.learner()
    await hand_in(learner, times=3)
    await queue.work(FakeGrader())  # each takes 0.1 s, says the fake
    submissions = await hand_in(learner, times=3)
    address = f"/api/v1/gradings/{submissions[2].grading_id}"
    visitor = client.log_in(learner)

    without = (await visitor.get(address)).json()
    async with present_worker(database):
        with_one = (await visitor.get(address)).json()

    assert (without["queue_position"], without["grading_slots"]) == (3, 0)
    assert without["expected_wait_seconds"] is None
    assert (with_one["queue_position"], with_one["grading_slots"]) == (3, 1)
    assert with_one["expected_wait_seconds"] == pytest.approx(0.2)


async def test_a_stream_tells_a_place_that_changes_and_what_no_worker_means(
    database, make, hand_in, live_server, queue
):
    learner = await make.learner()
    [_, second] = await hand_in(learner, times=2)
    headers = {"Authorization": f"Bearer {learner.token}"}
    seen = []

    async def follow():
        async with (
            httpx.AsyncClient(base_url=live_server, headers=headers, timeout=40) as http,
            aconnect_sse(http, "GET", f"/api/v1/gradings/{second.grading_id}/events") as source,
        ):
            async for event in source.aiter_sse():
                seen.append(event)
                news.set()

    news = asyncio.Event()
    reader = asyncio.create_task(follow())
    await asyncio.wait_for(news.wait(), 30)
    news.clear()
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs WHERE priority = 0"))
    await asyncio.wait_for(news.wait(), 30)
    await queue.work(FakeGrader())
    await asyncio.wait_for(reader, 30)

    assert [event.event for event in seen] == ["queued", "queued", "started", "check", "verdict"]
    assert [event.json()["queue_position"] for event in seen[:2]] == [2, 1]
    assert seen[0].json()["grading_slots"] == 0
