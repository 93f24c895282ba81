"""Reads `hints.toml`: what helps on with a check that failed, in steps.

A nudge, then the lesson's section, then an example on other data. Hints decide no verdict, so
their words make no new version of a lab; like answers they never leave in a package.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from milepost.labs.model import CheckSpec, Hint, LessonSection
from milepost.labs.sections import list_sections
from milepost.labs.tables import TableReader, parse_toml

HINTS_NAME = "hints.toml"


@dataclass(frozen=True, slots=True)
class LessonShelf:
    """The lessons that hints may lead to: those of the path that a lab lies in.

    Without a folder nothing is known of lessons, and whatever is named is believed.
    """

    path_folder: Path | None

    def find_section(self, named: str, reader: TableReader) -> LessonSection | None:
        """Find `skill.objective#section`, or complain with the sections that there are."""
        objective, _, section = named.partition("#")
        skill, _, lesson = objective.partition(".")
        if not (skill and lesson and section):
            reader.complain(
                f"`lesson` is {named!r}. Write `skill.objective#section`, such as"
                ' "language.loops#carry-only-what-you-need".'
            )
            return None
        if self.path_folder is None:
            return LessonSection(objective, section, section.replace("-", " "))
        file = next(self.path_folder.glob(f"[0-9]*-{skill}/lessons/{lesson}.md"), None)
        if file is None:
            reader.complain(
                f"`lesson` names {objective!r}, which has no lesson on this path."
                " Name an objective with a lesson, or leave the step out."
            )
            return None
        sections = list_sections(file.read_text(encoding="utf-8", errors="replace"))
        if section not in sections:
            known = ", ".join(f"#{name}" for name in sections)
            reader.complain(
                f"`lesson` names the section #{section}, which the lesson {objective} has not."
                f" It has {known}."
            )
            return None
        return LessonSection(objective, section, sections[section])


def read_hints(
    content: bytes | None, checks: Sequence[CheckSpec], shelf: LessonShelf, problems: list[str]
) -> dict[str, tuple[Hint, ...]]:
    """Read the file into steps by check, adding a sentence to `problems` for each fault."""
    if content is None:
        return {}
    table = parse_toml(content, HINTS_NAME, problems)
    if table is None:
        return {}
    reader = TableReader(table, HINTS_NAME, problems)
    visible = [check.name for check in checks if not check.hidden]
    hidden = {check.name for check in checks if check.hidden}
    hints: dict[str, tuple[Hint, ...]] = {}
    for name in table:
        _require_visible(name, visible, hidden, reader)
        hints[name] = _read_steps(reader.read_table(name), shelf)
    return hints


def _require_visible(
    name: str, visible: Sequence[str], hidden: Collection[str], reader: TableReader
) -> None:
    if name in hidden:
        reader.complain(
            f"{name} is a hidden check, and a hint would tell what it hides."
            " Remove its table; what it asks for belongs in the brief."
        )
    elif name not in visible:
        reader.complain(
            f"there is no check {name}. Each table is named after a visible check of checks.py."
        )


def _read_steps(reader: TableReader, shelf: LessonShelf) -> tuple[Hint, ...]:
    """Read the steps of one check, in the order in which they are offered."""
    nudge = reader.read_text("nudge", "one or two sentences on where to look, without the answer")
    steps = [Hint("nudge", nudge)]
    if "lesson" in reader.table:
        named = reader.read_text("lesson", "a lesson's section, as skill.objective#section")
        section = shelf.find_section(named, reader) if named else None
        if section is not None:
            steps.append(Hint("lesson", section.title, section))
    if "example" in reader.table:
        example = reader.read_text("example", "the same idea at work on other data, as Markdown")
        steps.append(Hint("example", example))
    reader.refuse_others()
    return tuple(steps)
