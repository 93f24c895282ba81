"""The `redis` fixture, as a pytest plugin for labs that name it.

What it gives a check lives beside this module.
"""

from collections.abc import Iterator

import pytest

from milepost.engine.backing.redis.client import Redis
from milepost.engine.checks.context import CheckContext


@pytest.fixture
def redis(milepost_check: CheckContext) -> Iterator[Redis]:
    """Give the check a Redis of its own; if it fails, show what learner code did there."""
    given = Redis(milepost_check)
    yield given
    if milepost_check.error is not None:
        given.show_commands()
    given.close()
