"""The database's schema and this Milepost's: what differs is refused at start, in a sentence."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, create_engine, inspect

import milepost.accounts.models
import milepost.catalog.models
import milepost.core.attempts
import milepost.core.revisions
import milepost.progress.models
import milepost.submissions.models  # noqa: F401  the models register themselves
from harness.installation import run_milepost
from milepost.core.database import Base, to_sqlalchemy_url
from milepost.core.schema import MIGRATIONS, get_newest_revision, upgrade_schema


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


@pytest.fixture
def migrated(empty_url):
    """A connection to a database that the migrations, and nothing else, have filled."""
    upgrade_schema(empty_url)
    engine = create_engine(to_sqlalchemy_url(empty_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def is_ours(name, kind, _parents):
    return kind != "table" or not name.startswith("procrastinate_")


def test_the_migrated_schema_is_that_of_the_models(migrated) -> None:
    options = {"include_name": is_ours, "compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(migrated, opts=options)

    assert Base.metadata.tables
    assert compare_metadata(context, Base.metadata) == []


def test_the_migrated_schema_has_the_checks_of_the_models(migrated) -> None:
    looking = inspect(migrated)  # Alembic compares no check constraints
    found = {
        table: {check["name"] for check in looking.get_check_constraints(table)}
        for table in Base.metadata.tables
    }
    expected = {
        name: {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        for name, table in Base.metadata.tables.items()
    }

    assert any(expected.values())
    assert found == expected


def test_migrations_lead_forward_only_in_one_line() -> None:
    """The way back is the backup (docs/guides/operators/backup-and-upgrade.md)."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())

    assert len(scripts) > 1
    assert [script.revision for script in scripts if hasattr(script.module, "downgrade")] == []
    assert [script.revision for script in scripts if script.is_branch_point] == []
