"""How learners are led through a lab's version: its stages, hints, and what others had in mind.

None of it decides a verdict, so it may change while the version stays. Invariant: of hints nobody
may be told but a learner who failed the check; `submissions` sees to that.
"""

from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, func, select

from milepost.catalog.files import Slug
from milepost.catalog.models import Lab, LabVersion, Path, Skill
from milepost.catalog.types import CheckTitle, TaskInfo


class LessonPlace(BaseModel):
    """A section of an objective's lesson."""

    objective: str  # its key, such as language.loops
    name: str
    title: str


class HintStep(BaseModel):
    """One step of help with a failed check; a lesson's section says where it is."""

    kind: str
    text: str
    section: LessonPlace | None = None


class LabGuidance(BaseModel):
    """What leads learners through one version of a lab."""

    lab_id: UUID
    path_slug: Slug
    tasks: tuple[TaskInfo, ...]
    checks: tuple[CheckTitle, ...]  # the visible ones
    is_staged: bool
    hints: dict[str, tuple[HintStep, ...]]
    misconceptions: list[dict[str, Any]]  # of the known wrong answers, with the checks they fail


def select_guidance(version_id: UUID) -> Select[Any]:
    """Select how learners are led through a version; one of an older Milepost has no hints.

    `LabGuidance` reads the row.
    """
    manifest = LabVersion.manifest
    none, empty = func.jsonb_build_array(), func.jsonb_build_object()
    return (
        select(
            LabVersion.lab_id,
            Path.slug.label("path_slug"),
            manifest["tasks"].label("tasks"),
            manifest["checks"].label("checks"),
            func.coalesce(manifest["is_staged"].as_boolean(), False).label("is_staged"),
            func.coalesce(manifest["hints"], empty).label("hints"),
            func.coalesce(manifest["misconceptions"], none).label("misconceptions"),
        )
        .join(LabVersion.lab)
        .join(Lab.skill)
        .join(Skill.path)
        .where(LabVersion.id == version_id)
    )
