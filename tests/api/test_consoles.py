"""Statements in a lab's database through the API: what is asked of the engine, and what is refused.

What the real databases tell is tried in `tests/worker/test_consoles.py`.
"""

import json

import pytest

from factories.content import HIDDEN, VISIBLE
from fakes.grader import FakeGrader, passed
from milepost.engine.evidence.remarks import Note
from milepost.engine.evidence.tables import TITLE, Column, ForeignKey, Table, Tables
from milepost.engine.serialize import to_json
from milepost.examples import policy
from milepost.submissions.models import Grading, Submission

RUNS = "/api/v1/example-runs"
JAMS = Table(
    "jams",
    (Column("id", "integer", is_nullable=False, is_key=True), Column("of", "text", True)),
    (ForeignKey(("of",), "fruits", ("name",)),),
    (("id", "of"),),
    row_count=3,
)


@pytest.fixture
async def visitor(client, make):
    return client.log_in(await make.learner())


def shows(tables):
    """A grader whose one check has seen these tables."""
    values = to_json(tables.to_values())
    return FakeGrader(passed("test_it_runs", evidence=(Note(title=TITLE, request=values),)))


async def ask(visitor, **body):
    return await visitor.post(
        RUNS,
        content=json.dumps({"language": "sql", "code": "SELECT 1", "lab": "adding", **body}),
        headers={"Content-Type": "application/json"},
    )


async def test_the_lab_is_run_with_a_check_of_ours_and_none_of_its_own(visitor, make, queue):
    await make.lab(services=("postgres", "redis"), checks=(VISIBLE, HIDDEN))
    assert (await ask(visitor)).status_code == 202
    assert (await ask(visitor, shows_plan=True)).status_code == 202

    grader = shows(Tables((JAMS,)))
    await queue.work(grader)

    run, plan = grader.requests
    assert (run.only, plan.only) == (("test_it_runs",), ("test_it_is_planned",))
    assert (run.stack, run.services, run.seed) == ("sql", ("postgres",), plan.seed)
    assert (run.include_hidden, run.files) == (False, {"console.sql": b"SELECT 1"})
    assert run.limits.run_seconds == 10
    files = {str(file.relative_to(run.lab)) for file in run.lab.rglob("*") if file.is_file()}
    assert files == {"lab.toml", "checks/console.py", "checks/support.py"}


async def test_the_tables_are_told_and_nothing_is_recorded(visitor, make, queue, database):
    await make.lab(services=("postgres",))
    run_id = (await ask(visitor, code="")).json()["id"]

    await queue.work(shows(Tables((JAMS,), left_out=2)))

    shown = (await visitor.get(f"{RUNS}/{run_id}")).json()
    tables = shown["result"]["tables"]
    assert tables["left_out"] == 2
    [jams] = tables["listed"]
    assert (jams["name"], jams["row_count"], jams["unique"]) == ("jams", 3, [["id", "of"]])
    assert jams["foreign_keys"] == [{"columns": ["of"], "table": "fruits", "references": ["name"]}]
    assert jams["columns"][0] == {
        "name": "id",
        "type": "integer",
        "is_nullable": False,
        "is_key": True,
        "is_unique": False,
    }
    async with database.transaction() as session:
        for recorded in (Submission, Grading):
            assert await session.get(recorded, run_id) is None


async def test_a_lab_on_two_databases_runs_in_the_one_asked_for(visitor, make, queue):
    await make.lab(services=("mysql", "postgres"))
    for stack in (None, "sql", "mysql"):
        assert (await ask(visitor, stack=stack)).status_code == 202

    grader = shows(Tables())
    await queue.work(grader)

    asked = [(request.stack, request.services) for request in grader.requests]
    assert asked == [("mysql", ("mysql",)), ("sql", ("postgres",)), ("mysql", ("mysql",))]


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        ({"lab": "dividing"}, 404, "lab_not_found", "dividing"),
        ({"lab": "plain"}, 422, "lab_has_no_database", "Labs that have one: adding, more."),
        ({"stack": "mysql"}, 422, "stack_not_offered", "Choose one of: sql."),
        ({"language": "python"}, 422, "example_not_runnable", "Those in sql can."),
        ({"before": "SELECT 2"}, 422, "example_not_accepted", "is filled already"),
        ({"shows_plan": True, "code": " "}, 422, "example_not_accepted", "no statement to plan"),
        ({"code": "SELECT '\0'"}, 422, "example_not_accepted", "NUL"),
        ({"code": "SELECT '\ud800'"}, 422, "example_not_accepted", "UTF-8"),
        ({"code": "-" * (policy.LARGEST_BYTES + 1)}, 413, "example_too_large", "65,536"),
    ],
    ids=["lab", "none", "stack", "language", "before", "no plan", "binary", "half a pair", "size"],
)
async def test_what_can_not_be_run_is_refused_and_queues_nothing(
    visitor, make, queue, body, status, code, words
):
    await make.lab(services=("postgres",))
    await make.lab("more", services=("mysql",))
    await make.lab("plain", services=("redis",))

    response = await ask(visitor, **body)

    assert response.status_code == status
    assert response.json()["code"] == code
    assert words in response.json()["detail"]
    assert await queue.jobs() == []


async def test_a_lab_that_changed_is_run_as_it_was_asked_for(visitor, make, queue):
    await make.lab(services=("postgres",))
    await ask(visitor)
    await make.lab(services=("postgres",), title="Adding more")
    await ask(visitor)

    grader = shows(Tables())
    await queue.work(grader)

    assert len({request.lab for request in grader.requests}) == 2
