"""The `upstream` fixture, as a pytest plugin for labs that name it.

What it gives a check lives beside this module.
"""

from collections.abc import Iterator

import pytest

from milepost.engine.backing.upstream.script import Upstream
from milepost.engine.checks.context import CheckContext


@pytest.fixture
def upstream(milepost_check: CheckContext) -> Iterator[Upstream]:
    """Stand in for an HTTP service that learner code calls."""
    given = Upstream(milepost_check)
    yield given
    given.close()
