"""A worker may be killed at any moment: one verdict, nothing lost, nothing left running.

The workers, the engine and the database are the shipped ones.
"""

import psycopg
import pytest
from sqlalchemy import select

from factories.content import CheckDraft
from harness.live_worker import Workers, kill_and_list_leftovers, stopping, wait_for
from milepost.core.database import to_psycopg_url
from milepost.engine import Verdict
from milepost.progress.models import ObjectiveProof
from milepost.submissions.models import CheckRecord, Grading

SLOW = {"adding.py": "import time\n\n\ndef add(a, b):\n    time.sleep(1)\n    return a + b\n"}
SECOND = CheckDraft(
    name="test_other_numbers_are_added",
    title="Other numbers are added",
    body='assert solution.call("add", 20, 30) == 50, "A sum is what both give together"',
)


@pytest.fixture
def workers(settings, database):
    with stopping(Workers(database.url, settings.data_dir)) as workers:
        yield workers


@pytest.fixture
def ask(database):
    """Asks the database from a connection of its own: `ask("SELECT …")` is the first value."""
    with psycopg.connect(to_psycopg_url(database.url), autocommit=True) as connection:
        yield lambda query: connection.execute(query).fetchone()[0]


async def test_worker_killed_while_the_guest_runs_leaves_one_verdict_and_no_process(
    database, make, workers, ask
):
    lab = await make.lab(checks=[CheckDraft(), SECOND])
    await make.submission(lab=lab, learner=await make.learner(), files=SLOW)
    first = workers.start()
    wait_for("the first check's result", lambda: ask("SELECT count(*) FROM check_results") == 1)

    leftovers = kill_and_list_leftovers(first)
    workers.start()
    wait_for("a verdict", lambda: ask("SELECT count(*) FROM gradings WHERE verdict <> ''") == 1)

    assert leftovers == []
    grading, records = await _the_grading(database)
    assert (grading.verdict, grading.attempt) == (Verdict.PASSED, 2)
    assert [(record.attempt, record.position) for record in records] == [(2, 1), (2, 2)]


async def test_worker_killed_just_before_the_verdict_commits_leaves_one_verdict_and_one_proof(
    database, make, workers, ask
):
    lab = await make.lab()
    learner = await make.learner()
    with psycopg.connect(to_psycopg_url(database.url)) as blocker:
        # The verdict's transaction has written the verdict, and waits here to write the proof.
        blocker.execute("LOCK TABLE objective_proofs IN EXCLUSIVE MODE")
        await make.submission(lab=lab, learner=learner)
        first = workers.start()
        wait_for(
            "the verdict's transaction to wait",
            lambda: (
                ask(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted"
                    " AND relation = 'objective_proofs'::regclass"
                )
                == 1
            ),
        )
        first.kill()
        first.wait(10)
        blocker.rollback()
    assert ask("SELECT count(*) FROM gradings WHERE verdict IS NOT NULL") == 0
    workers.start()
    wait_for("a verdict", lambda: ask("SELECT count(*) FROM gradings WHERE verdict <> ''") == 1)

    grading, records = await _the_grading(database)
    assert (grading.verdict, grading.attempt, len(records)) == (Verdict.PASSED, 2, 1)
    async with database.transaction() as session:
        proofs = (await session.scalars(select(ObjectiveProof))).all()
    assert [(proof.learner_id, proof.grading_id) for proof in proofs] == [
        (learner.actor.id, grading.id)
    ]


async def _the_grading(database):
    async with database.transaction() as session:
        grading = (await session.scalars(select(Grading))).one()
        records = await session.scalars(select(CheckRecord).order_by(CheckRecord.position))
        return grading, records.all()
