"""The `postgres`, `database` and `sql` fixtures, a pytest plugin for labs that name it.

What they give a check lives beside this module.
"""

from collections.abc import Iterator
from importlib import import_module

import pytest

from milepost.engine.backing.postgres.client import Postgres
from milepost.engine.backing.postgres.database import CheckDatabase
from milepost.engine.backing.postgres.soundness import Soundness
from milepost.engine.backing.postgres.sql import Sql
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.files import LAB, SUPPORT, SUPPORT_MODULE


@pytest.fixture(scope="session")
def milepost_tables() -> list[Soundness]:
    """Keep what a run's first check has learned of its tables: all are clones of one template."""
    return []


@pytest.fixture
def milepost_database(
    milepost_check: CheckContext, milepost_tables: list[Soundness], request: pytest.FixtureRequest
) -> Iterator[CheckDatabase]:
    """Give the check a database of its own; `postgres` and `sql` share it."""
    # Whichever check comes first fills for all, so in a folder of checks they share one function.
    is_shared = (LAB / SUPPORT).is_file()
    seed = getattr(import_module(SUPPORT_MODULE) if is_shared else request.module, "seed", None)
    known = milepost_tables[0] if milepost_tables else None
    database = CheckDatabase(milepost_check, seed, known)
    milepost_tables[:] = [database.soundness]
    yield database
    database.close()


@pytest.fixture
def postgres(milepost_check: CheckContext, milepost_database: CheckDatabase) -> Iterator[Postgres]:
    """Look into the check's database; if the check fails, show what learner code ran in it."""
    given = Postgres(milepost_database)
    yield given
    if milepost_check.error is not None:
        given.show_statements()


@pytest.fixture
def database(postgres: Postgres) -> Postgres:
    """Look into the check's database, whichever of its databases the lab is graded with."""
    return postgres


@pytest.fixture
def sql(milepost_database: CheckDatabase) -> Sql:
    """Run the learner's SQL files."""
    return Sql(milepost_database)
