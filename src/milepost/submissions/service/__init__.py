"""Writes of submissions: handing in, and recording a grading as it goes.

Recording is fenced: a run that is no longer the newest of its grading, or whose grading has its
verdict, changes nothing and learns so from the answer.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from milepost.accounts.types import Actor
from milepost.catalog import queries as catalog
from milepost.catalog.outlines import LabOffer
from milepost.core.announcements import announce, announcement
from milepost.core.clock import utc_now
from milepost.core.database import run
from milepost.core.ids import new_id
from milepost.core.queue import enqueue
from milepost.engine import CheckResult, GradeReport
from milepost.engine.serialize import result_to_json, to_json
from milepost.submissions import policy, queries
from milepost.submissions.errors import (
    IdempotencyKeyReused,
    LabChanged,
    LabClosed,
    StackNotOffered,
)
from milepost.submissions.models import Grading, Submission
from milepost.submissions.service import statements
from milepost.submissions.tasks import GradeSubmission
from milepost.submissions.types import (
    WHOLE_SECONDS,
    GradingStatus,
    SourceFiles,
    StartedGrading,
    SubmissionKind,
    SubmissionView,
)
from milepost.submissions.waiting import list_needs

_SEED_BITS = 31
_LONGEST_FAULT = 2000


def grading_topic(grading_id: UUID) -> str:
    """Return the topic that is announced whenever this grading has something new."""
    return f"grading:{grading_id}"


async def submit_solution(
    session: AsyncSession,
    actor: Actor,
    *,
    lab_slug: str,
    stack: str,
    files: SourceFiles,
    kind: SubmissionKind = SubmissionKind.SUBMISSION,
    version: str | None = None,
    only: Sequence[str] = (),
    idempotency_key: str,
) -> SubmissionView:
    """Store a solution and queue its grading in one transaction; `only` names a try's checks.

    The same key sent again, by a double click or a repeated request, returns the first submission.
    With another lab, stack, kind, choice of checks or other files it is refused
    (draft-ietf-httpapi-idempotency-key-header §2.6), as is a lab that is no longer `version`.
    """
    lab = await catalog.get_lab_offer(session, lab_slug)
    if stack not in lab.stacks:
        raise StackNotOffered(lab_slug, stack, lab.stacks)
    policy.require_acceptable(files)
    if only:
        await _require_pickable(session, only, lab_slug=lab_slug, kind=kind)

    now, submission_id, grading_id = utc_now(), new_id(), new_id()
    values = {
        "id": submission_id,
        "learner_id": actor.id,
        "lab_version_id": lab.version_id,
        "stack": stack,
        "kind": kind.value,
        "picked_checks": sorted({*only}),
        "idempotency_key": idempotency_key,
        "created_at": now,
    }
    if not await _insert_once(session, values, files, grading_id):
        return await _get_same_submission(session, actor, values, files, lab_slug)
    _require_open(lab, lab_slug, version)
    needs = list_needs(lab, stack)
    await enqueue(session, GradeSubmission(grading_id=grading_id, flow=str(actor.id), needs=needs))
    return _to_queued_view(values, lab, lab_slug, grading_id)


async def start_attempt(session: AsyncSession, *, grading_id: UUID) -> StartedGrading | None:
    """Begin a run of a grading and return all that the engine needs, or None if it has a verdict.

    What earlier, interrupted runs recorded is forgotten.
    """
    rows = await run(session, statements.START, grading_id=grading_id, now=utc_now())
    if not rows:
        return None
    kind, only, paths, contents, *facts = rows[0]
    files = dict(zip(paths, contents, strict=True))
    return StartedGrading(SubmissionKind(kind), tuple(only), files, *facts)


async def announce_attempt(session: AsyncSession, *, grading_id: UUID) -> None:
    """Tell readers that a run has begun of which there is nothing else to tell yet."""
    await announce(session, grading_topic(grading_id))


async def record_doubt(session: AsyncSession, *, grading_id: UUID, attempt: int) -> None:
    """Tell readers that a check broke and that the lab itself is being looked at meanwhile."""
    await session.execute(
        update(Grading)
        .where(Grading.id == grading_id, Grading.attempt == attempt, Grading.verdict.is_(None))
        .values(doubted_at=utc_now())
        .returning(Grading.id, announcement(grading_topic(grading_id)))
    )


async def record_checks(
    session: AsyncSession,
    *,
    grading_id: UUID,
    attempt: int,
    first_position: int,
    results: Sequence[CheckResult],
) -> bool:
    """Store the results of checks, in order, and announce them.

    False, and nothing is stored, if this run has been superseded.
    """
    rows = await run(
        session,
        statements.RECORD_CHECKS,
        grading_id=grading_id,
        attempt=attempt,
        topic=grading_topic(grading_id),
        **_to_columns(first_position, results),
    )
    return bool(rows)


async def record_verdict(
    session: AsyncSession,
    *,
    grading_id: UUID,
    attempt: int,
    report: GradeReport,
    first_position: int = 1,
    results: Sequence[CheckResult] = (),
) -> bool:
    """Store the verdict, once, with the `results` of checks that are not stored yet.

    Message, limit and usage are those that the learner may know; of the whole run only its length
    is kept, by which later ones estimate their wait.
    False, and nothing is stored, if this run has been superseded or there is a verdict already.
    """
    shown = report.for_learner()
    usage = {**to_json(shown.usage), WHOLE_SECONDS: report.usage.wall_seconds}
    rows = await run(
        session,
        statements.RECORD_VERDICT,
        grading_id=grading_id,
        attempt=attempt,
        verdict=report.verdict.value,
        message=shown.message,
        limit_hit=shown.limit_hit,
        usage=Jsonb(usage),
        build=None if report.build is None else Jsonb(to_json(report.build)),
        isolation=report.isolation,
        stack_version=report.stack_version,
        engine_version=report.engine_version,
        now=utc_now(),
        topic=grading_topic(grading_id),
        **_to_columns(first_position, results),
    )
    return bool(rows)


async def record_fault(
    session: AsyncSession, *, grading_id: UUID, attempt: int, fault: str, retry_at: datetime | None
) -> bool:
    """Note for operators what ended a run, and for learners when it is tried again.

    False, and nothing is stored, if this run has been superseded.
    """
    return await _note_interruption(
        session, grading_id, attempt, fault, retry_at=retry_at, faults=Grading.faults + 1
    )


async def record_hand_back(
    session: AsyncSession, *, grading_id: UUID, attempt: int, reason: str, retry_at: datetime
) -> bool:
    """Note that a worker could not do this run at all, which counts against nothing.

    False, and nothing is stored, if this run has been superseded.
    """
    return await _note_interruption(
        session,
        grading_id,
        attempt,
        reason,
        retry_at=retry_at,
        handed_back=Grading.handed_back + 1,
    )


async def delete_old_tries(session: AsyncSession) -> int:
    """Delete the tries that no reload can need any more, and return how many."""
    deleted = await session.scalars(
        delete(Submission)
        .where(
            Submission.kind == SubmissionKind.TRY,
            Submission.created_at < utc_now() - policy.TRY_LIFETIME,
        )
        .returning(Submission.id)
    )
    return len(deleted.all())


def _to_columns(first_position: int, results: Sequence[CheckResult]) -> dict[str, list[Any]]:
    """Return the rows of checks as one array a column, as the statements take them."""
    return {
        "positions": [*range(first_position, first_position + len(results))],
        "names": [result.name for result in results],
        "outcomes": [result.outcome.value for result in results],
        "hidden": [result.hidden for result in results],
        "results": [json.dumps(result_to_json(result)) for result in results],
    }


async def _insert_once(
    session: AsyncSession, values: dict[str, Any], files: SourceFiles, grading_id: UUID
) -> bool:
    """Insert a submission with its files and its first grading, in one statement.

    False, and nothing is inserted, if there is one under its idempotency key already.
    """
    inserted = await run(
        session,
        statements.INSERT_ONCE,
        **values,
        paths=[*files.keys()],
        contents=[*files.values()],
        grading_id=grading_id,
        seed=_draw_seed(),
    )
    return bool(inserted)


async def _require_pickable(
    session: AsyncSession, only: Sequence[str], *, lab_slug: str, kind: SubmissionKind
) -> None:
    lab = await catalog.get_published_lab(session, lab_slug)
    visible = {check.name for check in lab.checks}
    policy.require_pickable(only, visible, lab=lab_slug, kind=kind)


def _to_queued_view(
    values: Mapping[str, Any], lab: LabOffer, slug: str, grading_id: UUID
) -> SubmissionView:
    return SubmissionView(
        id=values["id"],
        lab=slug,
        lab_title=lab.title,
        stack=values["stack"],
        kind=SubmissionKind(values["kind"]),
        created_at=values["created_at"],
        is_current_version=True,
        grading_id=grading_id,
        status=GradingStatus.QUEUED,
        verdict=None,
        graded_at=None,
        only=tuple(values["picked_checks"]),
    )


def _require_open(lab: LabOffer, slug: str, version: str | None) -> None:
    if version not in {None, lab.content_hash}:
        raise LabChanged(slug, lab.title, lab.content_hash)
    if lab.is_closed:
        raise LabClosed(slug, lab.title)


async def _get_same_submission(
    session: AsyncSession, actor: Actor, values: dict[str, Any], files: SourceFiles, lab_slug: str
) -> SubmissionView:
    """Return what was stored under this key, if it was this same request that stored it.

    The lab's version is not compared: a request that is repeated after the lab was published anew
    is still the same request.
    """
    earlier = await session.scalar(
        select(Submission)
        .where(
            Submission.learner_id == actor.id,
            Submission.idempotency_key == values["idempotency_key"],
        )
        .options(selectinload(Submission.files))
    )
    if earlier is None:
        raise IdempotencyKeyReused
    view = await queries.get_submission(session, actor, earlier.id)
    is_same = (
        (view.lab, view.stack, view.kind, [*view.only])
        == (lab_slug, values["stack"], values["kind"], values["picked_checks"])
        and {file.path: file.content for file in earlier.files} == dict(files)
    )  # fmt: skip
    if not is_same:
        raise IdempotencyKeyReused
    return view


async def _note_interruption(
    session: AsyncSession,
    grading_id: UUID,
    attempt: int,
    reason: str,
    *,
    retry_at: datetime | None,
    **counted: Any,
) -> bool:
    recorded = await session.scalar(
        update(Grading)
        .where(Grading.id == grading_id, Grading.attempt == attempt, Grading.verdict.is_(None))
        .values(fault=reason.replace("\0", "")[:_LONGEST_FAULT], retry_at=retry_at, **counted)
        .returning(Grading.id, announcement(grading_topic(grading_id)))
    )
    return recorded is not None


def to_be_queued(grading_id: UUID) -> dict[str, Any]:
    """Return what every new grading's row holds, but for its submission and when it was queued."""
    return {
        "id": grading_id,
        "seed": _draw_seed(),
        "attempt": 0,
        "faults": 0,
        "handed_back": 0,
        "message": "",
    }


def _draw_seed() -> int:
    return secrets.randbits(_SEED_BITS)
