"""Puts a new lab together from its parts and writes it.

What the parts are lives in `parts`, where they go in `places`. Invariant: all is read and fitted
before the first file is written.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from textwrap import wrap

from milepost.engine.stacks.descriptions import find_description, find_running_service
from milepost.labs.drill import MOST_CHECKS
from milepost.labs.scaffolding.errors import ScaffoldRefused
from milepost.labs.scaffolding.parts import (
    FOLDER,
    TEMPLATE,
    Example,
    Kind,
    find_example,
    find_kind,
    list_files,
)
from milepost.labs.scaffolding.parts import find_stack_folder as find_folder
from milepost.labs.scaffolding.places import Place, find_place
from milepost.labs.sections import list_sections
from milepost.languages import find_language

_MANIFEST = Path(__file__).parent / FOLDER / "lab.toml"
_LAB_MINUTES, _DRILL_MINUTES = 30, 10
_ALWAYS_THERE = ("try-it", "recall")  # sections of every lesson, which explain nothing
_HIDDEN_RULE = "A hidden check tests nothing that isn't written here."
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a new lab."""

    objectives: Sequence[str]
    stacks: Sequence[str]
    slug: str = ""  # of a drill it follows from the objective
    services: Sequence[str] = ()
    kind: str = ""  # how checks reach solutions; empty: as all stacks can
    is_drill: bool = False


def write_new_lab(content: Path, wanted: Wanted) -> Path:
    """Write a lab that loads and proves itself; return its folder. Raises ScaffoldRefused."""
    kind = find_kind(wanted.stacks, wanted.kind)
    started = [each for stack in wanted.stacks if (each := find_running_service(stack))]
    asked = [each for each in dict.fromkeys(wanted.services) if each not in started]
    examples = [find_example(service, kind) for service in asked]
    _require_size(wanted, kind, examples)
    place = find_place(content, wanted.objectives, wanted.slug, is_drill=wanted.is_drill)
    draft = _Draft(wanted, kind, examples, place)
    files = {"lab.toml": draft.write_manifest([*dict.fromkeys(started), *asked])}
    files |= draft.write_texts()
    for stack in wanted.stacks:
        files |= _copy_answers(stack, find_folder(stack, kind))
    for path, text in files.items():
        (place.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (place.folder / path).write_text(text, encoding="utf-8")
    return place.folder


def _require_size(wanted: Wanted, kind: Kind, examples: Sequence[Example]) -> None:
    count = len(set(wanted.objectives))
    most = 1 if wanted.is_drill else len(kind.flaws)
    if count > most:
        what = "A drill practises one objective" if wanted.is_drill else "Each objective needs a"
        why = "" if wanted.is_drill else f" wrong answer of its own, and a new lab has {most}"
        raise ScaffoldRefused(
            f"{what}{why}, so it cannot begin with {count}.",
            f"Begin with {most}, then add others to lab.toml, each with a wrong answer."
            if not wanted.is_drill
            else "Name one, or begin a lab (without --drill).",
        )
    own = {check for checks in kind.flaws.values() for check in checks}
    if wanted.is_drill and len(own) + len(examples) > MOST_CHECKS:
        raise ScaffoldRefused(
            f"A drill has at most {MOST_CHECKS} checks, too few for {len(examples)} services.",
            f"Name at most {MOST_CHECKS - len(own)}.",
        )


class _Draft:
    """The texts of one lab, with the words that are its own filled in."""

    def __init__(
        self, wanted: Wanted, kind: Kind, examples: Sequence[Example], place: Place
    ) -> None:
        self._wanted = wanted
        self._kind = kind
        self._examples = examples
        self._place = place
        self._objectives = [objective.key for objective in place.objectives]
        self._words = {
            "slug": place.slug,
            "title": place.title,
            "objectives": _list(self._objectives),
            "task": json.dumps(kind.task),
            "fixture": kind.fixture,
            "hidden": "" if wanted.is_drill else ", hidden=True",
            "heading": "" if wanted.is_drill else f"# {place.title}\n\n",
            "graded": ""
            if wanted.is_drill
            else f"\n## What is graded\n{kind.graded} {_HIDDEN_RULE}\n",
            "renamed": _name_in_languages(wanted.stacks),
        }

    def write_manifest(self, services: Sequence[str]) -> str:
        """Write `lab.toml`."""
        entries = [_write_entry(stack, self._kind) for stack in self._wanted.stacks]
        return self._fill(
            _MANIFEST,
            slug=json.dumps(self._place.slug),
            title=json.dumps(self._place.title, ensure_ascii=False),
            kind='kind = "drill"\n' if self._wanted.is_drill else "",
            others="" if self._wanted.is_drill else _list_others(self._place),
            minutes=str(_DRILL_MINUTES if self._wanted.is_drill else _LAB_MINUTES),
            stacks=_list(self._wanted.stacks),
            services=f"services = [{_list(services)}]\n" if services else "",
            entries="".join(entries),
        )

    def write_texts(self) -> dict[str, str]:
        """Write what the kind of lab brings: brief, checks, hints, data, wrong answers."""
        folder = self._kind.folder
        texts = {
            name.removesuffix(TEMPLATE): folder / name
            for name in list_files(folder)
            if name != "kind.toml" and not name.startswith("flaws/")
        }
        checks = "".join(
            f"\n\n{Template(each.text).substitute(self._words)}" for each in self._examples
        )
        written = {
            name: self._fill(
                path,
                imports=", ".join(self._list_imports()),
                component_checks=checks,
                lesson=self._write_lesson_link(),
            )
            for name, path in texts.items()
        }
        return written | dict(self._write_flaws())

    def _write_flaws(self) -> Iterable[tuple[str, str]]:
        """Spoil the solution of each stack in turn, so that each stack has a wrong answer."""
        beside = [check for each in self._examples for check in each.checks]
        for number, (name, fails) in enumerate(self._kind.flaws.items()):
            stack = self._wanted.stacks[number % len(self._wanted.stacks)]
            words = self._fill(
                self._kind.folder / "flaws" / f"{name}.toml",
                over=json.dumps(stack),
                lacks=json.dumps(self._objectives[number % len(self._objectives)]),
                fails=_list([*fails, *(beside if name in self._kind.with_components else [])]),
            )
            edits = (find_folder(stack, self._kind) / "flaws" / f"{name}.toml").read_text("utf-8")
            yield f"flawed/{name}.toml", f"{words}{edits}"

    def _list_imports(self) -> list[str]:
        names = {"check", *(name for each in self._examples for name in each.imports)}
        return sorted(names, key=lambda name: (name.islower(), name))

    def _write_lesson_link(self) -> str:
        """Lead to a section of the objective's lesson, or say how one is led to."""
        key = self._objectives[0]
        if self._place.lesson.is_file():
            sections = list_sections(self._place.lesson.read_text(encoding="utf-8"))
            telling = [name for name in sections if name not in _ALWAYS_THERE]
            if telling:
                return f'lesson = "{key}#{telling[0]}"'
        return f'# lesson = "{key}#…" leads to a section of its lesson, once there is one'

    def _fill(self, path: Path, **words: str) -> str:
        return Template(path.read_text(encoding="utf-8")).substitute(self._words | words)


def _copy_answers(stack: str, folder: Path) -> Mapping[str, str]:
    return {
        f"{place}/{stack}/{name}": (folder / own / name).read_text("utf-8")
        for own, place in (("starter", "starter"), ("solution", "solutions"))
        for name in list_files(folder / own)
    }


def _write_entry(stack: str, kind: Kind) -> str:
    """Write how a stack's solutions are reached; nothing where a database runs them."""
    file = find_folder(stack, kind) / "entry.toml"
    return f"\n[entry.{stack}]\n{file.read_text(encoding='utf-8')}" if file.is_file() else ""


def _list_others(place: Place) -> str:
    """List in a comment what else a lab of this skill can prove."""
    chosen = {objective.key for objective in place.objectives}
    others = ", ".join(key for key in place.known if key not in chosen)
    skill = place.objectives[0].key.partition(".")[0]
    said = f"Of {skill} there is also: {others}. " if others else ""
    text = f"{said}Objectives of other skills may stand here too, each with a wrong answer."
    lines = wrap(
        text,
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    return "".join(f"{line}\n" for line in lines)


def _name_in_languages(stacks: Sequence[str]) -> str:
    """Say how `count_words` is called in the languages that write names otherwise."""
    said: dict[str, str] = {}
    for stack in stacks:
        description = find_description(stack)
        language = find_language(description.language) if description else None
        if language and language.rename("count_words") != "count_words":
            said[language.title] = f"`{language.rename('count_words')}` in {language.title}"
    return f" ({', '.join(said.values())})" if said else ""


def _list(names: Iterable[str]) -> str:
    return ", ".join(json.dumps(name) for name in names)
