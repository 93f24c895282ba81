"""Reads of gradings with their checks, and of those that Milepost itself could not finish.

Hidden checks are redacted here, so that no door can forget to.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from milepost.accounts.types import Actor
from milepost.catalog.models import LabVersion
from milepost.core.database import run
from milepost.core.fleet import list_workers
from milepost.core.queue import Place, find_place
from milepost.core.statements import Ask, Statement
from milepost.engine import CheckResult, Verdict
from milepost.engine.serialize import result_from_json
from milepost.submissions import policy
from milepost.submissions.errors import GradingNotFound
from milepost.submissions.models import Grading, Submission
from milepost.submissions.queries.submissions import get_submission
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import (
    WHOLE_SECONDS,
    GradingStatus,
    GradingView,
    Misconception,
    SubmissionKind,
)

LEARNERS_FAULTS = frozenset({Verdict.FAILED, Verdict.TIMED_OUT, Verdict.CRASHED})
# What a grading's own row tells: columns of Grading, and fields of GradingView.
GRADING_FACTS = (
    *("id", "submission_id", "attempt", "verdict", "message", "limit_hit", "usage", "isolation"),
    *("stack_version", "engine_version", "seed", "queued_at", "started_at", "graded_at"),
    *("retry_at", "doubted_at"),
)
_OUR_FAULTS = (Verdict.LAB_BROKEN, Verdict.ENGINE_FAILED)
_LATEST = 200  # gradings that an expected wait is drawn from


async def list_gradings(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> list[GradingView]:
    """Return every grading of one of the learner's own submissions, oldest first."""
    await get_submission(session, actor, submission_id)
    rows = await session.scalars(
        select(Grading)
        .where(Grading.submission_id == submission_id)
        .options(selectinload(Grading.results))
        .order_by(Grading.id)
    )
    return [await _to_grading_view(session, grading) for grading in rows]


async def get_grading(session: AsyncSession, actor: Actor, grading_id: UUID) -> GradingView:
    """Return a grading of one of the learner's own submissions, with its checks so far."""
    grading = await session.scalar(
        _own_grading(actor, grading_id)
        .options(selectinload(Grading.results))
        .execution_options(populate_existing=True)
    )
    if grading is None:
        raise GradingNotFound(grading_id)
    return await _to_grading_view(session, grading)


async def list_given_up(session: AsyncSession) -> list[str]:
    """Return why each submission that waits to be graded again was given up, oldest first."""
    return list(
        await session.scalars(select_given_up(func.coalesce(Grading.fault, Grading.message)))
    )


def select_given_up(*columns: Any) -> Select[Any]:
    """Select of submissions whose newest grading ended through a fault of ours.

    Tries are left out, and so is what an operator cancelled or a closed lab would only break again.
    """
    newer = aliased(Grading)
    is_newest = ~exists().where(newer.submission_id == Submission.id, newer.id > Grading.id)
    return (
        select(*columns)
        .select_from(Submission)
        .join(Submission.gradings)
        .join(Submission.lab_version)
        .where(
            Grading.verdict.in_(_OUR_FAULTS),
            Grading.cancelled_at.is_(None),
            is_newest,
            Submission.kind == SubmissionKind.SUBMISSION,
            LabVersion.closed_at.is_(None),
        )
        .order_by(Grading.id)
    )


def _own_grading(actor: Actor, grading_id: UUID) -> Select[Grading]:
    return (
        select(Grading)
        .join(Grading.submission)
        .where(Grading.id == grading_id, Submission.learner_id == actor.id)
    )


async def _to_grading_view(session: AsyncSession, grading: Grading) -> GradingView:
    view = replace(
        _to_bare_view(grading),
        checks=tuple(map(show_check, in_order(record.result for record in grading.results))),
        misconceptions=await _misconceptions(session, grading),
    )
    if view.status is not GradingStatus.QUEUED:
        return view
    view, place = await show_place(partial(run, session), view)
    return await explain_wait(session, view, place)


async def show_place(ask: Ask, view: GradingView) -> tuple[GradingView, Place]:
    """Show where a grading stands that no worker has, and how long it may wait there."""
    place = await find_place(ask, GradeSubmission, grading_id=view.id)
    typical = await _typical_seconds(ask, view) if place.position else None
    shown = replace(
        view,
        queue_position=place.position,
        expected_wait_seconds=policy.estimate_wait(place, typical),
        grading_slots=place.slots,
    )
    return shown, place


async def explain_wait(session: AsyncSession, view: GradingView, place: Place) -> GradingView:
    """Show why a grading waits that no worker can take; any other as it is."""
    if place.position is None or place.slots:
        return view
    why = policy.explain_wait(place.needs, await list_workers(session))
    return replace(view, waits_because=why)


def in_order(results: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return stored results as their checks began: those that broke are stored last."""
    return sorted(results, key=_began)


def _began(result: Mapping[str, Any]) -> float:
    at_seconds: float | None = result.get("at_seconds")
    return math.inf if at_seconds is None else at_seconds


def _to_bare_view(grading: Grading) -> GradingView:
    """Show what the grading's own row says, without its checks."""
    return to_bare_view({name: getattr(grading, name) for name in GRADING_FACTS})


def to_bare_view(facts: Mapping[str, Any]) -> GradingView:
    """Show what a row of a grading says; `facts` are those that `GRADING_FACTS` names."""
    status = policy.find_status(facts["verdict"], facts["attempt"], facts["retry_at"])
    usage = facts["usage"] and {
        name: used for name, used in facts["usage"].items() if name != WHOLE_SECONDS
    }
    return GradingView(**{**facts, "usage": usage}, status=status, checks=())


def show_check(result: Mapping[str, Any]) -> CheckResult:
    """Show a stored result as its learner may see it."""
    return policy.redact_hidden(result_from_json(result))


async def _misconceptions(session: AsyncSession, grading: Grading) -> tuple[Misconception, ...]:
    if grading.verdict not in LEARNERS_FAULTS:
        return ()
    # Of hidden checks their outcomes count alone: whatever else decides here would be told by it.
    visible = [record for record in grading.results if not record.hidden]
    if not all(record.result.get("has_run", True) for record in visible):
        return ()  # a file with a typing error shows nothing of what its author understands
    found = await session.execute(
        select(Submission, LabVersion.manifest["misconceptions"])
        .join(Submission.lab_version)
        .where(Submission.id == grading.submission_id)
    )
    submission, known = found.one()
    if submission.picked_checks:
        return ()  # what the other checks would have told is not known
    outcomes = {record.name: record.outcome for record in grading.results}
    unsure = {record.name for record in visible if record.result.get("hurried")}
    return policy.find_misconceptions(known or [], outcomes, unsure)


async def _typical_seconds(ask: Ask, view: GradingView) -> float | None:
    """Return how long the latest gradings ran: those of this lab, or else of every lab.

    As the engine measured them, by a clock that is never set.
    """
    [(seconds,)] = await ask(_TYPICAL, submission_id=view.submission_id)
    return None if seconds is None else float(seconds)


def _select_typical() -> Select[float | None]:
    latest = (
        select(_whole_seconds().label("seconds"), Submission.lab_version_id)
        .join(Grading.submission)
        .where(*(Grading.verdict != fault for fault in _OUR_FAULTS))
        .order_by(Grading.id.desc())
        .limit(_LATEST)
        .subquery()
    )
    own = select(Submission.lab_version_id).where(Submission.id == bindparam("submission_id"))
    alike = latest.c.lab_version_id == own.scalar_subquery()
    return select(
        func.coalesce(func.avg(latest.c.seconds).filter(alike), func.avg(latest.c.seconds))
    )


def _whole_seconds() -> ColumnElement[float]:
    """How long a grading ran in all; older ones tell no other time than that of the run."""
    return func.coalesce(
        Grading.usage[WHOLE_SECONDS].as_float(), Grading.usage["wall_seconds"].as_float()
    )


_TYPICAL = Statement(_select_typical())
