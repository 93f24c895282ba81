"""The `mongo` fixture, as a pytest plugin for labs that name it.

What it gives a check lives beside this module.
"""

from collections.abc import Iterator

import pytest

from milepost.engine.backing.mongo.client import Mongo
from milepost.engine.checks.context import CheckContext


@pytest.fixture
def mongo(milepost_check: CheckContext) -> Iterator[Mongo]:
    """Give the check a document store of its own; if it fails, show what learner code did there."""
    given = Mongo(milepost_check)
    yield given
    if milepost_check.error is not None:
        given.show_commands()
    given.close()
