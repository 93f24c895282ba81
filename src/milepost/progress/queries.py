"""Reads of progress: a path, a skill, the courses and labs as one learner sees them.

A path with everything on it takes a fixed number of queries, however long it is.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog import models as catalog_models
from milepost.catalog import queries as catalog
from milepost.catalog.errors import SkillNotFound
from milepost.engine import Verdict
from milepost.progress import policy
from milepost.progress.models import CourseProgress, ObjectiveProof
from milepost.progress.types import (
    CourseView,
    LabSummary,
    ObjectiveView,
    PathView,
    ProgressView,
    SkillView,
)
from milepost.submissions.models import Grading, Submission
from milepost.submissions.types import SubmissionKind


@dataclass(frozen=True, slots=True)
class _Done:
    """Everything that one learner has done, by the ids of what it was done to."""

    proofs: dict[UUID, datetime]
    courses: dict[UUID, CourseProgress]
    labs: dict[str, LabSummary]


async def get_path_view(session: AsyncSession, actor: Actor, slug: str) -> PathView:
    """Return a path with the learner's progress."""
    path = await catalog.get_path(session, slug)
    done = await _get_done(session, actor, path.slug)
    lab_slugs = await _lab_slugs_by_objective(session, path)
    proven = [
        (skill.slug, all(objective.id in done.proofs for objective in skill.objectives))
        for skill in path.skills
    ]
    start_here = policy.find_start_here(proven, newcomer_starts_at=path.start_here)
    return PathView(
        slug=path.slug,
        title=path.title,
        summary=path.summary,
        start_here=start_here,
        skills=tuple(
            _to_skill_view(path, skill, done, lab_slugs, is_start_here=skill.slug == start_here)
            for skill in path.skills
        ),
    )


async def get_skill_view(
    session: AsyncSession, actor: Actor, *, path: str, skill: str
) -> tuple[PathView, SkillView]:
    """Return one skill with the learner's progress, and the path that it stands on."""
    view = await get_path_view(session, actor, path)
    for candidate in view.skills:
        if candidate.slug == skill:
            return view, candidate
    raise SkillNotFound(path, skill)


async def get_progress(session: AsyncSession, actor: Actor) -> ProgressView:
    """Return the learner's progress on every path."""
    paths = await catalog.list_paths(session)
    views = [await get_path_view(session, actor, path.slug) for path in paths]
    return ProgressView(track=actor.track, paths=tuple(views))


async def list_lab_summaries(
    session: AsyncSession, actor: Actor, *, path: str | None = None
) -> list[LabSummary]:
    """Return the published labs, in the order of the path, with what the learner has done."""
    labs = await catalog.list_labs(session, path=path)
    passed, last = await _lab_verdicts(session, actor)
    return [
        LabSummary(
            slug=lab.slug,
            title=lab.version.title,
            summary=lab.version.summary,
            path=lab.skill.path.slug,
            skill=lab.skill.slug,
            difficulty=lab.version.manifest["difficulty"],
            minutes=lab.version.manifest["minutes"],
            stacks=tuple(lab.version.manifest["stacks"]),
            passed_at=passed.get(lab.id),
            last_verdict=last.get(lab.id),
        )
        for lab in labs
        if lab.version is not None
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


async def _get_done(session: AsyncSession, actor: Actor, path: str) -> _Done:
    proofs = await session.execute(
        select(ObjectiveProof.objective_id, ObjectiveProof.proven_at).where(
            ObjectiveProof.learner_id == actor.id
        )
    )
    courses = await session.scalars(
        select(CourseProgress).where(CourseProgress.learner_id == actor.id)
    )
    labs = await list_lab_summaries(session, actor, path=path)
    return _Done(
        proofs=dict(iter(proofs)),
        courses={course.skill_id: course for course in courses},
        labs={lab.slug: lab for lab in labs},
    )


async def _lab_slugs_by_objective(
    session: AsyncSession, path: catalog_models.Path
) -> dict[UUID, tuple[str, ...]]:
    rows = await session.execute(
        select(catalog_models.LabObjective.objective_id, func.array_agg(catalog_models.Lab.slug))
        .join(catalog_models.Lab, catalog_models.Lab.id == catalog_models.LabObjective.lab_id)
        .join(catalog_models.Lab.skill)
        .where(catalog_models.Lab.is_published, catalog_models.Skill.path_id == path.id)
        .group_by(catalog_models.LabObjective.objective_id)
    )
    return {objective_id: tuple(sorted(slugs)) for objective_id, slugs in rows}


async def _lab_verdicts(
    session: AsyncSession, actor: Actor
) -> tuple[dict[UUID, datetime], dict[UUID, Verdict]]:
    """Return, by lab: when it was first passed, and the newest verdict of a submission."""
    lab_id = catalog_models.LabVersion.lab_id
    mine = (
        select(lab_id)
        .select_from(Grading)
        .join(Grading.submission)
        .join(Submission.lab_version)
        .where(
            Submission.learner_id == actor.id,
            Submission.kind == SubmissionKind.SUBMISSION,
            Grading.verdict.is_not(None),
        )
    )
    passed = await session.execute(
        mine.add_columns(func.min(Grading.graded_at))
        .where(Grading.verdict == Verdict.PASSED)
        .group_by(lab_id)
    )
    last = await session.execute(
        mine.add_columns(Grading.verdict)
        .ext(distinct_on(lab_id))
        .order_by(lab_id, Grading.id.desc())
    )
    return dict(iter(passed)), dict(iter(last))


def _to_skill_view(
    path: catalog_models.Path,
    skill: catalog_models.Skill,
    done: _Done,
    lab_slugs: dict[UUID, tuple[str, ...]],
    *,
    is_start_here: bool,
) -> SkillView:
    return SkillView(
        path=path.slug,
        slug=skill.slug,
        order=skill.position,
        title=skill.title,
        summary=skill.summary,
        technologies=tuple(skill.technologies),
        objectives=tuple(
            ObjectiveView(
                id=objective.id,
                key=objective.key,
                slug=objective.slug,
                title=objective.title,
                sentence=objective.sentence,
                proven_at=done.proofs.get(objective.id),
                has_lesson=objective.lesson_title is not None,
                lab_slugs=lab_slugs.get(objective.id, ()),
            )
            for objective in skill.objectives
        ),
        course=_to_course_view(path, skill, done.courses.get(skill.id)),
        labs=tuple(lab for lab in done.labs.values() if lab.skill == skill.slug),
        is_start_here=is_start_here,
    )


def _to_course_view(
    path: catalog_models.Path, skill: catalog_models.Skill, progress: CourseProgress | None
) -> CourseView:
    planned_at = progress.planned_at if progress else None
    started_at = progress.started_at if progress else None
    finished_at = progress.finished_at if progress else None
    return CourseView(
        path=path.slug,
        skill=skill.slug,
        title=skill.course_title,
        provider=skill.course_provider,
        url=skill.course_url,
        state=policy.course_state(
            planned_at=planned_at, started_at=started_at, finished_at=finished_at
        ),
        planned_at=planned_at,
        started_at=started_at,
        finished_at=finished_at,
    )
