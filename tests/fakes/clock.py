"""A clock that a test can set. Its twin is the system's; the contract is `test_clock_contract`."""

from datetime import UTC, datetime, timedelta

import pytest


class FakeClock:
    """The system's clock, as many seconds off as it was set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._off = timedelta()
        monkeypatch.setattr("milepost.core.clock._read_system", self._read)

    def set_back(self, **how_far: float) -> None:
        """Set the clock back: `clock.set_back(hours=1)`."""
        self._off -= timedelta(**how_far)

    def set_forward(self, **how_far: float) -> None:
        self._off += timedelta(**how_far)

    def _read(self) -> datetime:
        return datetime.now(UTC) + self._off
