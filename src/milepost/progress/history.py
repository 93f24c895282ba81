"""A learner's progress over time: totals a day, attempts to a pass, and how long they worked.

Pure functions of plain values. Milepost sees no clock on a learner's desk: the time is estimated
from signs of work, which are drafts saved, submissions handed in and hints opened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from milepost.progress.types import LabSummary, Mark
from milepost.submissions.policy import LONGEST_PAUSE


@dataclass(frozen=True, slots=True)
class Reached:
    """When an objective was first practised, or first proven."""

    mark: Mark
    at: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """A time at a lab that left signs: both ends are the same where there was one sign alone."""

    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submission with a verdict of the learner's own: it passed, or it did not."""

    at: datetime
    is_passed: bool


@dataclass(frozen=True, slots=True)
class DayTotal:
    """How many objectives were practised, and how many proven, by the end of a day (UTC).

    One that is proven after it was practised counts in both.
    """

    day: date
    practised_count: int
    proven_count: int


@dataclass(frozen=True, slots=True)
class LabHistory:
    """What a lab or drill took: attempts up to the first pass, or so far, and how long."""

    lab: LabSummary
    attempt_count: int
    passed_at: datetime | None
    worked_seconds: int | None  # None where a single sign of work tells no length


@dataclass(frozen=True, slots=True)
class History:
    """A learner's progress over time; `labs` are those that they worked at, in the path's order."""

    days: tuple[DayTotal, ...]
    labs: tuple[LabHistory, ...]


def total_days(reached: Iterable[Reached], today: date) -> tuple[DayTotal, ...]:
    """Return the totals of each day on which something was reached, from nothing to today.

    Before the first such day stands the day before it, with nothing; today is always the last.
    """
    by_day: dict[date, list[Mark]] = {}
    for each in reached:
        by_day.setdefault(each.at.astimezone(UTC).date(), []).append(each.mark)
    if not by_day:
        return ()
    practised = proven = 0
    totals = [DayTotal(min(by_day) - timedelta(days=1), 0, 0)]
    for day in sorted(by_day):
        practised += by_day[day].count(Mark.PRACTISED)
        proven += by_day[day].count(Mark.PROVEN)
        totals.append(DayTotal(day, practised, proven))
    if totals[-1].day < today:
        totals.append(DayTotal(today, practised, proven))
    return tuple(totals)


def measure_lab(
    lab: LabSummary, attempts: Sequence[Attempt], work: Sequence[Work]
) -> LabHistory | None:
    """Return what a lab took until its first pass, or so far; None if nothing was handed in."""
    in_order = sorted(attempts, key=lambda attempt: attempt.at)
    first = next((n for n, each in enumerate(in_order, start=1) if each.is_passed), None)
    counted = in_order[:first]
    if not counted:
        return None
    passed_at = counted[-1].at if first else None
    signs = [*work, *(Work(each.at, each.at) for each in counted)]
    return LabHistory(lab, len(counted), passed_at, measure_work(signs, until=passed_at))


def measure_work(work: Iterable[Work], *, until: datetime | None = None) -> int | None:
    """Return the seconds between signs of work, without pauses longer than `LONGEST_PAUSE`.

    What came after `until` is left out. None where there is a single sign, which has no length.
    """
    seconds = 0.0
    reached: datetime | None = None
    signs = [each for each in work if until is None or each.began_at <= until]
    for each in sorted(signs, key=lambda each: each.began_at):
        ended = each.ended_at if until is None else min(each.ended_at, until)
        goes_on = reached is not None and each.began_at - reached <= LONGEST_PAUSE
        since = reached if reached is not None and goes_on else each.began_at
        seconds += max((ended - since).total_seconds(), 0)
        reached = ended if reached is None else max(reached, ended)
    return round(seconds) or None
