"""The content files of a path as they are read: `path.toml`, `skill.toml`, lessons.

A lab's own files are read by `labs`. Invariant: a key that is not named here is refused.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Slug = str


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LanguageChoice(_File):
    """A language that a track can name; without a stack, no lab is graded in it yet."""

    slug: Slug
    title: str
    stack: str | None = None


class FrameworkChoice(LanguageChoice):
    """A framework that a track can name, and the language that it goes with."""

    language: Slug


class PathFile(_File):
    """`path.toml`."""

    slug: Slug
    title: str
    summary: str
    start_here: Slug
    languages: tuple[LanguageChoice, ...] = ()
    frameworks: tuple[FrameworkChoice, ...] = ()


class CourseFacts(_File):
    """The outside course suggested with a skill. Its URL is the operator's to set."""

    title: str
    provider: str


class ObjectiveFacts(_File):
    """One objective of a skill."""

    slug: Slug
    title: str
    sentence: str


class SkillFile(_File):
    """`skill.toml`."""

    slug: Slug
    title: str
    summary: str
    technologies: tuple[str, ...] = ()
    challenge: Slug | None = None  # the lab that may be passed before the others
    course: CourseFacts
    objectives: tuple[ObjectiveFacts, ...] = Field(min_length=1)


class ShownIn(_File):
    """Where this codebase shows an objective at work, or that only labs do."""

    id: str
    shows: Literal["symbol", "test", "command", "labs-only", "planned"]
    ref: str = ""
    sentence: str


class LessonText(_File):
    """A lesson: Markdown under a title."""

    title: str
    markdown: str


class SkillContent(_File):
    """A skill's file and its lessons, by the slug of their objective."""

    folder: str
    facts: SkillFile
    lessons: dict[Slug, LessonText]


class PathContent(_File):
    """Everything of a path but its labs."""

    facts: PathFile
    skills: tuple[SkillContent, ...]
    shown_in: dict[str, ShownIn]
