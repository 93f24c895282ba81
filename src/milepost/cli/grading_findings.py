"""What `milepost doctor` finds in the database: workers, closed labs, what could not be graded.

Nothing is found where there is no database to ask; `findings` says why there is none. Invariant:
each fault of ours that ended somebody's grading is told here until it is graded again.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog.queries import list_closed_labs, list_unread_answers
from milepost.catalog.types import ClosedLab, UnreadAnswerNote
from milepost.cli.findings import Finding
from milepost.cli.own_database import do_in_database, find_database_in_use, find_database_url
from milepost.cli.state import find_running
from milepost.core.config import Settings
from milepost.core.queue import Place, find_place
from milepost.submissions.queries import list_given_up
from milepost.submissions.tasks import GradeSubmission

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    closed: list[ClosedLab]
    given_up: list[str]
    unread: list[UnreadAnswerNote]


def look_at_gradings(settings: Settings) -> Iterator[Finding]:
    """Whether somebody grades, and what a person must mend before it is graded."""
    running = find_running(settings.data_dir.absolute())
    url = find_database_in_use(running, settings) if running else find_database_url(settings)
    if url is None:
        return
    try:
        found = asyncio.run(do_in_database(url, _look))
    except SQLAlchemyError:
        return
    if running is not None:
        yield _look_at_workers(found.place)
    for lab in found.closed:
        yield Finding(
            "lab",
            lab.slug,
            ready=False,
            detail=f"Closed since {lab.closed_at:%d %B %Y %H:%M} UTC. {_short(lab.reason)}",
            mend="Mend its files and start Milepost again, which publishes a new version; "
            f"or take submissions again as it is: milepost labs reopen {lab.slug}",
        )
    for slug, notes in groupby(sorted(found.unread, key=_lab_of), key=_lab_of):
        names = ", ".join(note.check_name for note in notes)
        yield Finding(
            "lab",
            slug,
            ready=True,
            detail=f"Could not read every answer, which counted as failed: {names}. "
            f"For its author: milepost labs reports {slug}",
        )
    if found.given_up:
        count = len(found.given_up)
        yield Finding(
            "grading",
            "1 submission" if count == 1 else f"{count:,} submissions",
            ready=False,
            detail=f"Could not be graded. The latest reason: {_short(found.given_up[-1])}",
            mend="Once that is mended: milepost regrade",
        )


async def _look(session: AsyncSession) -> _Found:
    return _Found(
        place=await find_place(session, GradeSubmission),
        closed=await list_closed_labs(session),
        given_up=await list_given_up(session),
        unread=await list_unread_answers(session),
    )


def _look_at_workers(place: Place) -> Finding:
    return Finding(
        "grading",
        "workers",
        ready=place.slots > 0,
        detail=f"{place.slots} at once, {place.running} being graded"
        if place.slots
        else "No worker is running, so submissions wait.",
        mend="" if place.slots else "Start one: milepost worker",
    )


def _lab_of(note: UnreadAnswerNote) -> str:
    return note.lab


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"
