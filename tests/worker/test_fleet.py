"""What jobs need and workers have: who takes what, who rests, who is drained, what is shown."""

import asyncio
import runpy
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status
from sqlalchemy import text

from fakes.grader import FakeGrader
from fakes.machine import ABLE
from harness.installation import ROOT
from harness.queue import present_worker
from milepost.core.database import to_psycopg_url
from milepost.core.fleet import WorkerState, list_workers
from milepost.engine import Verdict
from milepost.grading.errors import GradingInterrupted, WorkerUnfit
from milepost.submissions import queries
from milepost.worker.condition import Condition
from milepost.worker.jobs import FleetJobManager
from milepost.worker.loop import serve_queue
from milepost.worker.presence import Presence, Trouble, WorkerStruckOff


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
def needs(database):
    """Reads what every job needs, oldest first."""

    async def needs():
        async with database.transaction() as session:
            rows = await session.scalars(
                text("SELECT args -> 'needs' FROM procrastinate_jobs ORDER BY id")
            )
            return list(rows)

    return needs


@pytest.fixture
async def serve(database, settings):
    """Has a worker of this process serve the queue: `serve(grader, look)`."""
    serving = []

    def serve(grader, look=lambda: ABLE):
        labs_dir = settings.data_dir / "run" / "labs"
        serving.append(
            asyncio.create_task(
                serve_queue(database.url, grader=grader, labs_dir=labs_dir, look=look)
            )
        )

    yield serve
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


@pytest.fixture
def view(database, learner):
    async def view(submission):
        async with database.transaction() as session:
            return await queries.get_grading(session, learner.actor, submission.grading_id)

    return view


@pytest.fixture
def let_in(database):
    """Registers a worker that takes jobs only when asked: its manager, presence and number."""

    @asynccontextmanager
    async def let_in():
        app = App(connector=PsycopgConnector(conninfo=to_psycopg_url(database.url)))
        presence = Presence(database.url, slots=1)
        await presence.open()
        try:
            async with app.open_async():
                manager = FleetJobManager(app, presence, Condition(lambda: ABLE))
                yield manager, presence, await manager.register_worker()
        finally:
            await presence.aclose()

    return let_in


async def list_states(database):
    async with database.transaction() as session:
        return [worker.state for worker in await list_workers(session)]


async def until(what, is_true):
    for _ in range(600):
        if await is_true():
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"Waited in vain: {what}")


async def test_a_job_needs_its_stack_its_services_and_isolation_where_servers_run(
    make, learner, needs
):
    functions = await make.lab("functions")
    service = await make.lab("service", stacks=("fastapi",))
    cached = await make.lab("cached", services=("redis", "postgres"))
    await make.submission(lab=functions, learner=learner)
    await make.submission(lab=service, learner=learner, stack="fastapi")
    await make.submission(lab=cached, learner=learner)

    assert await needs() == [
        ["stack:python"],
        ["stack:fastapi", "isolated"],
        ["stack:python", "isolated", "service:postgres", "service:redis"],
    ]


async def test_jobs_that_waited_when_the_schema_came_are_told_the_same(
    make, learner, needs, database
):
    lab = await make.lab(services=("redis", "postgres"))
    await make.submission(lab=lab, learner=learner)
    service = await make.lab("service", stacks=("fastapi",))
    await make.submission(lab=service, learner=learner, stack="fastapi")
    await make.submission(lab=await make.lab("functions"), learner=learner)
    now = await needs()
    # The schema came when manifests still said at their top how a lab is graded.
    as_then = "UPDATE lab_versions SET manifest = (manifest || (manifest -> 'grading')) - 'grading'"
    migration = runpy.run_path(str(ROOT / "migrations" / "versions" / "0009_fleet.py"))
    async with database.transaction() as session:
        await session.execute(text(as_then))
        await session.execute(text("UPDATE procrastinate_jobs SET args = args - 'needs'"))
        await session.execute(text(migration["_TELL_JOBS_WHAT_THEY_NEED"]))

    assert await needs() == now


async def test_a_worker_leaves_alone_what_it_can_not_do_and_takes_it_once_it_can(
    make, learner, view, serve
):
    submission = await make.submission(lab=await make.lab(services=("redis",)), learner=learner)
    other = await make.submission(lab=await make.lab("other"), learner=learner)
    installed = [replace(ABLE, words=("stack:python",))]
    serve(FakeGrader(), lambda: installed[-1])

    async def other_is_graded():
        return (await view(other)).verdict is not None

    await until("the other is graded", other_is_graded)
    waiting = await view(submission)

    assert (waiting.verdict, waiting.attempt, waiting.grading_slots) == (None, 0, 0)
    assert "it needs the isolated tier" in waiting.waits_because
    assert "the service redis" in waiting.waits_because


async def test_what_no_worker_can_do_holds_nobody_elses_turn(
    database, make, learner, needs, client
):
    node_only = await make.lab("node-only", stacks=("node",))
    lab = await make.lab()
    async with present_worker(database, abilities=replace(ABLE, words=("stack:python",))):
        stranded = await make.submission(lab=node_only, learner=learner, stack="node")
        for _ in range(3):
            await make.submission(lab=lab, learner=learner)
        late = await make.submission(lab=lab, learner=await make.learner("Grace"))
        place = (await client.log_in(learner).get(f"/api/v1/gradings/{stranded.grading_id}")).json()

    assert await needs()
    async with database.transaction() as session:
        turns = await session.execute(
            text("SELECT args ->> 'grading_id', -priority FROM procrastinate_jobs ORDER BY id")
        )
        by_grading = dict(turns.all())
    assert list(by_grading.values()) == [0, 0, 1, 2, 0]
    assert by_grading[str(late.grading_id)] == 0
    assert (place["queue_position"], place["grading_slots"]) == (1, 0)
    assert "milepost stacks install node" in place["waits_because"]


async def test_a_drained_worker_takes_nothing_until_it_is_undrained(
    database, make, learner, view, serve, operate
):
    serve(FakeGrader())

    async def is_listed():
        async with database.transaction() as session:
            return bool(await list_workers(session))

    await until("the worker is listed", is_listed)
    listed = (await operate("workers", "--json")).json["workers"]
    drained = await operate("workers", "drain", listed[0]["name"])
    submission = await make.submission(lab=await make.lab(), learner=learner)
    await asyncio.sleep(1.5)  # longer than a worker waits until it looks for jobs
    waiting = await view(submission)
    shown = await operate("workers")
    jobs = await operate("jobs")
    undrained = await operate("workers", "undrain", str(listed[0]["id"]))

    async def is_graded():
        return (await view(submission)).verdict is Verdict.PASSED

    await until("it is graded", is_graded)
    unknown = await operate("workers", "drain", "nobody")

    assert (drained.exit_code, undrained.exit_code, unknown.exit_code) == (0, 0, 2)
    assert (listed[0]["state"], listed[0]["slots"]) == ("ready", 2)
    assert (waiting.verdict, waiting.attempt) == (None, 0)
    assert "has stopped taking work" in waiting.waits_because
    assert "draining" in shown.out
    assert "stuck" in jobs.out
    assert "no worker" in jobs.words


async def test_a_running_job_is_shown_and_cancelled_and_its_learner_told(
    make, learner, view, serve, operate, client
):
    grader = FakeGrader()
    held = grader.hold("test_two_numbers_are_added")
    submission = await make.submission(lab=await make.lab(), learner=learner)
    serve(grader)

    async def runs():
        return (await view(submission)).attempt == 1

    await until("it runs", runs)
    [running] = (await operate("jobs", "--json")).json["jobs"]
    listed = await operate("workers")
    doctor = (await operate("doctor", "--json")).json["findings"]
    cancelled = await operate("jobs", "cancel", str(running["id"]))
    again = await operate("jobs", "cancel", str(running["id"]))

    async def has_ended():
        return (await operate("jobs", "--json")).json["jobs"] == []

    await until("the worker has let go of it", has_ended)
    held.set()
    ended = await view(submission)
    page = (await client.log_in(learner).get(f"/submissions/{submission.id}")).text
    doctor_after = (await operate("doctor", "--json")).json["findings"]

    assert (running["state"], running["lab"], running["stack"]) == ("running", "adding", "python")
    assert f"job {running['id']}: adding in python" in listed.words
    assert any(each["name"] == "oldest running job" and each["ready"] for each in doctor)
    assert cancelled.exit_code == 0
    assert again.exit_code != 0
    assert "No job" in again.err
    assert (ended.verdict, ended.attempt) == (Verdict.ENGINE_FAILED, 1)
    assert "cancelled by the operator" in page
    assert not [each for each in doctor_after if each["area"] == "grading" and not each["ready"]]


async def test_a_waiting_job_is_cancelled_and_one_submission_is_graded_again_by_name(
    make, learner, view, queue, operate
):
    submission = await make.submission(lab=await make.lab(), learner=learner)
    [waiting] = (await operate("jobs", "--json")).json["jobs"]
    too_early = await operate("regrade", str(submission.id))
    cancelled = await operate("jobs", "cancel", str(waiting["id"]))
    await queue.work(FakeGrader())
    all_of_ours = await operate("regrade")
    regraded = await operate("regrade", str(submission.id))
    await queue.work(FakeGrader())

    assert "milepost jobs" in too_early.err
    assert cancelled.exit_code == 0
    assert (await view(submission)).verdict is Verdict.ENGINE_FAILED
    assert "nothing to grade again" in all_of_ours.out
    assert "Queued as grading" in regraded.out
    assert [job.status for job in await queue.jobs()] == ["cancelled", "succeeded"]


async def test_cancelling_the_job_of_a_grading_that_has_its_verdict_changes_no_verdict(
    make, learner, view, queue, operate, database
):
    submission = await make.submission(lab=await make.lab(), learner=learner)
    await queue.work(FakeGrader())
    async with database.transaction() as session:
        job = await session.scalar(
            text("UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")
        )

    cancelled = await operate("jobs", "cancel", str(job))

    assert cancelled.exit_code == 0
    assert "No grading was cancelled" in cancelled.words
    assert "Its learner is told" not in cancelled.words
    assert (await view(submission)).verdict is Verdict.PASSED


async def test_who_was_struck_off_ends_no_job_that_another_has_taken_over(
    make, learner, database, let_in
):
    await make.submission(lab=await make.lab(), learner=learner)
    async with let_in() as (first, first_presence, first_id):
        job = await first.fetch_job(queues=None, worker_id=first_id)
        await first_presence.strike_off_dead()  # it lives: nobody is struck off
        still_listed = await list_states(database)
        async with database.transaction() as session:
            await session.execute(
                text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 min'")
            )
        async with let_in() as (second, second_presence, second_id):
            lost = await list_states(database)
            await second_presence.strike_off_dead()
            await second_presence.rescue_orphans()
            again = await second.fetch_job(queues=None, worker_id=second_id)
            await first.finish_job(job, Status.SUCCEEDED, delete_job=False)
            await first.retry_job(job)
            kept = await second.get_job_status_async(again.id)
            none_for_the_dead = await first.fetch_job(queues=None, worker_id=first_id)
            with pytest.raises(WorkerStruckOff):
                await first_presence.look()
            await second.finish_job(again, Status.SUCCEEDED, delete_job=False)
            ended = await second.get_job_status_async(again.id)

    assert still_listed == [WorkerState.READY]
    assert lost == [WorkerState.LOST, WorkerState.READY]
    assert again.id == job.id
    assert (kept, ended) == (Status.DOING, Status.SUCCEEDED)
    assert none_for_the_dead is None


async def test_a_look_at_the_queue_is_one_statement_that_names_what_is_wrong(
    make, learner, database, let_in, count_queries
):
    await make.submission(lab=await make.lab(), learner=learner)
    await make.submission(lab=await make.lab("other"), learner=learner)
    async with let_in() as (_, presence, _):
        with count_queries() as asked:
            nothing = await presence.look()
        async with database.transaction() as session:
            await session.execute(text("SELECT procrastinate_register_worker_v1()"))
            await session.execute(
                text(
                    "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 min'"
                    " WHERE id NOT IN (SELECT id FROM workers)"
                )
            )
            await session.execute(
                text(
                    "UPDATE procrastinate_jobs SET status = 'doing'"
                    " WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
                )
            )
            await session.execute(
                text(
                    "UPDATE procrastinate_jobs SET priority = 1,"
                    " scheduled_at = now() + interval '1 day' WHERE status = 'todo'"
                )
            )
        everything = await presence.look()
        await presence.strike_off_dead()
        await presence.rescue_orphans()
        await presence.bring_forward()
        nothing_again = await presence.look()

    assert len(asked) == 1
    assert nothing == nothing_again == Trouble(has_dead=False, has_orphans=False, has_far_off=False)
    assert everything == Trouble(has_dead=True, has_orphans=True, has_far_off=True)


async def test_a_job_that_another_worker_takes_meanwhile_is_not_put_back(
    make, learner, database, let_in, queue
):
    await make.submission(lab=await make.lab(), learner=learner)
    async with let_in() as (_, presence, worker_id):
        async with database.transaction() as session:
            await session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        async with database.transaction() as session:
            await session.execute(
                text("UPDATE procrastinate_jobs SET worker_id = :id"), {"id": worker_id}
            )
            rescue = asyncio.create_task(presence.rescue_orphans())
            await asyncio.wait([rescue], timeout=1)  # it must not wait for us, to act thereafter
        await rescue
    [job] = await queue.jobs()

    assert rescue.result() == []
    assert job.status == "doing"


async def test_a_worker_whose_runs_keep_failing_rests_longer_each_time_and_recovers():
    now = [1000.0]
    condition = Condition(lambda: ABLE, read_clock=lambda: now[0])
    fault = GradingInterrupted(uuid4(), "no space left")

    condition.note_fault(fault)
    after_one = await condition.find_abilities()
    condition.note_fault(GradingInterrupted(uuid4(), "no space left"))
    after_two = await condition.find_abilities()
    now[0] += 6
    rested = await condition.find_abilities()
    condition.note_fault(fault)
    now[0] += 6
    still_resting = await condition.find_abilities()
    now[0] += 6
    condition.note_end()
    condition.note_fault(fault)
    condition.note_fault(fault)
    recovered = await condition.find_abilities()

    assert after_one == rested == recovered == ABLE
    assert after_two.words == still_resting.words == ()
    assert "no space left" in after_two.problem


async def test_who_waits_for_resting_workers_is_told_that_they_try_again_by_themselves(
    make, learner, database, view, operate
):
    condition = Condition(lambda: ABLE)
    for _ in range(2):
        condition.note_fault(GradingInterrupted(uuid4(), "no space left"))
    resting = await condition.find_abilities()
    async with present_worker(database, abilities=resting):
        submission = await make.submission(lab=await make.lab(), learner=learner)
        other = await make.submission(
            lab=await make.lab("node-only", stacks=("node",)), learner=learner, stack="node"
        )
        states = await list_states(database)
        waiting, stuck = await view(submission), await view(other)
        jobs = (await operate("jobs", "--json")).json["jobs"]
        listed = await operate("jobs")
        shown = await operate("workers")
        findings = (await operate("doctor", "--json")).json["findings"]

    told = {each["name"]: each["detail"] for each in findings if each["area"] == "grading"}
    assert states == [WorkerState.RESTING]
    assert "They try again by themselves" in waiting.waits_because
    assert "it needs the stack Node.js, which none of them has ready" in stuck.waits_because
    assert [(job["state"], job["lacking"]) for job in jobs] == [
        ("resting", []),
        ("stuck", ["stack:node"]),
    ]
    assert "rest after faults, and try again by themselves" in listed.words
    assert "no space left" in shown.words
    assert "The workers rest after faults" in told["workers"]
    assert "1 wait for workers that rest" in told["resting workers"]
    assert told["waiting jobs"] == "1 wait for a worker that has stack:node."


async def test_a_worker_that_finds_out_too_late_that_it_is_unfit_rests_at_once():
    now = [1000.0]
    condition = Condition(lambda: ABLE, read_clock=lambda: now[0])

    condition.note_fault(WorkerUnfit(uuid4(), "the stack is gone"))

    assert condition.is_resting
    assert (await condition.find_abilities()).words == ()


async def test_a_worker_that_was_unfit_ten_thousand_times_still_rests_a_while():
    now = [1000.0]
    condition = Condition(lambda: ABLE, read_clock=lambda: now[0])

    for _ in range(10_000):
        condition.note_fault(WorkerUnfit(uuid4(), "the stack is gone"))
    rests = condition.is_resting
    now[0] += 301

    assert rests
    assert not condition.is_resting
