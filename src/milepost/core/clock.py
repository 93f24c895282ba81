"""The time, in UTC and with its zone. Nothing else that is stored asks the system for it.

A naive datetime never enters the database, so comparisons can't be off by a zone. A clock may be
set: durations are measured by `time.monotonic`, and what must come after is made to.
"""

from datetime import UTC, datetime

# For "at once" where another clock than ours decides: the database's may be behind.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """Return the current moment, zone-aware, in UTC."""
    return _read_system()


def _read_system() -> datetime:
    return datetime.now(UTC)
