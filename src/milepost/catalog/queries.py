"""Reads of the catalog: published content only, and lab versions by id for old work.

What every learner sees alike, the outlines, is read once a revision of the content and kept.
Everything else is one query, or one with its collections; nothing here loads in a loop.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload, undefer
from sqlalchemy.sql.base import ExecutableOption

from milepost.accounts.types import Track
from milepost.catalog.errors import LabNotFound, LessonNotFound, PathNotFound, TrackUnknown
from milepost.catalog.models import (
    Lab,
    LabSolutions,
    LabVersion,
    Objective,
    Path,
    Skill,
    UnreadAnswer,
)
from milepost.catalog.outlines import (
    LabOffer,
    PathOutline,
)
from milepost.catalog.outlining import to_path_outline
from milepost.catalog.types import ClosedLab, LabDetail, UnreadAnswerNote
from milepost.core.database import run
from milepost.core.revisions import CONTENT, Kept
from milepost.core.statements import Statement
from milepost.engine import GradingSpec
from milepost.labs import LAB

_OFFERS = select(
    LabVersion.id,
    LabVersion.content_hash,
    LabVersion.title,
    LabVersion.manifest["stacks"],
    # See GradingSpec.from_json.
    func.coalesce(LabVersion.manifest["grading"], LabVersion.manifest).label("grading"),
    LabVersion.closed_at,
)
_CURRENT_OFFER = Statement(
    _OFFERS.join(Lab, Lab.version_id == LabVersion.id).where(
        Lab.slug == bindparam("slug"), Lab.is_published
    )
)
_outlines: Kept[tuple[PathOutline, ...]] = Kept(most=1)


async def list_outlines(session: AsyncSession, *, at: UUID | None) -> tuple[PathOutline, ...]:
    """Return the published paths with everything on them, as at this revision of the content."""
    kept = _outlines.find(CONTENT, at)
    if kept is not None:
        return kept
    paths = await session.scalars(
        select(Path).where(Path.is_published).order_by(Path.slug).options(*_with_objectives())
    )
    labs = await list_labs(session)
    outlines = tuple(to_path_outline(path, labs) for path in paths)
    return _outlines.keep(CONTENT, at, outlines)


async def get_outline(session: AsyncSession, slug: str, *, at: UUID | None) -> PathOutline:
    """Return one published path with everything on it, or raise `PathNotFound`."""
    for outline in await list_outlines(session, at=at):
        if outline.slug == slug:
            return outline
    raise PathNotFound(slug)


async def list_paths(session: AsyncSession) -> list[Path]:
    """Return the published paths."""
    rows = await session.scalars(select(Path).where(Path.is_published).order_by(Path.slug))
    return list(rows)


async def get_path(session: AsyncSession, slug: str) -> Path:
    """Return a path with its skills and objectives, without lessons' texts."""
    path = await session.scalar(
        select(Path).where(Path.slug == slug, Path.is_published).options(*_with_objectives())
    )
    if path is None:
        raise PathNotFound(slug)
    return path


async def get_lesson(session: AsyncSession, *, path: str, skill: str, objective: str) -> Objective:
    """Return an objective that has a lesson, with its text, its skill and its path."""
    row = await session.scalar(
        select(Objective)
        .join(Objective.skill)
        .join(Skill.path)
        .where(
            Path.slug == path,
            Skill.slug == skill,
            Objective.slug == objective,
            Objective.is_published,
            Objective.lesson_title.is_not(None),
        )
        .options(
            undefer(Objective.lesson_markdown),
            contains_eager(Objective.skill).contains_eager(Skill.path),
        )
    )
    if row is None:
        raise LessonNotFound(f"{skill}.{objective}")
    return row


async def list_labs(session: AsyncSession) -> list[Lab]:
    """Return the published labs with their objectives, skills and current versions.

    Those of a skill stand shortest first, as one would do them.
    """
    rows = await session.scalars(
        select(Lab)
        .join(Lab.skill)
        .join(Skill.path)
        .where(Lab.is_published, Lab.version_id.is_not(None), Path.is_published)
        .options(
            contains_eager(Lab.skill).contains_eager(Skill.path),
            selectinload(Lab.objectives),
            selectinload(Lab.version).undefer(LabVersion.manifest),
        )
        .order_by(Path.slug, Skill.position, Lab.slug)
    )
    return sorted(rows, key=lambda lab: (lab.skill.path.slug, lab.skill.position, _minutes(lab)))


def _minutes(lab: Lab) -> int:
    return int(lab.version.manifest["minutes"]) if lab.version is not None else 0


async def get_published_lab(session: AsyncSession, slug: str) -> LabDetail:
    """Return a lab as it stands now, or raise `LabNotFound`."""
    row = await session.scalar(
        select(Lab)
        .join(Lab.skill)
        .join(Skill.path)
        .where(Lab.slug == slug, Lab.is_published, Lab.version_id.is_not(None))
        .options(
            contains_eager(Lab.skill).contains_eager(Skill.path),
            selectinload(Lab.objectives),
            selectinload(Lab.version).undefer(LabVersion.manifest),
        )
    )
    if row is None or row.version is None:
        raise LabNotFound(slug)
    return _to_detail(row, row.version)


async def list_closed_labs(session: AsyncSession) -> list[ClosedLab]:
    """Return the published labs that are closed because their checks are at fault."""
    rows = await session.execute(
        select(Lab.slug, LabVersion.closed_at, LabVersion.closed_reason.label("reason"))
        .join(LabVersion, Lab.version_id == LabVersion.id)
        .where(Lab.is_published, LabVersion.closed_at.is_not(None))
        .order_by(LabVersion.closed_at)
    )
    return [ClosedLab.model_validate(row, from_attributes=True) for row in rows]


async def list_unread_answers(
    session: AsyncSession, slug: str | None = None
) -> list[UnreadAnswerNote]:
    """Return which checks of published labs could not read an answer, the latest first."""
    found = (
        select(
            Lab.slug.label("lab"),
            *(
                getattr(UnreadAnswer, name)
                for name in UnreadAnswerNote.model_fields
                if name != "lab"
            ),
        )
        .join(Lab, Lab.version_id == UnreadAnswer.lab_version_id)
        .where(Lab.is_published)
        .order_by(UnreadAnswer.seen_at.desc())
    )
    if slug is not None:
        found = found.where(Lab.slug == slug)
    rows = await session.execute(found)
    return [UnreadAnswerNote.model_validate(row, from_attributes=True) for row in rows]


async def get_lab_offer(session: AsyncSession, slug: str) -> LabOffer:
    """Return what a published lab takes right now, in one lean read, or raise `LabNotFound`."""
    rows = await run(session, _CURRENT_OFFER, slug=slug)
    if not rows:
        raise LabNotFound(slug)
    return _to_offer(*rows[0])


async def get_version_offer(session: AsyncSession, version_id: UUID) -> LabOffer:
    """Return what a version of a lab takes, whether it is the current one or not."""
    row = (await session.execute(_OFFERS.where(LabVersion.id == version_id))).one()
    return _to_offer(*row)


async def get_version_spec(session: AsyncSession, version_id: UUID) -> tuple[str, GradingSpec]:
    """Return the hash of a version's content, and how it is graded."""
    row = (await session.execute(_OFFERS.where(LabVersion.id == version_id))).one()
    return row.content_hash, GradingSpec.from_json(row.grading)


async def list_slugs_with(session: AsyncSession, services: Collection[str]) -> list[str]:
    """List the published labs and drills that have one of these services, by their slugs."""
    offers = _OFFERS.join(Lab, Lab.version_id == LabVersion.id).where(Lab.is_published)
    rows = await session.execute(offers.add_columns(Lab.slug).order_by(Lab.slug))
    return [
        row.slug
        for row in rows
        if not set(services).isdisjoint(GradingSpec.from_json(row.grading).services)
    ]


async def get_visible_package(session: AsyncSession, slug: str) -> bytes:
    """Return the zip of a lab that may leave the server: visible checks, no solutions."""
    package = await session.scalar(
        select(LabVersion.visible_package)
        .join(Lab, Lab.version_id == LabVersion.id)
        .where(Lab.slug == slug, Lab.is_published)
    )
    if package is None:
        raise LabNotFound(slug)
    return package


async def get_package(session: AsyncSession, version_id: UUID) -> bytes:
    """Return the zip that a version of a lab is graded with. Versions are never deleted."""
    found = await session.execute(select(LabVersion.package).where(LabVersion.id == version_id))
    return found.scalar_one()


async def find_solutions_package(session: AsyncSession, version_id: UUID) -> bytes | None:
    """Find the zip of a version's solutions. For workers alone.

    None for a version that was published before solutions were kept.
    """
    return await session.scalar(
        select(LabSolutions.package).where(LabSolutions.lab_version_id == version_id)
    )


def _to_offer(
    version_id: UUID,
    content_hash: str,
    title: str,
    stacks: list[str],
    grading: dict[str, Any],
    closed_at: datetime | None,
) -> LabOffer:
    spec = GradingSpec.from_json(grading)
    return LabOffer(
        version_id=version_id,
        content_hash=content_hash,
        title=title,
        stacks=tuple(stacks),
        serving_stacks=tuple(name for name, entry in spec.entries.items() if entry.service),
        services=spec.services,
        is_closed=closed_at is not None,
    )


def select_objective_ids() -> Select[UUID]:
    """Select the objectives with these `keys` on the path that the lab `lab_id` belongs to."""
    keys = bindparam("keys", type_=ARRAY(Text))
    path_id = (
        select(Skill.path_id)
        .join(Lab, Lab.skill_id == Skill.id)
        .where(Lab.id == bindparam("lab_id"))
    ).scalar_subquery()
    return (
        select(Objective.id)
        .join(Objective.skill)
        .where(Skill.path_id == path_id, Objective.key == any_(keys))
    )


async def require_track(session: AsyncSession, track: Track) -> None:
    """Raise `TrackUnknown` unless some published path offers both parts of the track."""
    for path in await list_paths(session):
        languages = {row["slug"] for row in path.languages}
        frameworks = {row["slug"] for row in path.frameworks}
        if track.language in languages and track.framework in frameworks:
            return
    raise TrackUnknown(track.language, track.framework)


def _with_objectives() -> tuple[ExecutableOption, ...]:
    skills = selectinload(Path.skills.and_(Skill.is_published))
    return (skills.selectinload(Skill.objectives.and_(Objective.is_published)),)


def _to_detail(row: Lab, version: LabVersion) -> LabDetail:
    manifest = version.manifest
    spec = GradingSpec.from_json(manifest.get("grading", manifest))
    return LabDetail(
        version_id=version.id,
        content_hash=version.content_hash,
        slug=row.slug,
        title=version.title,
        summary=version.summary,
        path_slug=row.skill.path.slug,
        skill_slug=row.skill.slug,
        skill_title=row.skill.title,
        objectives=tuple((objective.key, objective.title) for objective in row.objectives),
        difficulty=manifest["difficulty"],
        minutes=manifest["minutes"],
        stacks=tuple(manifest["stacks"]),
        brief=manifest["brief"],
        tasks=tuple(manifest["tasks"]),
        checks=tuple(manifest["checks"]),
        hidden_check_count=manifest["hidden_check_count"],
        starter=manifest["starter"],
        is_staged=manifest.get("is_staged", False),
        programs={
            stack: [*(entry.program or entry.service)] for stack, entry in spec.entries.items()
        },
        kind=manifest.get("kind", LAB),
        is_challenge=row.slug == row.skill.challenge,
        services=spec.services,
        closed_at=version.closed_at,
        proof=manifest.get("proof"),
    )
