"""The `balancer` fixture, as a pytest plugin for labs that name it.

What it gives a check lives beside this module.
"""

from collections.abc import Iterator

import pytest

from milepost.engine.backing.balancer.client import Balancer
from milepost.engine.checks.context import CheckContext


@pytest.fixture
def balancer(milepost_check: CheckContext) -> Iterator[Balancer]:
    """Run several replicas of the learner's service behind a balancer."""
    given = Balancer(milepost_check)
    yield given
    given.close()
