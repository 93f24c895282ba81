"""Reading a path's own files: `path.toml`, each `skill.toml`, the lessons, `in-milepost.toml`.

Labs are read by `milepost.labs`. Nothing here touches the database.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from milepost.catalog.errors import ContentInvalid
from milepost.catalog.files import (
    LessonText,
    PathContent,
    PathFile,
    ShownIn,
    SkillContent,
    SkillFile,
)

_SKILL_FOLDER = re.compile(r"(?P<position>\d+)-(?P<slug>[a-z0-9-]+)")
_File = TypeVar("_File", bound=BaseModel)


def list_path_folders(content: Path) -> list[Path]:
    """Return the folders of `content` that hold a path, by name."""
    return sorted(file.parent for file in content.glob("*/path.toml"))


def read_path(folder: Path) -> PathContent:
    """Read a path with its skills and lessons, or raise `ContentInvalid` with file and reason."""
    facts = _read(folder / "path.toml", PathFile)
    skills = tuple(_read_skill(skill) for skill in _skill_folders(folder))
    if facts.start_here not in {skill.facts.slug for skill in skills}:
        raise ContentInvalid(
            f"{folder.name}/path.toml", f"start_here names no skill: {facts.start_here}"
        )
    return PathContent(facts=facts, skills=skills, shown_in=_read_shown_in(folder))


def read_course_urls(file: Path | None) -> dict[str, dict[str, str]]:
    """Read the operator's course URLs: path slug, then skill slug, to an http(s) URL."""
    if file is None:
        return {}
    tables = _toml(file)
    urls: dict[str, dict[str, str]] = {}
    for path, courses in tables.items():
        if not isinstance(courses, dict):
            raise ContentInvalid(file.name, f"[{path}] is not a table of skill = URL")
        for skill, url in courses.items():
            if not re.match(r"https?://", str(url)):
                raise ContentInvalid(file.name, f"{path}.{skill} is not an http or https URL")
            urls.setdefault(path, {})[skill] = str(url)
    return urls


def _skill_folders(folder: Path) -> list[Path]:
    found = [
        (int(match["position"]), child)
        for child in folder.iterdir()
        if child.is_dir() and (match := _SKILL_FOLDER.fullmatch(child.name))
    ]
    return [child for _, child in sorted(found)]


def _read_skill(folder: Path) -> SkillContent:
    facts = _read(folder / "skill.toml", SkillFile)
    if facts.challenge is not None:
        _require_challenge(folder, facts.slug, facts.challenge)
    known = {objective.slug for objective in facts.objectives}
    lessons = {}
    for file in sorted((folder / "lessons").glob("*.md")):
        if file.stem not in known:
            raise ContentInvalid(
                f"{folder.name}/lessons/{file.name}", "its name is no objective of this skill"
            )
        lessons[file.stem] = _read_lesson(file)
    return SkillContent(folder=folder.name, facts=facts, lessons=lessons)


def _require_challenge(folder: Path, skill: str, challenge: str) -> None:
    """Raise `ContentInvalid` unless a skill's challenge is a lab of its own that proves some of it.

    Whether the lab is whole is not asked here: one that is not is skipped, and nothing places.
    """
    where = f"{folder.name}/skill.toml"
    if challenge.startswith("drill-"):
        raise ContentInvalid(
            where,
            f"challenge names a drill, {challenge}, and drills prove nothing. Name a lab of this "
            "skill, or remove the line.",
        )
    labs = {each.parent.name: each for each in sorted(folder.glob("labs/*/lab.toml"))}
    if challenge not in labs:
        choice = f"Name one of {', '.join(labs)}" if labs else "It has none yet, so remove the line"
        raise ContentInvalid(where, f"challenge names no lab of this skill: {challenge}. {choice}.")
    try:
        proves = _toml(labs[challenge]).get("objectives", [])
    except ContentInvalid:  # the lab's own fault, which is told with the labs that are skipped
        return
    if not any(str(each).startswith(f"{skill}.") for each in proves):
        raise ContentInvalid(
            where,
            f"challenge names {challenge}, which proves no objective of this skill. Name a lab "
            "that does, or remove the line.",
        )


def _read_lesson(file: Path) -> LessonText:
    title, _, markdown = file.read_text(encoding="utf-8").partition("\n")
    if not title.startswith("# "):
        raise ContentInvalid(file.name, "a lesson's first line is its title: `# Title`")
    return LessonText(title=title.removeprefix("# ").strip(), markdown=markdown.strip())


def _read_shown_in(folder: Path) -> dict[str, ShownIn]:
    file = folder / "in-milepost.toml"
    if not file.exists():
        return {}
    try:
        rows = [ShownIn.model_validate(row) for row in _toml(file).get("objective", [])]
    except ValidationError as error:
        raise ContentInvalid(file.name, _first_problem(error)) from error
    return {row.id: row for row in rows}


def _read(file: Path, model: type[_File]) -> _File:
    try:
        return model.model_validate(_toml(file))
    except ValidationError as error:
        raise ContentInvalid(f"{file.parent.name}/{file.name}", _first_problem(error)) from error


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContentInvalid(f"{file.parent.name}/{file.name}", str(error)) from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}"
