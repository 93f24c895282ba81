"""The rules of progress: where to start, and which moves a course's state can make.

Pure functions of plain values.
"""

from collections.abc import Sequence
from datetime import datetime

from milepost.progress.types import CourseState


def find_start_here(skills: Sequence[tuple[str, bool]], *, newcomer_starts_at: str) -> str | None:
    """Return the slug of the first skill that is not proven, or None when all are.

    `skills` holds (slug, is proven) in the path's order. Whoever has proven nothing starts
    where the path says that newcomers do.
    """
    if not any(is_proven for _, is_proven in skills):
        return newcomer_starts_at
    return next((slug for slug, is_proven in skills if not is_proven), None)


def course_dates(
    state: CourseState,
    now: datetime,
    *,
    planned_at: datetime | None,
    started_at: datetime | None,
) -> tuple[datetime, datetime | None, datetime | None]:
    """Return (planned_at, started_at, finished_at) for a course that moves to `state`.

    Moving forward keeps the dates behind; moving back forgets the dates ahead.
    """
    planned = planned_at or now
    if state is CourseState.PLANNED:
        return planned, None, None
    started = started_at or now
    return planned, started, now if state is CourseState.FINISHED else None


def course_state(
    *, planned_at: datetime | None, started_at: datetime | None, finished_at: datetime | None
) -> CourseState | None:
    """Return the state that these dates mean."""
    if finished_at is not None:
        return CourseState.FINISHED
    if started_at is not None:
        return CourseState.STARTED
    return CourseState.PLANNED if planned_at is not None else None
