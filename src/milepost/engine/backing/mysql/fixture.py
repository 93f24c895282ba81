"""The `mysql`, `database` and `sql` fixtures, as a pytest plugin for labs that name the component.

What they give a check lives beside this module.
"""

from collections.abc import Iterator
from importlib import import_module

import pytest

from milepost.engine.backing.mysql.client import Mysql
from milepost.engine.backing.mysql.database import CheckDatabase
from milepost.engine.backing.mysql.sql import Sql
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.files import LAB, SUPPORT, SUPPORT_MODULE


@pytest.fixture
def milepost_mysql(
    milepost_check: CheckContext, request: pytest.FixtureRequest
) -> Iterator[CheckDatabase]:
    """Give the check a MariaDB of its own; the fixtures share it."""
    # Whichever check comes first fills for all, so in a folder of checks they share one function.
    is_shared = (LAB / SUPPORT).is_file()
    seed = getattr(import_module(SUPPORT_MODULE) if is_shared else request.module, "seed", None)
    database = CheckDatabase(milepost_check, seed)
    yield database
    database.close()


@pytest.fixture
def mysql(milepost_check: CheckContext, milepost_mysql: CheckDatabase) -> Iterator[Mysql]:
    """Look into the check's database; if the check fails, show what learner code ran in it."""
    given = Mysql(milepost_mysql)
    yield given
    if milepost_check.error is not None:
        given.show_statements()


@pytest.fixture
def database(mysql: Mysql) -> Mysql:
    """Look into the check's database, whichever of its databases the lab is graded with."""
    return mysql


@pytest.fixture
def sql(milepost_mysql: CheckDatabase) -> Sql:
    """Run the learner's SQL files."""
    return Sql(milepost_mysql)
