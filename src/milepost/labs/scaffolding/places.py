"""Where a new lab goes: the folder of the skill of its first objective, and a name that is free.

What is written there lives in `writing`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from milepost.labs.drill import DRILLS_FOLDER, PREFIX
from milepost.labs.loading import list_lab_folders
from milepost.labs.scaffolding.errors import ScaffoldRefused
from milepost.labs.tables import is_slug

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective of a path, with the folder of its skill."""

    key: str  # such as language.loops
    title: str
    skill: Path

    @property
    def slug(self) -> str:
        """Its name within its skill."""
        return self.key.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new lab goes, and what it is called."""

    folder: Path
    slug: str
    title: str
    objectives: tuple[Objective, ...]
    known: tuple[str, ...]  # all objectives of the skill
    lesson: Path  # of the first objective; it need not exist


def find_objective(named: str, content: Path) -> Objective:
    """Find an objective by `skill.objective`, the skill with or without its number in the path.

    Raises ScaffoldRefused, which names the nearest.
    """
    known = _list_objectives(content)
    skill, _, slug = named.partition(".")
    key = f"{skill.partition('-')[2] if skill[:1].isdigit() else skill}.{slug}"
    found = [objective for objective in known if objective.key == key]
    if len(found) > 1:
        paths = " and ".join(sorted(each.skill.parent.name for each in found))
        raise ScaffoldRefused(
            f"{key} is an objective of several paths: {paths}.",
            "Name the content folder of one path alone with --content.",
        )
    if not found:
        raise ScaffoldRefused(f"There is no objective {named!r}.", _suggest(key, known, content))
    return found[0]


def find_place(content: Path, named: Sequence[str], slug: str, *, is_drill: bool) -> Place:
    """Find where a lab on these objectives goes; raises ScaffoldRefused."""
    objectives = tuple(find_objective(each, content) for each in dict.fromkeys(named))
    first = objectives[0]
    if is_drill:
        slug = _name_drill(first, slug, content)
        folder = first.skill / DRILLS_FOLDER / first.slug
    else:
        _require_free_name(slug, content)
        folder = first.skill / "labs" / slug
        if folder.exists():
            raise ScaffoldRefused(f"{folder} exists already.", "Choose another name.")
    return Place(
        folder=folder,
        slug=slug,
        title=first.title if is_drill else slug.replace("-", " ").capitalize(),
        objectives=objectives,
        known=tuple(
            sorted(each.key for each in _list_objectives(content) if each.skill == first.skill)
        ),
        lesson=first.skill / "lessons" / f"{first.slug}.md",
    )


def _name_drill(objective: Objective, slug: str, content: Path) -> str:
    own = PREFIX + objective.slug
    if slug and slug not in (own, objective.slug):
        raise ScaffoldRefused(
            f"A drill is named after its objective, so this one cannot be called {slug!r}.",
            f"Leave the name out: it will be {own}.",
        )
    folder = objective.skill / DRILLS_FOLDER / objective.slug
    if folder.exists():
        raise ScaffoldRefused(
            f"{objective.key} has a drill already, in {folder}.",
            "An objective has one. Change that one, or begin a lab (without --drill).",
        )
    if taken := list_lab_folders(content).get(own):
        raise ScaffoldRefused(
            f"The name {own} is taken by {taken}, whose objective is called alike.",
            "Rename one of the two objectives.",
        )
    return own


def _require_free_name(slug: str, content: Path) -> None:
    if not slug:
        raise ScaffoldRefused(
            "A lab needs a name.", "Say it first: milepost labs new word-count --objective …"
        )
    if not is_slug(slug):
        raise ScaffoldRefused(
            f"A lab cannot be called {slug!r}.",
            "Use small letters, digits and single hyphens, beginning with a letter.",
        )
    if taken := list_lab_folders(content).get(slug):
        raise ScaffoldRefused(f"{taken} exists already.", "Choose another name.")


def _suggest(key: str, known: Sequence[Objective], content: Path) -> str:
    names = [objective.key for objective in known]
    if not names:
        return f"No skill in {content} has any. Name the folder of all paths with --content."
    by_last_word = [name for name in names if name.partition(".")[2] == key.partition(".")[2]]
    near = by_last_word or get_close_matches(key, names, n=_NEAREST, cutoff=0.4)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"There is: {', '.join(names)}."


def _list_objectives(content: Path) -> list[Objective]:
    """List the objectives of every skill whose file can be read."""
    found: list[Objective] = []
    for file in sorted(content.glob("*/*/skill.toml")):
        try:
            skill = tomllib.loads(file.read_text(encoding="utf-8"))
            found += [_read_objective(skill["slug"], each, file) for each in skill["objectives"]]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # `milepost doctor` names it; the other skills can be used all the same
    return found


def _read_objective(skill: str, table: Mapping[str, str], file: Path) -> Objective:
    slug = table["slug"]
    title = table.get("title", slug.replace("-", " ").capitalize())
    return Objective(f"{skill}.{slug}", title, file.parent)
