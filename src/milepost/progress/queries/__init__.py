"""Reads of progress: a path, a skill, the courses and labs as one learner sees them.

The outlines of paths are the catalog's; what one learner has done with them is a single query,
however long a path is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
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
from milepost.catalog.outlines import LabOutline, PathOutline, SkillOutline
from milepost.core.database import run
from milepost.core.revisions import CONTENT, find_revision
from milepost.core.statements import Statement
from milepost.engine import Verdict
from milepost.labs import DRILL, LAB
from milepost.progress import policy
from milepost.progress.models import (
    CourseProgress,
    ObjectivePractice,
    ObjectiveProof,
    PlacedSkill,
    WalkedSkill,
)
from milepost.progress.types import (
    CourseView,
    LabSummary,
    Mark,
    ObjectiveView,
    PathView,
    ProgressView,
    Reach,
    SkillView,
    Standing,
)
from milepost.submissions.models import Grading, Submission
from milepost.submissions.types import SubmissionKind

_PROOF, _PRACTICE, _COURSE, _LAB = "proof", "practice", "course", "lab"
_WALKED, _PLACED = "walked", "placed"


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
    practices: dict[UUID, datetime] = field(default_factory=dict)
    courses: dict[UUID, _CourseDates] = field(default_factory=dict)
    labs: dict[UUID, _LabVerdicts] = field(default_factory=dict)
    walked: set[UUID] = field(default_factory=set)
    placed: set[UUID] = field(default_factory=set)


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
    """Return the path and the skill that a published lab or drill belongs to.

    Raises `LabNotFound`.
    """
    for path in (await get_progress(session, actor)).paths:
        for skill in path.skills:
            if any(each.slug == lab for each in (*skill.labs, *skill.drills)):
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
    session: AsyncSession, actor: Actor, *, path: str | None = None, kind: str = LAB
) -> list[LabSummary]:
    """Return the published labs, or drills, in the order of the path, with what the learner did."""
    progress = await get_progress(session, actor)
    return [
        lab
        for view in progress.paths
        if path is None or view.slug == path
        for skill in view.skills
        for lab in (skill.drills if kind == DRILL else skill.labs)
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
        elif kind == _PRACTICE:
            done.practices[subject] = first
        elif kind == _COURSE:
            done.courses[subject] = _CourseDates(first, second, third)
        elif kind == _WALKED:
            done.walked.add(subject)
        elif kind == _PLACED:
            done.placed.add(subject)
        else:
            done.labs[subject] = _LabVerdicts(first, Verdict(text))
    return done


def _select_done() -> CompoundSelect[Any]:
    """Rows of (kind, subject's id, up to three moments, a word), in one statement.

    The word is a lab's newest verdict.
    """
    learner_id: BindParameter[UUID] = bindparam("learner_id")
    nothing = null()
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
    kept = [
        select(literal(kind), table.skill_id, *[nothing] * 4).where(table.learner_id == learner_id)
        for kind, table in ((_WALKED, WalkedSkill), (_PLACED, PlacedSkill))
    ]
    # The courses come first, since they decide the types of the columns.
    return union_all(courses, *_select_marks(learner_id), labs, *kept)


def _select_marks(learner_id: BindParameter[UUID]) -> list[Select[*tuple[Any, ...]]]:
    """Rows of what is proven and of what is practised, each with its moment."""
    proofs, practices = ObjectiveProof, ObjectivePractice
    return [
        select(literal(kind), table.objective_id, moment, *[null()] * 3).where(
            table.learner_id == learner_id
        )
        for kind, table, moment in (
            (_PROOF, proofs, proofs.proven_at),
            (_PRACTICE, practices, practices.practised_at),
        )
    ]


_DONE = Statement(_select_done())


def _to_path_view(outline: PathOutline, track: Track | None, done: _Done) -> PathView:
    reach = policy.find_reach(outline, track)
    marks = {
        objective.id: policy.find_mark(
            is_proven=objective.id in done.proofs, is_practised=objective.id in done.practices
        )
        for skill in outline.skills
        for objective in skill.objectives
    }
    standings = {
        skill.slug: policy.find_standing(
            skill,
            reach,
            marks,
            was_walked=skill.id in done.walked,
            was_placed=_was_placed(skill, done),
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
        skills=tuple(
            _to_skill_view(
                outline.slug,
                skill,
                done,
                reach=reach,
                marks=marks,
                standing=standings[skill.slug],
                is_start_here=skill.slug == start_here,
            )
            for skill in outline.skills
        ),
    )


def _was_placed(skill: SkillOutline, done: _Done) -> bool:
    """Tell whether its challenge was passed, or an earlier one while it was the challenge."""
    lab = policy.find_challenge(skill)
    passed = lab is not None and done.labs.get(lab.id, _LabVerdicts()).passed_at is not None
    return passed or skill.id in done.placed


def _find_offer(
    skill: SkillOutline, done: _Done, reach: Reach, standing: Standing
) -> LabSummary | None:
    """Return the challenge of a skill where passing it would move the learner on."""
    lab = policy.find_challenge(skill)
    if lab is None or standing.is_past or lab.slug not in reach.open_labs:
        return None
    return _to_summary(lab, done)


def _to_skill_view(
    path: str,
    skill: SkillOutline,
    done: _Done,
    *,
    reach: Reach,
    marks: Mapping[UUID, Mark],
    standing: Standing,
    is_start_here: bool,
) -> SkillView:
    drills = {drill.slug: _to_summary(drill, done) for drill in skill.drills}
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
                mark=marks[objective.id],
                proven_at=done.proofs.get(objective.id),
                practised_at=done.practices.get(objective.id),
                has_lesson=objective.has_lesson,
                lab_slugs=objective.lab_slugs,
                drill=drills.get(objective.drill_slug or ""),
                open_lab_slugs=tuple(
                    slug for slug in objective.lab_slugs if slug in reach.open_labs
                ),
            )
            for objective in skill.objectives
        ),
        course=_to_course_view(path, skill, done.courses.get(skill.id, _CourseDates())),
        labs=tuple(_to_summary(lab, done) for lab in skill.labs),
        drills=tuple(drills.values()),
        standing=standing,
        is_start_here=is_start_here,
        offered_challenge=_find_offer(skill, done, reach, standing),
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


def _to_summary(lab: LabOutline, done: _Done) -> LabSummary:
    verdicts = done.labs.get(lab.id, _LabVerdicts())
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
        id=lab.id,
        is_closed=lab.is_closed,
        kind=lab.kind,
        lesson=lab.lesson,
        is_challenge=lab.is_challenge,
    )
