"""What tests are about that only the isolated tier has: they are skipped where there is none.

A test is known by its marker, `needs_isolated_tier`, or by the engine's own refusal: it asks for a
lab with servers, which no other tier runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from milepost.engine import IsolationUnavailable, Tier, probe_isolation

MARKER = "needs_isolated_tier"


def skip_without_tier(item: pytest.Item) -> None:
    """Skip a test that is marked, where the tier can't be had."""
    status = probe_isolation(Tier.ISOLATED)
    if item.get_closest_marker(MARKER) is not None and not status.ready:
        pytest.skip(f"the isolated tier is not here: {status.reason}")


@contextmanager
def refusals_skip() -> Iterator[None]:
    """Skip a test whose lab the engine refuses, where that is right to do."""
    try:
        yield
    except IsolationUnavailable as refusal:
        status = probe_isolation(Tier.ISOLATED)
        if status.ready or "needs the isolated tier" not in refusal.reason:
            raise
        pytest.skip(str(refusal))
