"""Counting what may be done only so often, in PostgreSQL: all web processes share one count.

Who counts what, and how often is too often, is the callers' business. A window begins with its
first attempt. Invariant: an attempt is counted by one statement, so no two take the same place.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import ClassVar

from sqlalchemy import case, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from milepost.core.clock import utc_now
from milepost.core.database import Base
from milepost.core.errors import TooOftenError

_SWEPT_AT_ONCE = 100
_ONE_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many attempts at an action one subject has in a window."""

    action: str
    attempts: int
    window: timedelta


class TooManyAttempts(TooOftenError):
    """Something that is limited was done too often, by this account or from this network."""

    code: ClassVar[str] = "too_many_attempts"

    def __init__(self, remaining: timedelta) -> None:
        seconds = max(1, ceil(remaining.total_seconds()))
        wait = f"{ceil(seconds / 60)} minutes" if seconds > _ONE_MINUTE else f"{seconds} seconds"
        super().__init__(
            "That was tried too often from here, so it is refused for a while. "
            f"Try again in {wait}.",
            retry_after_seconds=seconds,
        )


class AttemptCount(Base):
    """What a subject has done in its present window. Ended windows are removed in passing."""

    __tablename__ = "attempt_counts"

    action: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


async def count_attempt(session: AsyncSession, allowance: Allowance, subject: str) -> None:
    """Count one more attempt, or raise `TooManyAttempts` if the window has none left."""
    now = utc_now()
    fresh = {"attempts": 1, "ends_at": now + allowance.window}
    has_ended = AttemptCount.ends_at <= now
    counted = await session.execute(
        insert(AttemptCount)
        .values(action=allowance.action, subject=subject, **fresh)
        .on_conflict_do_update(
            index_elements=["action", "subject"],
            set_={
                "attempts": case((has_ended, 1), else_=AttemptCount.attempts + 1),
                "ends_at": case((has_ended, fresh["ends_at"]), else_=AttemptCount.ends_at),
            },
        )
        .returning(AttemptCount.attempts, AttemptCount.ends_at)
    )
    attempts, ends_at = counted.one()
    if attempts > allowance.attempts:
        raise TooManyAttempts(ends_at - now)
    await _remove_ended(session, now)


async def require_attempts_left(session: AsyncSession, allowance: Allowance, subject: str) -> None:
    """Raise `TooManyAttempts` if the window has none left. Nothing is counted."""
    now = utc_now()
    ends_at = await session.scalar(
        select(AttemptCount.ends_at).where(
            AttemptCount.action == allowance.action,
            AttemptCount.subject == subject,
            AttemptCount.attempts >= allowance.attempts,
            AttemptCount.ends_at > now,
        )
    )
    if ends_at is not None:
        raise TooManyAttempts(ends_at - now)


async def _remove_ended(session: AsyncSession, now: datetime) -> None:
    """Remove some windows that have ended. Waits for nobody, so it can't be part of a deadlock."""
    key = tuple_(AttemptCount.action, AttemptCount.subject)
    ended = (
        select(AttemptCount.action, AttemptCount.subject)
        .where(AttemptCount.ends_at <= now)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(AttemptCount).where(key.in_(ended)))
