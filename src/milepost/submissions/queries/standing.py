"""Reads of where a learner stands in a lab that is done in stages.

What a stage's checks mean is decided in `labs.stages`; this finds the runs that it is decided by.
Only submissions to the same version are compared: other checks would compare something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog.guidance import LabGuidance
from milepost.catalog.models import LabVersion
from milepost.catalog.types import CheckTitle, LabDetail, TaskInfo
from milepost.core.database import Database
from milepost.core.statements import Statement
from milepost.engine import CheckResult, Verdict
from milepost.labs.stages import Stage, StageState, begin_stages, find_stages
from milepost.submissions.models import CheckRecord, Grading, Submission
from milepost.submissions.types import GradingView, SubmissionKind

_JUDGED = (Verdict.PASSED, Verdict.FAILED, Verdict.TIMED_OUT, Verdict.CRASHED)
_MOST_EARLIER = 50  # submissions that are looked at for stages passed before
_DONE = frozenset({StageState.PASSED, StageState.HOLDS})


_PASSED = Statement(
    select(Submission.kind, LabVersion.manifest["tasks"], LabVersion.manifest["checks"])
    .join(Submission.gradings)
    .join(Submission.lab_version)
    .where(
        Grading.id == bindparam("grading_id"),
        LabVersion.manifest["is_staged"].as_boolean(),
        func.cardinality(Submission.picked_checks) == 0,
    )
)


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a check ended in an earlier submission, and no more."""

    name: str
    task: str
    outcome: str


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A submission that has its verdict."""

    created_at: datetime
    checks: tuple[_Ended, ...]


async def find_standing(
    session: AsyncSession,
    submission: Submission,
    guidance: LabGuidance,
    runs: Sequence[tuple[Sequence[CheckResult], Verdict | None]],
) -> list[tuple[Stage, ...]]:
    """Return where every stage stands after each run of a submission; nothing without stages.

    A run is its checks and its verdict; one of some checks alone says nothing of stages. However
    many runs there are, it is one read.
    """
    if not guidance.is_staged or submission.picked_checks:
        return [() for _ in runs]
    found = [
        find_stages(
            guidance.tasks,
            guidance.checks,
            checks,
            is_over=verdict is not None,
            ran_hidden=submission.kind is SubmissionKind.SUBMISSION,
        )
        for checks, verdict in runs
    ]
    if all(stage.state in _DONE for stages in found for stage in stages):
        return found
    earlier = await _list_earlier(
        session,
        submission.learner_id,
        submission.lab_version_id,
        guidance.checks,
        before=submission.id,
    )
    return [_note_broken(stages, guidance, earlier) for stages in found]


async def list_stages(session: AsyncSession, actor: Actor, lab: LabDetail) -> tuple[Stage, ...]:
    """Return a lab's stages as the learner's newest graded submission left them."""
    if not lab.is_staged:
        return ()
    earlier = await _list_earlier(session, actor.id, lab.version_id, lab.checks)
    if not earlier:
        return begin_stages(lab.tasks, lab.checks)
    newest, *others = earlier
    return _note_broken(_stages_of(lab, newest), lab, others)


async def show_passed_stages(database: Database, view: GradingView) -> GradingView:
    """Show the stages of a grading that passed: nothing is broken, so one lean read will do."""
    rows = await database.reader.list_rows(_PASSED, grading_id=view.id)
    kind, tasks, known = rows[0] if rows else (SubmissionKind.TRY, [], [])
    stages = find_stages(
        [TaskInfo.model_validate(task) for task in tasks],
        [CheckTitle.model_validate(check) for check in known],
        view.checks,
        is_over=True,
        ran_hidden=kind == SubmissionKind.SUBMISSION,
    )
    return replace(view, stages=stages)


def _stages_of(lab: LabDetail | LabGuidance, run: _Earlier) -> tuple[Stage, ...]:
    return find_stages(lab.tasks, lab.checks, run.checks, is_over=True, ran_hidden=True)


def _note_broken(
    stages: Sequence[Stage], lab: LabDetail | LabGuidance, earlier: Sequence[_Earlier]
) -> tuple[Stage, ...]:
    """Note on each stage that is not passed when it last was."""
    passed_at: dict[str, datetime] = {}
    for run in earlier:
        for stage in _stages_of(lab, run):
            if stage.state is StageState.PASSED:
                passed_at.setdefault(stage.slug, run.created_at)
    return tuple(
        stage
        if stage.state in {*_DONE, StageState.OPEN}
        else replace(stage, passed_before_at=passed_at.get(stage.slug))
        for stage in stages
    )


async def _list_earlier(
    session: AsyncSession,
    learner_id: UUID,
    version_id: UUID,
    known: Sequence[CheckTitle],
    *,
    before: UUID | None = None,
) -> list[_Earlier]:
    """List the latest graded submissions, newest first, each by its newest judgement."""
    recent = (
        select(Submission.id, Submission.created_at)
        .where(
            Submission.learner_id == learner_id,
            Submission.lab_version_id == version_id,
            Submission.kind == SubmissionKind.SUBMISSION,
        )
        .order_by(Submission.id.desc())
        .limit(_MOST_EARLIER)
    )
    if before is not None:
        recent = recent.where(Submission.id < before)
    of = recent.subquery()
    # A result holds all evidence, so it is opened only where the name does not tell the task.
    task = case((CheckRecord.hidden, CheckRecord.result["task"].as_string()))
    rows = await session.execute(
        select(of.c.id, of.c.created_at, Grading.id, CheckRecord.name, CheckRecord.outcome, task)
        .join_from(of, Grading, Grading.submission_id == of.c.id)
        .outerjoin(
            CheckRecord,
            (CheckRecord.grading_id == Grading.id) & (CheckRecord.attempt == Grading.attempt),
        )
        .where(Grading.verdict.in_(_JUDGED))
        .order_by(of.c.id.desc(), Grading.id)
    )
    tasks = {check.name: check.task for check in known}
    gradings: dict[UUID, tuple[UUID, datetime, list[_Ended]]] = {}
    for submission_id, created_at, grading_id, name, outcome, hidden_task in rows:
        _, _, ended = gradings.setdefault(grading_id, (submission_id, created_at, []))
        if name is not None:
            ended.append(_Ended(name, hidden_task or tasks.get(name, ""), outcome))
    newest = {of: _Earlier(at, tuple(ended)) for of, at, ended in gradings.values()}
    return list(newest.values())
