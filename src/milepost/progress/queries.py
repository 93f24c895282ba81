"""Reads of progress: a path, a skill, the courses and labs as one learner sees them.

The outlines of paths are the catalog's; what one learner has done with them is a single query,
however long a path is.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    bindparam,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor, Track
from milepost.catalog import models as catalog_models
from milepost.catalog import queries as catalog
from milepost.catalog.errors import LabNotFound, SkillNotFound
from milepost.catalog.types import LabOutline, PathOutline, SkillOutline
from milepost.core.database import run
from milepost.core.revisions import CONTENT, find_revision
from milepost.core.statements import Statement
from milepost.engine import Verdict
from milepost.progress import policy
from milepost.progress.models import CourseProgress, ObjectiveProof, WalkedSkill
from milepost.progress.types import (
    CourseView,
    LabSummary,
    ObjectiveView,
    PathView,
    ProgressView,
    SkillView,
    Standing,
    Touched,
)
from milepost.submissions.models import Grading, Submission
from milepost.submissions.types import SubmissionKind

_PROOF, _COURSE, _LAB, _WALKED, _TOUCHED = "proof", "course", "lab", "walked", "touched"


@dataclass(frozen=True, slots=True)
class _CourseDates:
    planned_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _LabVerdicts:
    passed_at: datetime | None = None
    last: Verdict | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """Everything that one learner has done, by the ids of what it was done to."""

    proofs: dict[UUID, datetime] = field(default_factory=dict)
    courses: dict[UUID, _CourseDates] = field(default_factory=dict)
    labs: dict[UUID, _LabVerdicts] = field(default_factory=dict)
    walked: set[UUID] = field(default_factory=set)
    touched: dict[UUID, str] = field(default_factory=dict)  # the newest alone, with its stack


async def get_path_view(session: AsyncSession, actor: Actor, slug: str) -> PathView:
    """Return a path with the learner's progress."""
    outline = await catalog.get_outline(session, slug, at=actor.revisions.content)
    return _to_path_view(outline, actor.track, await _get_done(session, actor))


async def find_preview(session: AsyncSession) -> PathView | None:
    """Return the first path as it is for everybody who has not begun, if one is published."""
    at = await find_revision(session, CONTENT)
    outlines = await catalog.list_outlines(session, at=at)
    return _to_path_view(outlines[0], None, _Done()) if outlines else None


async def get_skill_view(
    session: AsyncSession, actor: Actor, *, path: str, skill: str
) -> tuple[PathView, SkillView]:
    """Return one skill with the learner's progress, and the path that it stands on."""
    view = await get_path_view(session, actor, path)
    for candidate in view.skills:
        if candidate.slug == skill:
            return view, candidate
    raise SkillNotFound(path, skill)


async def find_lab(session: AsyncSession, actor: Actor, lab: str) -> tuple[PathView, SkillView]:
    """Return the path and the skill that a published lab belongs to, or raise `LabNotFound`."""
    for path in (await get_progress(session, actor)).paths:
        for skill in path.skills:
            if any(each.slug == lab for each in skill.labs):
                return path, skill
    raise LabNotFound(lab)


async def get_progress(session: AsyncSession, actor: Actor) -> ProgressView:
    """Return the learner's progress on every path."""
    outlines = await catalog.list_outlines(session, at=actor.revisions.content)
    done = await _get_done(session, actor)
    return ProgressView(
        track=actor.track,
        paths=tuple(_to_path_view(outline, actor.track, done) for outline in outlines),
    )


async def list_lab_summaries(
    session: AsyncSession, actor: Actor, *, path: str | None = None
) -> list[LabSummary]:
    """Return the published labs, in the order of the path, with what the learner has done."""
    progress = await get_progress(session, actor)
    return [
        lab
        for view in progress.paths
        if path is None or view.slug == path
        for skill in view.skills
        for lab in skill.labs
    ]


async def get_skill_id(session: AsyncSession, *, path: str, skill: str) -> UUID:
    """Return the id of a published skill, or raise `SkillNotFound`."""
    found = await session.scalar(
        select(catalog_models.Skill.id)
        .join(catalog_models.Skill.path)
        .where(
            catalog_models.Path.slug == path,
            catalog_models.Path.is_published,
            catalog_models.Skill.slug == skill,
            catalog_models.Skill.is_published,
        )
    )
    if found is None:
        raise SkillNotFound(path, skill)
    return found


async def _get_done(session: AsyncSession, actor: Actor) -> _Done:
    done = _Done()
    rows = await run(session, _DONE, learner_id=actor.id)
    for kind, subject, first, second, third, text in rows:
        if kind == _PROOF:
            done.proofs[subject] = first
        elif kind == _COURSE:
            done.courses[subject] = _CourseDates(first, second, third)
        elif kind == _WALKED:
            done.walked.add(subject)
        elif kind == _TOUCHED:
            done.touched[subject] = text
        else:
            done.labs[subject] = _LabVerdicts(first, Verdict(text))
    return done


def _select_done() -> CompoundSelect[Any]:
    """Rows of (kind, subject's id, up to three moments, a word), in one statement.

    The word is a lab's newest verdict, or the stack of the lab that was touched last.
    """
    learner_id: BindParameter[UUID] = bindparam("learner_id")
    nothing = null()
    proofs = select(
        literal(_PROOF), ObjectiveProof.objective_id, ObjectiveProof.proven_at, *[nothing] * 3
    ).where(ObjectiveProof.learner_id == learner_id)
    courses = select(
        literal(_COURSE),
        CourseProgress.skill_id,
        CourseProgress.planned_at,
        CourseProgress.started_at,
        CourseProgress.finished_at,
        nothing,
    ).where(CourseProgress.learner_id == learner_id)
    lab_id = catalog_models.LabVersion.lab_id
    newest_first = aggregate_order_by(Grading.verdict, Grading.id.desc())
    labs = (
        select(
            literal(_LAB),
            lab_id,
            func.min(Grading.graded_at).filter(Grading.verdict == Verdict.PASSED),
            nothing,
            nothing,
            func.array_agg(newest_first)[1],
        )
        .select_from(Grading)
        .join(Grading.submission)
        .join(Submission.lab_version)
        .where(
            Submission.learner_id == learner_id,
            Submission.kind == SubmissionKind.SUBMISSION,
            Grading.verdict.is_not(None),
        )
        .group_by(lab_id)
    )
    walked = select(literal(_WALKED), WalkedSkill.skill_id, *[nothing] * 4).where(
        WalkedSkill.learner_id == learner_id
    )
    touched = (
        select(literal(_TOUCHED), lab_id, *[nothing] * 3, Submission.stack)
        .join(Submission.lab_version)
        .where(Submission.learner_id == learner_id)
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return union_all(proofs, courses, labs, walked, touched)


_DONE = Statement(_select_done())


def _to_path_view(outline: PathOutline, track: Track | None, done: _Done) -> PathView:
    provable = policy.find_provable(outline, track)
    standings = {
        skill.slug: policy.find_standing(
            skill,
            provable,
            done.proofs,
            was_walked=skill.id in done.walked,
            nothing_because=policy.find_reason(outline, skill, track),
        )
        for skill in outline.skills
    }
    start_here = policy.find_start_here(
        tuple(standings.items()), newcomer_starts_at=outline.start_here
    )
    return PathView(
        slug=outline.slug,
        title=outline.title,
        summary=outline.summary,
        start_here=start_here,
        words=policy.say_where_to_go(outline.skills, standings, start_here),
        last_touched=_find_touched(outline, done),
        skills=tuple(
            _to_skill_view(
                outline.slug,
                skill,
                done,
                provable=provable,
                standing=standings[skill.slug],
                is_start_here=skill.slug == start_here,
            )
            for skill in outline.skills
        ),
    )


def _find_touched(outline: PathOutline, done: _Done) -> Touched | None:
    labs = (lab for skill in outline.skills for lab in skill.labs if lab.id in done.touched)
    lab = next(labs, None)
    if lab is None:
        return None
    return Touched(_to_summary(lab, done.labs.get(lab.id, _LabVerdicts())), done.touched[lab.id])


def _to_skill_view(
    path: str,
    skill: SkillOutline,
    done: _Done,
    *,
    provable: Container[UUID],
    standing: Standing,
    is_start_here: bool,
) -> SkillView:
    return SkillView(
        path=path,
        slug=skill.slug,
        order=skill.position,
        title=skill.title,
        summary=skill.summary,
        technologies=skill.technologies,
        objectives=tuple(
            ObjectiveView(
                id=objective.id,
                key=objective.key,
                slug=objective.slug,
                title=objective.title,
                sentence=objective.sentence,
                proven_at=done.proofs.get(objective.id),
                has_lesson=objective.has_lesson,
                lab_slugs=objective.lab_slugs,
                is_provable=objective.id in provable,
            )
            for objective in skill.objectives
        ),
        course=_to_course_view(path, skill, done.courses.get(skill.id, _CourseDates())),
        labs=tuple(_to_summary(lab, done.labs.get(lab.id, _LabVerdicts())) for lab in skill.labs),
        standing=standing,
        is_start_here=is_start_here,
    )


def _to_course_view(path: str, skill: SkillOutline, dates: _CourseDates) -> CourseView:
    return CourseView(
        path=path,
        skill=skill.slug,
        title=skill.course_title,
        provider=skill.course_provider,
        url=skill.course_url,
        state=policy.course_state(
            planned_at=dates.planned_at,
            started_at=dates.started_at,
            finished_at=dates.finished_at,
        ),
        planned_at=dates.planned_at,
        started_at=dates.started_at,
        finished_at=dates.finished_at,
    )


def _to_summary(lab: LabOutline, verdicts: _LabVerdicts) -> LabSummary:
    return LabSummary(
        slug=lab.slug,
        title=lab.title,
        summary=lab.summary,
        path=lab.path,
        skill=lab.skill,
        difficulty=lab.difficulty,
        minutes=lab.minutes,
        stacks=lab.stacks,
        passed_at=verdicts.passed_at,
        last_verdict=verdicts.last,
    )
