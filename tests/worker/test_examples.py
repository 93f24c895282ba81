"""Examples of lessons are run by the real engine, behind everything that is graded."""

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector
from sqlalchemy import func, select

from factories.make import PYTHON
from fakes.clock import FakeClock
from fakes.grader import FakeGrader
from milepost.engine import Engine, Limits
from milepost.examples import queries, service
from milepost.examples.models import ExampleRun
from milepost.examples.types import Ending
from milepost.grading.types import TaskContext
from milepost.worker.handlers import register_schedule

LOOP = 'import sys\nprint("begun", flush=True)\nprint("oh", file=sys.stderr)\nwhile True: pass\n'


@pytest.fixture
def ask(database, make):
    """Asks for a run, each as a learner of its own; answers whose it is and its id."""

    async def ask(code, language="python", *, before="", learner=None):
        learner = learner or await make.learner(track=PYTHON)
        async with database.transaction() as session:
            run = await service.request_run(
                session, learner.actor, language=language, code=code, before=before
            )
        return learner, run.id

    return ask


@pytest.fixture
def result_of(database):
    async def result_of(learner, run_id):
        async with database.transaction() as session:
            return (await queries.get_run(session, learner.actor, run_id)).result

    return result_of


async def test_programs_are_run_and_what_they_did_is_kept(ask, result_of, queue, tmp_path):
    python = await ask("import sys\nprint(6 * 7)\nprint('oh', file=sys.stderr)\nsys.exit(3)\n")
    node = await ask("console.log([1, 2].map((n) => n * 2).join());\n", "javascript")
    broken = await ask("def f(:\n")
    much = await ask("print('x' * 40_000)\n")
    flood = await ask("while True: print('x' * 1000)\n")

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    result = await result_of(*python)
    assert (result.ending, result.exit_code) == (Ending.EXITED, 3)
    assert (result.stdout, result.stderr, result.is_cut) == ("42\n", "oh\n", False)
    assert (await result_of(*node)).stdout == "2,4\n"
    result = await result_of(*broken)
    assert result.exit_code == 1
    assert "SyntaxError" in result.stderr
    result = await result_of(*much)
    assert result.is_cut
    assert "cut here" in result.stdout
    result = await result_of(*flood)
    assert result.ending is Ending.STOPPED
    assert "printed more than 1024 KiB" in result.message


async def test_a_program_without_an_end_is_stopped_and_shows_what_it_had_printed(
    ask, result_of, queue, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        "milepost.grading.service.examples.LIMITS", Limits(run_seconds=1.0, wall_seconds=20.0)
    )
    endless = await ask(LOOP)

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    result = await result_of(*endless)
    assert result.ending is Ending.TIMED_OUT
    assert "still running after 1 second" in result.message
    assert (result.stdout, result.stderr) == ("begun\n", "oh\n")


@pytest.mark.needs_isolated_tier
async def test_sql_follows_on_from_what_stands_before_it(ask, result_of, queue, tmp_path):
    tables = "CREATE TABLE jars (label text);\nINSERT INTO jars VALUES ('Plum'), (NULL);\n"
    rows = await ask(
        "INSERT INTO jars VALUES ('Rowan');\nSELECT * FROM jars;\n", "sql", before=tables
    )
    refused = await ask("SELECT 1 AS one;\nSELECT * FROM lids;\nSELECT 2;\n", "sql", before=tables)
    many = await ask("SELECT generate_series(1, 60) AS n", "sql")
    spoiled = await ask("SELECT 1", "sql", before="SELEC 2")

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    assert (await result_of(*rows)).stdout == "INSERT 0 1\nlabel\nPlum\nNULL\nRowan"
    result = await result_of(*refused)
    assert (result.ending, result.stdout) == (Ending.REFUSED, "one\n1")
    assert 'relation "lids" does not exist\n   2 | SELECT * FROM lids' in result.stderr
    result = await result_of(*many)
    assert result.is_cut
    assert result.stdout.endswith("25\n… and 35 more rows")
    result = await result_of(*spoiled)
    assert result.ending is Ending.STOPPED
    assert result.message.startswith("What stands before this example failed")


async def test_what_is_graded_comes_first_and_examples_still_move(ask, make, queue):
    lab = await make.lab()
    learner = await make.learner("Ada")
    example = await ask("print(1)", learner=await make.learner("Grace"))
    for _ in range(14):
        await make.submission(lab=lab, learner=learner)

    grader = FakeGrader()
    await queue.work(grader)

    order = [request.run_id.startswith(f"example-{example[1]}") for request in grader.requests]
    assert order.index(True) == 10
    assert order.count(True) == 1


async def test_examples_of_one_learner_do_not_keep_another_waiting(ask, make, queue):
    ada, grace = await make.learner("Ada"), await make.learner("Grace")
    several = [(await ask("print(1)", learner=ada))[1] for _ in range(3)]
    [one] = [(await ask("print(1)", learner=grace))[1]]

    grader = FakeGrader()
    await queue.work(grader)

    ran = [request.run_id.removeprefix("example-")[:36] for request in grader.requests]
    assert ran == [str(each) for each in (several[0], one, several[1], several[2])]


async def test_a_submission_does_not_wait_behind_examples_that_wait(ask, make, queue):
    lab = await make.lab()
    for name in ("Ada", "Grace", "Edsger"):
        learner = await make.learner(name)
        for _ in range(3):
            await ask("print(1)", learner=learner)
    await make.submission(lab=lab, learner=await make.learner("Barbara"))

    grader = FakeGrader()
    await queue.work(grader)

    assert not grader.requests[0].run_id.startswith("example-")


async def test_the_workers_schedule_removes_what_has_expired_and_keeps_the_rest(
    ask, database, monkeypatch, tmp_path
):
    app = App(connector=InMemoryConnector())
    register_schedule(app, TaskContext(database, FakeGrader(), tmp_path))
    clock = FakeClock(monkeypatch)
    await ask("print(1)")
    clock.set_forward(minutes=9)
    learner, kept = await ask("print(2)")
    scheduled = {each.task.name: each for each in app.periodic_registry.periodic_tasks.values()}

    for minutes, left in ((0, 2), (2, 1), (10, 0)):
        clock.set_forward(minutes=minutes)
        await scheduled["delete_expired_examples"].task.func(timestamp=0)

        async with database.transaction() as session:
            assert await session.scalar(select(func.count()).select_from(ExampleRun)) == left
            if left:
                assert (await queries.get_run(session, learner.actor, kept)).result is None
