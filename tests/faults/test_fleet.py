"""Two workers on one queue, one of them unfit: everything is graded once, by the other.

Workers, engine and database are the shipped ones. Failing is faster than grading, so an unfit
worker that takes what it can't do would take most of it.
"""

import shutil
import signal

import pytest

from harness.installation import ROOT
from harness.live_worker import Workers, stopping, wait_for
from harness.without_namespaces import WRAPPER
from milepost.core.schema import get_newest_revision

MANY = 40
_LEASE_SECONDS = 5.0
_FUTURE = '''"""A migration of later."""

revision = "9999"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""
'''


@pytest.fixture
def start(database, tmp_path):
    """Starts a worker with a data folder of its own."""
    fleets = []

    def start(*, wrapper=(), program=("milepost.cli", "worker"), lease=30.0, **environment):
        folder = tmp_path / f"worker-{len(fleets)}"
        folder.mkdir()
        fleet = Workers(database.url, folder, wrapper=wrapper, program=program, lease_seconds=lease)
        fleets.append(fleet)
        return fleet.start(**environment)

    yield start
    for fleet in fleets:
        with stopping(fleet):
            pass


@pytest.fixture
def wait_for_workers(ask):
    def wait_for_workers(count):
        wait_for(f"{count} workers", lambda: ask("SELECT count(*) FROM workers") == count)
        return ask("SELECT max(id) FROM workers")

    return wait_for_workers


@pytest.fixture
def hand_in(make):
    async def hand_in(stack="python"):
        lab = await make.lab(stacks=(stack,))
        for number in range(4):
            learner = await make.learner(f"Learner {number}")
            for _ in range(MANY // 4):
                await make.submission(lab=lab, learner=learner, stack=stack)

    return hand_in


@pytest.fixture
def the_end(connection, ask):
    """Waits until everything is graded: verdicts with faults, and who did the jobs how often."""

    def the_end():
        wait_for(
            "every job's end",
            lambda: (
                ask(
                    "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'grade_submission'"
                    " AND status = 'succeeded'"
                )
                == MANY
            ),
        )
        verdicts = connection.execute(
            "SELECT verdict, faults, handed_back, count(*) FROM gradings GROUP BY 1, 2, 3"
        ).fetchall()
        workers = connection.execute(
            "SELECT worker_id, count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'grade_submission' GROUP BY 1"
        ).fetchall()
        return verdicts, dict(workers)

    return the_end


ALL_PASSED = [("passed", 0, 0, MANY)]


async def test_a_worker_without_isolation_takes_nothing(
    start, wait_for_workers, hand_in, the_end, ask
):
    start(wrapper=WRAPPER, MILEPOST_ISOLATION="isolated")
    unfit = wait_for_workers(1)
    await hand_in()
    start()
    fit = wait_for_workers(2)

    assert the_end() == (ALL_PASSED, {fit: MANY})
    assert ask(f"SELECT problem LIKE '%isolated%' FROM workers WHERE id = {unfit}")  # noqa: S608


async def test_a_worker_without_stacks_takes_nothing_of_theirs_until_it_has_them(
    start, wait_for_workers, hand_in, the_end, ask, tmp_path
):
    stacks = tmp_path / "stacks"
    stacks.mkdir()
    start(MILEPOST_STACKS_DIR=str(stacks))
    unfit = wait_for_workers(1)
    await hand_in(stack="fastapi")
    start()
    fit = wait_for_workers(2)

    assert the_end() == (ALL_PASSED, {fit: MANY})
    for installed in (ROOT / "data" / "stacks").iterdir():
        (stacks / installed.name).symlink_to(installed)
    wait_for(
        "it to say that it has them",
        lambda: ask(f"SELECT abilities ? 'stack:fastapi' FROM workers WHERE id = {unfit}"),  # noqa: S608
    )


async def test_a_worker_whose_schema_was_overtaken_takes_nothing_more(
    start, wait_for_workers, hand_in, the_end, ask, connection, tmp_path
):
    newest = get_newest_revision()
    migrations = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", migrations)
    (migrations / "versions" / "9999_later.py").write_text(_FUTURE.format(newest=newest))
    newer = {"NEWER_MIGRATIONS": str(migrations)}
    start()
    wait_for_workers(1)
    await hand_in()
    wait_for("a verdict", lambda: ask("SELECT count(*) > 0 FROM gradings WHERE verdict <> ''"))
    try:
        # What that migration does, at once: a program would start when all are graded already.
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        wait_for(
            "what it had begun",
            lambda: ask("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == 0,
        )
        before = ask("SELECT count(*) FROM gradings WHERE verdict <> ''")
        start(program=("harness.newer_milepost", "worker"), **newer)
        current = wait_for_workers(2)
        verdicts, workers = the_end()
    finally:
        connection.execute("UPDATE alembic_version SET version_num = %s", (newest,))

    assert verdicts == ALL_PASSED
    assert workers.get(current, 0) == MANY - before


async def test_a_worker_that_hangs_is_taken_over_and_begins_anew(
    start, wait_for_workers, hand_in, the_end, ask, connection
):
    hung = start(lease=_LEASE_SECONDS)
    hung_id = wait_for_workers(1)
    await hand_in()
    wait_for(
        "two runs",
        lambda: ask("SELECT count(*) = 2 FROM procrastinate_jobs WHERE status = 'doing'"),
    )
    hung.send_signal(signal.SIGSTOP)
    try:
        start(lease=_LEASE_SECONDS)
        wait_for(
            "it to be struck off", lambda: ask("SELECT coalesce(max(id), 0) FROM workers") > hung_id
        )
        verdicts, workers = the_end()
    finally:
        hung.send_signal(signal.SIGCONT)
    wait_for(
        "it to be back under another number",
        lambda: ask(
            "SELECT count(*) = 2 AND min(id) > "  # noqa: S608
            f"{hung_id} FROM workers"
        ),
    )

    assert verdicts == ALL_PASSED
    assert hung_id not in workers
    again = connection.execute(
        "SELECT count(*) FROM procrastinate_events WHERE type = 'succeeded'"
    ).fetchone()
    assert again[0] == ask("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'")
