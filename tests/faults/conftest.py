"""What tests of faults ask for: real workers, gates at which they wait, the database's own word."""

import psycopg
import pytest

from harness.live_worker import Workers, stopping
from milepost.core.database import to_psycopg_url


@pytest.fixture
def workers(settings, database):
    """Shipped workers: `workers.start()`."""
    with stopping(Workers(database.url, settings.data_dir)) as workers:
        yield workers


@pytest.fixture
def gates(tmp_path):
    """The folder of gates; a file there closes the gate of its name."""
    folder = tmp_path / "gates"
    folder.mkdir()
    return folder


@pytest.fixture
def gated_workers(settings, database, gates):
    """Workers that wait where a gate is closed."""
    with stopping(Workers(database.url, settings.data_dir, gates=gates)) as workers:
        yield workers


@pytest.fixture
def connection(database):
    """A connection of the test's own."""
    with psycopg.connect(to_psycopg_url(database.url), autocommit=True) as connection:
        yield connection


@pytest.fixture
def ask(connection):
    """Asks the database: `ask("SELECT …")` is the first value, or None."""

    def ask(query):
        row = connection.execute(query).fetchone()
        return None if row is None else row[0]

    return ask


@pytest.fixture
def the_end(connection):
    """Reads how the one grading ended: verdict, attempt, faults, stored checks, jobs' states."""

    def the_end():
        [grading] = connection.execute("SELECT verdict, attempt, faults FROM gradings").fetchall()
        checks = connection.execute(
            "SELECT attempt, position FROM check_results ORDER BY position"
        ).fetchall()
        jobs = connection.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'grade_submission'"
        ).fetchall()  # a worker's own schedule may have come round
        return {
            **dict(zip(("verdict", "attempt", "faults"), grading, strict=True)),
            "checks": checks,
            "jobs": [status for (status,) in jobs],
        }

    return the_end
