"""What a submission's page says while it waits: its place, how long, and why nothing moves."""

from dataclasses import replace

import pytest

from fakes.grader import FakeGrader
from fakes.machine import ABLE, UNABLE
from harness.queue import present_worker


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab()


@pytest.fixture
async def worker(database):
    """A worker that is there, and takes nothing."""
    async with present_worker(database):
        yield


async def page_of(client, learner, submission):
    return (await client.log_in(learner).get(f"/submissions/{submission.id}")).text


async def test_without_a_worker_the_page_says_so_and_what_starts_one(client, make, learner, lab):
    submission = await make.submission(lab=lab, learner=learner)

    page = await page_of(client, learner, submission)

    assert "No grading worker is running" in page
    assert "milepost worker" in page


async def test_without_a_worker_that_can_grade_it_the_page_says_what_is_missing(
    client, make, learner, lab, database
):
    submission = await make.submission(lab=lab, learner=learner)
    without_python = replace(ABLE, words=("stack:node", "isolated"))

    async with present_worker(database, abilities=without_python):
        page = await page_of(client, learner, submission)
    async with present_worker(database, abilities=UNABLE):
        unisolated = await page_of(client, learner, submission)

    assert "it needs the stack Python, which none of them has ready" in page
    assert "<code>milepost stacks install python</code>" in page
    assert "code can&#39;t be isolated on their machines" in unisolated


async def test_a_place_in_the_queue_is_said_with_about_how_long(
    client, make, learner, lab, queue, worker
):
    assert worker is None
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())
    [*_, third] = [await make.submission(lab=lab, learner=learner) for _ in range(3)]

    page = await page_of(client, learner, third)

    assert "3rd in the queue, less than a second" in page


async def test_whoever_is_next_is_told_that_a_worker_takes_it_up(
    client, make, learner, lab, worker
):
    assert worker is None
    submission = await make.submission(lab=lab, learner=learner)

    assert "A worker takes it up now" in await page_of(client, learner, submission)
