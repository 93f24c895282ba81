"""The fake clock and the system's answer alike: zone-aware, in UTC, and going forward."""

from datetime import timedelta

import pytest

from fakes.clock import FakeClock
from milepost.core.clock import utc_now


@pytest.mark.parametrize("is_fake", [False, True])
def test_both_clocks_answer_in_utc_and_go_forward(monkeypatch, is_fake):
    if is_fake:
        FakeClock(monkeypatch)

    first, second = utc_now(), utc_now()

    assert first.utcoffset() == timedelta()
    assert first <= second
