"""Publishing labs: a version for every content hash ever seen, one of them current.

A version's manifest is what may be shown; hidden checks are in it only as a number.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from milepost.catalog import models
from milepost.catalog.answers import describe_flaws
from milepost.catalog.proof import LabProof
from milepost.core.clock import utc_now
from milepost.core.ids import new_id
from milepost.labs import Lab, find_proof_problem, package_lab, package_solutions


async def publish_labs(
    session: AsyncSession, labs: Sequence[Lab], skill_ids: dict[Path, UUID]
) -> tuple[str, ...]:
    """Make `labs` the published ones, and return their slugs."""
    await session.execute(update(models.Lab).values(is_published=False))
    rows = await session.scalars(select(models.Lab).options(selectinload(models.Lab.objectives)))
    known = {row.slug: row for row in rows}
    for lab in labs:
        skill_id = skill_ids[lab.folder.resolve().parent.parent]
        row = known.get(lab.slug)
        if row is None:
            row = models.Lab(id=new_id(), slug=lab.slug, objectives=[])
            session.add(row)
        row.skill_id = skill_id
        row.is_published = True
        row.objectives = await _objectives(session, lab, skill_id)
        await session.flush()
        row.version_id = await _get_or_create_version(session, row, lab)
    await session.flush()
    return tuple(lab.slug for lab in labs)


async def _objectives(session: AsyncSession, lab: Lab, skill_id: UUID) -> list[models.Objective]:
    path_id = select(models.Skill.path_id).where(models.Skill.id == skill_id).scalar_subquery()
    rows = await session.scalars(
        select(models.Objective)
        .join(models.Objective.skill)
        .where(models.Skill.path_id == path_id, models.Objective.key.in_(lab.objectives))
    )
    return list(rows)


async def _get_or_create_version(session: AsyncSession, row: models.Lab, lab: Lab) -> UUID:
    found = await session.scalar(
        select(models.LabVersion)
        .where(
            models.LabVersion.lab_id == row.id,
            models.LabVersion.content_hash == lab.content_hash,
        )
        .options(undefer(models.LabVersion.manifest))
    )
    if found is not None:
        # The same content may have been proven anew, and may lead its learners otherwise; nothing
        # else of a version ever changes.
        found.manifest = {**found.manifest, **_guidance(lab), "proof": _proof(lab)}
        await _store_solutions(session, found.id, lab)
        return found.id
    version = models.LabVersion(
        id=new_id(),
        lab_id=row.id,
        content_hash=lab.content_hash,
        title=lab.title,
        summary=lab.summary,
        manifest=_manifest(lab),
        package=package_lab(lab, include_hidden=True),
        visible_package=package_lab(lab, include_hidden=False),
        created_at=utc_now(),
    )
    session.add(version)
    await session.flush()
    await _store_solutions(session, version.id, lab)
    return version.id


async def _store_solutions(session: AsyncSession, version_id: UUID, lab: Lab) -> None:
    """Keep a version's right and wrong answers: they may change without its content.

    Workers find them there, and those who passed. What an older Milepost left out is filled in.
    """
    given = insert(models.LabSolutions).values(
        lab_version_id=version_id, package=package_solutions(lab), flaws=describe_flaws(lab)
    )
    package, flaws = given.excluded.package, given.excluded.flaws
    await session.execute(
        given.on_conflict_do_update(
            index_elements=["lab_version_id"],
            set_={"package": package, "flaws": flaws},
            where=or_(
                models.LabSolutions.package != package,
                models.LabSolutions.flaws.is_distinct_from(flaws),
            ),
        )
    )


def _proof(lab: Lab) -> dict[str, Any] | None:
    """Say how a lab was proven; a lab that was not, which only authors publish, has no proof."""
    if find_proof_problem(lab) is not None:
        return None
    try:
        return LabProof.model_validate(lab.record).model_dump(mode="json")
    except ValidationError:  # somebody edited it by hand, so it says nothing that could be shown
        return None


def _guidance(lab: Lab) -> dict[str, Any]:
    """Say how learners are led through a lab: no verdict depends on it."""
    return {
        "is_staged": lab.is_staged,
        "hints": {name: [asdict(step) for step in steps] for name, steps in lab.hints.items()},
    }


def _manifest(lab: Lab) -> dict[str, Any]:
    visible = [check for check in lab.checks if not check.hidden]
    return {
        "kind": lab.kind,
        # Apart, so that a worker which knows of no drills proves nothing by one.
        "objectives": [] if lab.is_drill else list(lab.objectives),
        "practises": list(lab.objectives) if lab.is_drill else [],
        "difficulty": lab.difficulty,
        "minutes": lab.minutes,
        "stacks": list(lab.stacks),
        "brief": lab.brief,
        "tasks": [
            {"slug": task.slug, "title": task.title, "sentence": task.sentence}
            for task in lab.tasks
        ],
        "checks": [
            {
                "name": check.name,
                "title": check.title,
                "task": check.task,
                "objectives": list(check.objectives),
            }
            for check in visible
        ],
        "hidden_check_count": len(lab.checks) - len(visible),
        "starter": {
            stack: {path: text.decode() for path, text in lab.starter_files(stack).items()}
            for stack in lab.stacks
        },
        "grading": lab.grading.to_json(),
        "misconceptions": [
            {"fails": sorted(flaw.fails), "title": flaw.title, "text": flaw.misconception}
            for flaw in lab.flawed()
        ],
        "shows_answers": lab.shows_answers,
        **_guidance(lab),
        "proof": _proof(lab),
    }
