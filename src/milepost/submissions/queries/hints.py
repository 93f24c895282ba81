"""Reads of hints: which steps a failed check offers, and which of them its learner has opened.

Invariant: the words of a step leave here only once it was opened, and only on a visible check that
failed.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog.guidance import HintStep, LabGuidance, select_guidance
from milepost.catalog.models import LabVersion
from milepost.engine import CheckResult, Outcome
from milepost.submissions.models import OpenedHint, Submission
from milepost.submissions.types import CheckHints, HintView, LessonLink

HELPED = frozenset({Outcome.FAILED, Outcome.TIMED_OUT, Outcome.CRASHED})


async def list_hints(
    session: AsyncSession,
    learner_id: UUID,
    guidance: LabGuidance,
    runs: Iterable[Iterable[CheckResult]],
) -> list[tuple[CheckHints, ...]]:
    """Return for each run what is offered for its failed checks, with the steps opened so far.

    However many runs there are, it is one read.
    """
    helped = [
        [
            check.name
            for check in checks
            if not check.hidden and check.outcome in HELPED and check.name in guidance.hints
        ]
        for checks in runs
    ]
    names = [*dict.fromkeys(name for each in helped for name in each)]
    offered = {
        each.check: each for each in await _show_opened(session, learner_id, guidance, names)
    }
    return [tuple(offered[name] for name in each) for each in helped]


async def find_hints(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> dict[str, CheckHints]:
    """Find what a submission's checks offer if they fail, by name, for checks yet to end."""
    version_id = await session.scalar(
        select(Submission.lab_version_id).where(
            Submission.id == submission_id, Submission.learner_id == actor.id
        )
    )
    if version_id is None:
        return {}
    guidance = await get_guidance(session, version_id)
    found = await _show_opened(session, actor.id, guidance, [*guidance.hints])
    return {each.check: each for each in found}


async def get_guidance(session: AsyncSession, version_id: UUID) -> LabGuidance:
    """Return how learners are led through a version of a lab."""
    found = await session.execute(select_guidance(version_id))
    return LabGuidance.model_validate(found.one(), from_attributes=True)


async def _show_opened(
    session: AsyncSession, learner_id: UUID, guidance: LabGuidance, names: Sequence[str]
) -> tuple[CheckHints, ...]:
    if not names:
        return ()
    rows = await session.execute(
        select(OpenedHint.check_name, func.max(OpenedHint.step))
        .where(OpenedHint.learner_id == learner_id, OpenedHint.lab_id == guidance.lab_id)
        .group_by(OpenedHint.check_name)
    )
    opened = {name: step for name, step in rows}  # noqa: C416 - rows are no pairs to a type checker
    return tuple(
        CheckHints(
            check=name,
            step_count=len(guidance.hints[name]),
            opened=tuple(
                show_step(number, step, guidance.path_slug)
                for number, step in enumerate(guidance.hints[name], start=1)
                if number <= opened.get(name, 0)
            ),
        )
        for name in names
    )


async def count_opened_hints(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> dict[str, int]:
    """Count the steps, by check, that the learner had opened with or before a submission."""
    rows = await session.execute(
        select(OpenedHint.check_name, func.count())
        .join(LabVersion, LabVersion.lab_id == OpenedHint.lab_id)
        .join(Submission, Submission.lab_version_id == LabVersion.id)
        .where(
            Submission.id == submission_id,
            Submission.learner_id == actor.id,
            OpenedHint.learner_id == actor.id,
            or_(
                OpenedHint.submission_id == Submission.id,
                OpenedHint.opened_at <= Submission.created_at,
            ),
        )
        .group_by(OpenedHint.check_name)
        .order_by(OpenedHint.check_name)
    )
    return {name: count for name, count in rows}  # noqa: C416 - likewise


def show_step(number: int, step: HintStep, path: str) -> HintView:
    """Show a step, numbered from 1, as a learner of this path reads it once it is open."""
    place = step.section
    lesson = None
    if place is not None:
        skill, _, objective = place.objective.partition(".")
        lesson = LessonLink(path, skill, objective, place.name)
    return HintView(number, step.kind, step.text, lesson)
