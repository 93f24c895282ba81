"""The database's schema and this Milepost's: what differs is refused at start, in a sentence."""

import psycopg
import pytest

from harness.installation import run_milepost
from milepost.core.schema import get_newest_revision, upgrade_schema


@pytest.fixture
def empty_url(postgres, database_name):
    name = f"{database_name}_schema"
    yield postgres.create_empty(name)
    postgres.drop(name)


def set_revision(url, revision):
    with psycopg.connect(url) as session:
        session.execute("UPDATE alembic_version SET version_num = %s", (revision,))


@pytest.mark.parametrize("command", ["web", "worker"])
def test_an_empty_database_is_refused_with_the_command_that_fills_it(empty_url, command) -> None:
    answer = run_milepost(command, MILEPOST_DATABASE_URL=empty_url)

    assert answer.returncode == 3
    assert "has no schema yet" in answer.stderr
    assert "milepost migrate" in " ".join(answer.stderr.split())


@pytest.mark.parametrize("command", ["web", "worker"])
@pytest.mark.parametrize(
    ("revision", "sentence"),
    [("0003", "has the older schema 0003"), ("9999", "used by a newer Milepost")],
)
def test_an_older_or_newer_database_is_refused_by_name(
    empty_url, command, revision, sentence
) -> None:
    upgrade_schema(empty_url)
    set_revision(empty_url, revision)

    answer = run_milepost(command, MILEPOST_DATABASE_URL=empty_url)

    assert answer.returncode == 3
    assert sentence in " ".join(answer.stderr.split())
    assert get_newest_revision() in answer.stderr


def test_migrate_fills_a_database_once_and_check_only_looks(empty_url) -> None:
    before = run_milepost("migrate", "--check", MILEPOST_DATABASE_URL=empty_url)
    first = run_milepost("migrate", MILEPOST_DATABASE_URL=empty_url)
    second = run_milepost("migrate", MILEPOST_DATABASE_URL=empty_url)
    after = run_milepost("migrate", "--check", MILEPOST_DATABASE_URL=empty_url)

    newest = get_newest_revision()
    assert (before.returncode, after.returncode) == (1, 0)
    assert f"The schema is now {newest}" in first.stdout
    assert "nothing to do" in second.stdout
    assert f"up to date ({newest})" in after.stdout


def test_migrate_leaves_a_newer_database_alone(empty_url) -> None:
    upgrade_schema(empty_url)
    set_revision(empty_url, "9999")

    answer = run_milepost("migrate", MILEPOST_DATABASE_URL=empty_url)

    assert answer.returncode == 3
    assert "newer Milepost" in answer.stderr
