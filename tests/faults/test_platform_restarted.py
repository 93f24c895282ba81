"""The platform's PostgreSQL goes away in mid-run: the worker comes back, the verdict comes once.

The whole installation is the shipped one, as `milepost up` starts it.
"""

import signal
from functools import partial

import httpx
import psutil
import psycopg
import pytest

from factories import Make
from factories.content import TINY_SKILLS, CheckDraft, write_path
from harness.installation import start_milepost, stop_milepost
from harness.live_worker import wait_for
from harness.processes import find_processes
from milepost.core.database import Database, to_psycopg_url
from milepost.embedded import find_running_dsn

SLOW = {"adding.py": "import time\n\n\ndef add(a, b):\n    time.sleep(2)\n    return a + b\n"}
QUICK = CheckDraft(name="test_quick", title="Quick", body='assert solution, "There is one"')

_PASSED = "SELECT count(*) FROM gradings WHERE verdict = 'passed'"


@pytest.fixture
def installation(tmp_path):
    write_path(tmp_path / "content", "tiny", TINY_SKILLS)
    installation = start_milepost(tmp_path / "data", MILEPOST_CONTENT_DIR=str(tmp_path / "content"))
    yield installation
    stop_milepost(installation)


@pytest.fixture
def ask(installation):
    """Asks the database if it is there: the first value, or None."""

    def ask(query):
        dsn = find_running_dsn(installation.data_dir / "postgres")
        if dsn is None:
            return None
        try:
            with psycopg.connect(to_psycopg_url(dsn), connect_timeout=2) as connection:
                row = connection.execute(query).fetchone()
        except psycopg.Error:
            return None
        return row and row[0]

    return ask


def find_postmaster(installation):
    folder = str(installation.data_dir / "postgres")

    def is_postmaster(child):
        is_postgres = child.name() == "postgres" and folder in " ".join(child.cmdline())
        return is_postgres and child.parent().name() != "postgres"

    [found] = find_processes(installation.children(), is_postmaster)
    return found


def answers(url):
    try:
        return httpx.get(f"{url}/health", timeout=5).is_success
    except httpx.TransportError:
        return False


async def test_a_database_that_restarts_or_crashes_in_mid_run_loses_no_work(
    installation, tmp_path, ask
):
    database = Database(find_running_dsn(installation.data_dir / "postgres"))
    make = Make(database, tmp_path / "content")
    lab = await make.lab(checks=[QUICK, CheckDraft()])
    learner = await make.learner()
    web = psutil.Process(installation.child("cli web").pid)
    for number, how in enumerate((signal.SIGINT, signal.SIGKILL), start=1):
        await make.submission(lab=lab, learner=learner, files=SLOW)
        wait_for(
            "its first check",
            lambda: ask(
                "SELECT count(*) = 1 FROM check_results JOIN gradings"
                " ON id = grading_id WHERE verdict IS NULL"
            ),
        )
        postmaster = find_postmaster(installation)
        postmaster.send_signal(how)
        psutil.wait_procs([postmaster], timeout=30)
        wait_for(
            "its verdict",
            partial(lambda number: ask(_PASSED) == number, number),
        )
        wait_for("the web server", lambda: answers(installation.url))
        assert find_postmaster(installation) != postmaster
    await database.aclose()

    assert ask("SELECT count(*) FROM check_results") == 4
    assert ask("SELECT count(*) FROM objective_proofs") == 1
    assert web.is_running()
