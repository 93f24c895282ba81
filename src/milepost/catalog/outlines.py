"""Paths, skills and labs in outline: what is the same for every learner, as lists need it.

A lab in full is `types.LabDetail`. Plain values, which may be kept and shared.
"""

from dataclasses import dataclass
from uuid import UUID

from milepost.catalog.files import FrameworkChoice, LanguageChoice, Slug
from milepost.labs import LAB


@dataclass(frozen=True, slots=True)
class LabOutline:
    """A lab in a list, as every learner sees it."""

    id: UUID
    slug: Slug
    title: str
    summary: str
    path: Slug
    skill: Slug
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    is_closed: bool
    kind: str = LAB
    lesson: Slug | None = None  # of a drill: in which lesson of its skill it stands
    is_challenge: bool = False  # passing it places a learner past its skill


@dataclass(frozen=True, slots=True)
class ObjectiveOutline:
    """An objective, the labs that prove it, and the drill in which it is practised."""

    id: UUID
    key: str
    slug: Slug
    title: str
    sentence: str
    has_lesson: bool
    lab_slugs: tuple[Slug, ...]
    drill_slug: Slug | None = None


@dataclass(frozen=True, slots=True)
class SkillOutline:
    """A skill with its course, objectives, labs and drills."""

    id: UUID
    slug: Slug
    position: int
    title: str
    summary: str
    technologies: tuple[str, ...]
    course_title: str
    course_provider: str
    course_url: str | None
    objectives: tuple[ObjectiveOutline, ...]
    labs: tuple[LabOutline, ...]
    drills: tuple[LabOutline, ...] = ()


@dataclass(frozen=True, slots=True)
class PathOutline:
    """A published path as every learner sees it: all that is the same for all of them."""

    slug: Slug
    title: str
    summary: str
    start_here: Slug
    languages: tuple[LanguageChoice, ...]
    frameworks: tuple[FrameworkChoice, ...]
    skills: tuple[SkillOutline, ...]


@dataclass(frozen=True, slots=True)
class LabOffer:
    """What a lab takes right now: which version is graded, in which stacks, and beside what.

    In a stack of `serving_stacks` it starts the learner's own service.
    """

    version_id: UUID
    content_hash: str
    title: str
    stacks: tuple[str, ...]
    serving_stacks: tuple[str, ...]
    services: tuple[str, ...]
    is_closed: bool
