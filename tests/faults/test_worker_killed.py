"""A worker is killed in every phase of a grading: another takes over, and it is judged once."""

import psycopg
import pytest

from harness.gated_worker import GATES
from harness.live_worker import kill, wait_for
from milepost.core.database import to_psycopg_url

JUDGED = "SELECT count(*) = 1 FROM gradings WHERE verdict IS NOT NULL"
JOB_DONE = """
    SELECT status = 'succeeded' FROM procrastinate_jobs WHERE task_name = 'grade_submission'
"""


@pytest.fixture
async def submission(make):
    return await make.submission(lab=await make.lab(), learner=await make.learner())


@pytest.mark.usefixtures("submission")
@pytest.mark.parametrize("gate", GATES)
def test_killed_in_mid_grading_it_is_taken_over_and_judged_once(
    gated_workers, gates, ask, the_end, gate
):
    (gates / gate).touch()
    first = gated_workers.start()
    wait_for("the gate", (gates / f"{gate}.reached").exists)
    if gate == "one_check":
        wait_for("a stored check", lambda: ask("SELECT count(*) = 1 FROM check_results"))

    kill(first)
    (gates / gate).unlink()
    assert ask(JUDGED) is False
    gated_workers.start()
    wait_for("the job's end", lambda: ask(JOB_DONE))

    assert the_end() == {
        "verdict": "passed",
        "attempt": 2,
        "faults": 0,
        "checks": [(2, 1), (2, 2)],
        "jobs": ["succeeded"],
    }


@pytest.mark.usefixtures("submission")
def test_killed_while_it_takes_the_job_another_takes_it(gated_workers, database, ask, the_end):
    with psycopg.connect(to_psycopg_url(database.url)) as blocker:
        blocker.execute("LOCK TABLE procrastinate_jobs IN EXCLUSIVE MODE")
        first = gated_workers.start()
        wait_for("the worker to wait for its first job", lambda: ask(_WAITS_FOR_JOBS))
        kill(first)
        blocker.rollback()
    gated_workers.start()
    wait_for("the job's end", lambda: ask(JOB_DONE))

    end = the_end()
    assert (end["verdict"], end["attempt"], end["jobs"]) == ("passed", 1, ["succeeded"])


@pytest.mark.usefixtures("submission")
def test_killed_after_the_verdict_and_before_the_job_is_done_nothing_is_judged_again(
    gated_workers, gates, database, ask, the_end
):
    (gates / "begun").touch()
    first = gated_workers.start()
    wait_for("the gate", (gates / "begun.reached").exists)
    with psycopg.connect(to_psycopg_url(database.url)) as blocker:
        blocker.execute("SELECT FROM procrastinate_jobs FOR UPDATE")
        (gates / "begun").unlink()
        wait_for("the verdict", lambda: ask(JUDGED))
        wait_for("the worker to wait for its job's row", lambda: ask(_WAITS_FOR_A_ROW))
        kill(first)
        blocker.rollback()
    judged = the_end()
    gated_workers.start()
    wait_for("the job's end", lambda: ask(JOB_DONE))

    assert the_end() == {**judged, "jobs": ["succeeded"]}
    assert (judged["verdict"], judged["attempt"]) == ("passed", 1)


_WAITS_FOR_JOBS = """
    SELECT count(*) > 0 FROM pg_locks
    WHERE NOT granted AND relation = 'procrastinate_jobs'::regclass
"""
_WAITS_FOR_A_ROW = """
    SELECT count(*) > 0 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
