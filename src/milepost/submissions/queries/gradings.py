"""Reads of gradings with their checks, and of those that Milepost itself could not finish.

Hidden checks are redacted here, so that no door can forget to.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from milepost.accounts.types import Actor
from milepost.catalog.models import LabVersion
from milepost.core.database import run
from milepost.core.fleet import list_workers
from milepost.core.queue import Place, find_place
from milepost.core.statements import Ask, Statement
from milepost.engine import CheckResult, Verdict
from milepost.engine.serialize import result_from_json
from milepost.submissions import policy, waiting
from milepost.submissions.errors import GradingNotFound
from milepost.submissions.misconceptions import explain_failure
from milepost.submissions.models import Grading, Submission
from milepost.submissions.queries.hints import get_guidance, list_hints
from milepost.submissions.queries.standing import find_standing
from milepost.submissions.queries.submissions import get_submission
from milepost.submissions.redaction import redact_hidden
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import (
    WHOLE_SECONDS,
    GradingStatus,
    GradingView,
    SubmissionKind,
)

# What a grading's own row tells: columns of Grading, and fields of GradingView.
GRADING_FACTS = (
    *("id", "submission_id", "attempt", "verdict", "message", "limit_hit", "usage", "isolation"),
    *("build", "stack_version", "engine_version", "seed", "queued_at", "started_at", "graded_at"),
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
        .options(selectinload(Grading.results), joinedload(Grading.submission))
        .order_by(Grading.id)
    )
    gradings = list(rows)
    return await _show(session, gradings[0].submission, gradings) if gradings else []


async def get_grading(session: AsyncSession, actor: Actor, grading_id: UUID) -> GradingView:
    """Return a grading of one of the learner's own submissions, with its checks so far."""
    grading = await session.scalar(
        _own_grading(actor, grading_id)
        .options(selectinload(Grading.results))
        .execution_options(populate_existing=True)
    )
    if grading is None:
        raise GradingNotFound(grading_id)
    (view,) = await _show(session, grading.submission, [grading])
    return view


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
        .options(contains_eager(Grading.submission))
    )


async def _show(
    session: AsyncSession, submission: Submission, gradings: Sequence[Grading]
) -> list[GradingView]:
    """Show gradings of one submission; what they share is read once."""
    views = [_show_checks(grading) for grading in gradings]
    judged = [
        view
        for view in views
        if view.status is not GradingStatus.QUEUED and view.verdict not in _OUR_FAULTS
    ]
    guided = {view.id: view for view in await _guide(session, submission, judged)}
    return [guided.get(view.id) or await _show_wait(session, view) for view in views]


async def _guide(
    session: AsyncSession, submission: Submission, views: Sequence[GradingView]
) -> list[GradingView]:
    """Show what leads the learner on: misconceptions, stages, hints."""
    if not views:
        return []
    guidance = await get_guidance(session, submission.lab_version_id)
    runs = [(view.checks, view.verdict) for view in views]
    stages = await find_standing(session, submission, guidance, runs)
    checks = [view.checks for view in views]
    hints = await list_hints(session, submission.learner_id, guidance, checks)
    return [
        replace(
            view,
            misconceptions=()  # of a choice of checks, what the others would have told is unknown
            if submission.picked_checks
            else explain_failure(guidance.misconceptions, view.verdict, view.checks),
            stages=standing,
            hints=offered,
        )
        for view, standing, offered in zip(views, stages, hints, strict=True)
    ]


async def _show_wait(session: AsyncSession, view: GradingView) -> GradingView:
    """Show where a grading stands in the queue; any other as it is."""
    if view.status is not GradingStatus.QUEUED:
        return view
    view, place = await show_place(partial(run, session), view)
    return await explain_wait(session, view, place)


def _show_checks(grading: Grading) -> GradingView:
    results = in_order(record.result for record in grading.results)
    return replace(_to_bare_view(grading), checks=tuple(map(show_check, results)))


async def show_place(ask: Ask, view: GradingView) -> tuple[GradingView, Place]:
    """Show where a grading stands that no worker has, and how long it may wait there."""
    place = await find_place(ask, GradeSubmission, grading_id=view.id)
    typical = await _typical_seconds(ask, view) if place.position else None
    shown = replace(
        view,
        queue_position=place.position,
        expected_wait_seconds=waiting.estimate_wait(place, typical),
        grading_slots=place.slots,
    )
    return shown, place


async def explain_wait(session: AsyncSession, view: GradingView, place: Place) -> GradingView:
    """Show why a grading waits that no worker can take; any other as it is."""
    if place.position is None or place.slots:
        return view
    why = waiting.explain_wait(place.needs, await list_workers(session))
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
    return redact_hidden(result_from_json(result))


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
