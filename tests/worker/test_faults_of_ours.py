"""Faults of ours: tried again after growing pauses, no attempt lost, a person told at last."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from fakes.grader import FakeGrader, passed
from fakes.machine import ABLE
from milepost.core.clock import utc_now
from milepost.engine import IsolationUnavailable, Verdict
from milepost.grading.errors import GradingInterrupted
from milepost.grading.retry import MOST_FAULTS, MOST_RUNS, choose_pause
from milepost.submissions import queries
from milepost.submissions.models import Grading
from milepost.worker.condition import Condition

REASON = "the sandbox did not start: no space left on device"


def broken_engine():
    return FakeGrader(verdict=Verdict.ENGINE_FAILED, message=REASON)


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def submission(make, learner):
    return await make.submission(lab=await make.lab(), learner=learner)


@pytest.fixture
def view(database, learner, submission):
    """Reads the newest grading as its learner may see it."""

    async def view():
        async with database.transaction() as session:
            newest = await queries.get_submission(session, learner.actor, submission.id)
            return await queries.get_grading(session, learner.actor, newest.grading_id)

    return view


@pytest.fixture
def let_pauses_pass(database):
    async def let_pauses_pass():
        async with database.transaction() as session:
            await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))

    return let_pauses_pass


@pytest.fixture
def give_up(queue, let_pauses_pass):
    """Has an engine that never works grade until it is given up."""

    async def give_up():
        for _ in range(MOST_FAULTS):
            await queue.work(broken_engine())
            await let_pauses_pass()

    return give_up


def test_pauses_grow_are_bounded_and_differ():
    pauses = [[choose_pause(faults) for _ in range(50)] for faults in range(1, 7)]

    for earlier, later in pairwise(pauses[:4]):
        assert max(earlier) < min(later)
    assert max(max(row) for row in pauses) < 40
    assert 20 < choose_pause(10_000) < 40  # a grading is handed back without end
    assert all(len(set(row)) > 1 for row in pauses)


async def test_a_fault_is_tried_again_and_the_work_is_judged_once(
    view, queue, database, let_pauses_pass, client, learner, submission
):
    await queue.work(broken_engine())
    paused = await view()
    async with database.transaction() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + '1 hour'"))
    page = (await client.log_in(learner).get(f"/submissions/{submission.id}")).text
    await queue.work(FakeGrader())  # its pause is not over, so there is nothing to do
    still_paused = await view()
    await let_pauses_pass()
    await queue.work(FakeGrader(passed()))
    graded = await view()

    assert (paused.status, paused.verdict, paused.attempt) == ("queued", None, 1)
    assert paused.started_at < paused.retry_at < utc_now() + timedelta(seconds=2)
    assert "not of your code" in page
    assert "No attempt is used" in page
    assert still_paused.attempt == 1
    assert (graded.verdict, graded.attempt, graded.retry_at) == (Verdict.PASSED, 2, None)
    assert len(graded.checks) == 1


async def test_the_stream_tells_of_the_interruption_between_two_runs(
    queue, let_pauses_pass, database, learner, submission
):
    await queue.work(broken_engine())

    events = await queries.list_events_after(
        database, learner.actor, submission.grading_id, after=(0, 0)
    )
    await let_pauses_pass()
    await queue.work(FakeGrader())
    later = await queries.list_events_after(
        database, learner.actor, submission.grading_id, after=(1, events[-1].position)
    )

    assert [event.kind for event in events] == ["started", "interrupted"]
    assert [event.kind for event in later] == ["started", "check", "verdict"]


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), RuntimeError("\0odd")])
async def test_whatever_is_raised_is_a_fault_of_ours_with_its_reason_kept(
    queue, database, submission, fault
):
    await queue.work(FakeGrader(fault=fault))

    async with database.transaction() as session:
        grading = await session.get_one(Grading, submission.grading_id)
    assert (grading.faults, grading.verdict) == (1, None)
    assert type(fault).__name__ in grading.fault


async def test_what_a_worker_can_not_do_waits_for_one_that_can_however_often_it_is_handed_back(
    view, queue, let_pauses_pass, database, client, learner, submission
):
    message = "The stack python cannot run here. Run: milepost stacks install python"
    no_stack = FakeGrader(verdict=Verdict.ENGINE_FAILED, message=message, stack_version="")
    no_isolation = FakeGrader(fault=IsolationUnavailable("namespaces are blocked.", "Allow them."))
    for unfit in (no_stack, no_isolation) * MOST_RUNS:
        await queue.work(unfit)
        await let_pauses_pass()

    waiting = await view()
    page = (await client.log_in(learner).get(f"/submissions/{submission.id}")).text
    async with database.transaction() as session:
        grading = await session.get_one(Grading, submission.grading_id)
    await queue.work(FakeGrader())

    assert (waiting.status, waiting.verdict) == ("queued", None)
    assert "No grading worker is running" in page
    assert (grading.faults, grading.handed_back) == (0, 2 * MOST_RUNS)
    assert "namespaces are blocked" in grading.fault
    assert (await view()).verdict is Verdict.PASSED


async def test_the_last_fault_ends_it_and_tells_the_learner_and_the_operator(
    view, give_up, queue, client, learner, submission, operate
):
    await give_up()
    given_up = await view()
    page = (await client.log_in(learner).get(f"/submissions/{submission.id}")).text
    doctor = await operate("doctor", "--json")

    assert (given_up.verdict, given_up.attempt) == (Verdict.ENGINE_FAILED, MOST_FAULTS)
    assert "no attempt was used" in given_up.message
    assert REASON not in given_up.message
    assert "cost you nothing" in page
    [finding] = [each for each in doctor.json["findings"] if each["area"] == "grading"]
    assert not finding["ready"]
    assert REASON in finding["detail"]
    assert finding["fix"].endswith("milepost regrade")
    assert [job.status for job in await queue.jobs()] == ["succeeded"]


@pytest.mark.usefixtures("submission")
async def test_once_fixed_it_is_graded_again_behind_people_and_the_operator_sees_no_more(
    view, give_up, queue, make, learner, operate
):
    await give_up()
    first_grading = (await view()).id
    regrade = await operate("regrade")
    again = await operate("regrade")
    person = await make.submission(lab=await make.lab(), learner=learner)
    grader = FakeGrader()
    await queue.work(grader)
    doctor = await operate("doctor", "--json")

    assert "Queued 1 submission" in regrade.out
    assert "nothing to grade again" in again.out
    regraded = await view()
    assert regraded.verdict is Verdict.PASSED
    assert regraded.id != first_grading
    order = [request.run_id.rpartition("-")[0] for request in grader.requests]
    assert order == [str(person.grading_id), str(regraded.id)]
    assert not [each for each in doctor.json["findings"] if each["area"] == "grading"]


@pytest.mark.usefixtures("submission")
async def test_a_grading_whose_every_worker_died_ends_and_says_so(database, queue, view):
    async with database.transaction() as session:
        await session.execute(text("UPDATE gradings SET attempt = 10, started_at = now()"))

    await queue.work(FakeGrader())

    ended = await view()
    assert ended.verdict is Verdict.ENGINE_FAILED
    assert "10 workers that took it were stopped" in ended.message
    async with database.transaction() as session:
        assert await session.scalar(select(Grading.faults)) == 0


@pytest.mark.usefixtures("submission")
async def test_faults_of_one_grading_alone_put_no_worker_to_rest_and_giving_up_shows_no_soundness(
    queue, make, learner, let_pauses_pass, view
):
    condition = Condition(lambda: ABLE)
    for _ in range(MOST_FAULTS):
        await queue.work(broken_engine(), condition)
        await let_pauses_pass()
    given_up = await view()
    rests_after_one = condition.is_resting
    await make.submission(lab=await make.lab("other"), learner=learner)
    await queue.work(broken_engine(), condition)

    assert given_up.verdict is Verdict.ENGINE_FAILED
    assert not rests_after_one
    assert condition.is_resting


@pytest.mark.usefixtures("submission")
@pytest.mark.parametrize(
    ("change", "is_sound"),
    [
        ("SELECT", True),
        ("UPDATE gradings SET verdict = 'passed', graded_at = now()", False),
        ("UPDATE gradings SET attempt = 10, started_at = now()", False),
    ],
    ids=["graded", "has-its-verdict", "never-run"],
)
async def test_only_a_run_that_the_engine_ended_shows_that_a_worker_is_sound(
    queue, database, change, is_sound
):
    condition = Condition(lambda: ABLE)
    condition.note_fault(GradingInterrupted(uuid4(), REASON))
    async with database.transaction() as session:
        await session.execute(text(change))
    await queue.work(FakeGrader(), condition)
    condition.note_fault(GradingInterrupted(uuid4(), REASON))

    assert condition.is_resting is not is_sound
