"""The cheats that Milepost ships, and which of them fit a lab.

They are data, in each language's `cheats.toml`; cheats that are made from what a solution returned
are in `by_heart`. A cheat is laid over the starter, since that is what a learner has.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from string import Template
from typing import Any

from milepost.engine import Entry
from milepost.engine.stacks.descriptions import find_description
from milepost.labs.model import Lab
from milepost.languages import Language, find_language, find_language_of

_CORPUS = "cheats.toml"
_STATEMENTS = "sql"  # how checks reach files that a database runs


@dataclass(frozen=True, slots=True)
class Cheat:
    """An answer that is none. `sentence` completes "an answer that …"."""

    name: str
    sentence: str
    stack: str
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a cheat of one stack is laid over: which files it replaces, how checks reach them."""

    stack: str
    language: Language
    reaches: frozenset[str]
    entries: tuple[str, ...]  # the files that are started, or imported
    starter: Mapping[str, bytes] = field(repr=False)

    @property
    def is_of_statements(self) -> bool:
        """Whether a database runs what is handed in."""
        return _STATEMENTS in self.reaches

    def lay(self, name: str, sentence: str, body: str, beside: Mapping[str, str]) -> Cheat:
        """Make a cheat from the text that replaces each of the entries."""
        replaced = dict.fromkeys(self.entries, body.encode()) if body or not beside else {}
        files = {
            **self.starter,
            **replaced,
            **{path: text.encode() for path, text in beside.items()},
        }
        return Cheat(name, sentence, self.stack, files)


def find_grounds(lab: Lab) -> list[Ground]:
    """Say for each stack what a cheat would replace; other languages have no cheats yet."""
    return [ground for stack in lab.stacks if (ground := _find_ground(lab, stack)) is not None]


def list_cheats(ground: Ground, names: Collection[str]) -> Iterator[Cheat]:
    """List the shipped cheats that fit. `names` are the functions that visible checks call."""
    export = Template(ground.language.in_cheats.export)
    exports = "\n".join(export.substitute(name=n) for n in list_exports(names, ground.language))
    for entry in _read_corpus(ground.language):
        if ground.reaches.isdisjoint(entry["reaches"]):
            continue
        body = entry.get("body", "").replace("EXPORTS", exports)
        yield ground.lay(entry["name"], entry["sentence"], body, entry.get("beside", {}))


def list_exports(names: Collection[str], language: Language) -> list[str]:
    """List under which names a module may be asked for these functions."""
    both = {name for each in names for name in (each, language.rename(each))}
    return sorted(name for name in both if name.isidentifier())


def _find_ground(lab: Lab, stack: str) -> Ground | None:
    description = find_description(stack)
    language = find_language(description.language) if description is not None else None
    if description is None or language is None or not (language.folder / _CORPUS).is_file():
        return None
    starter = lab.starter_files(stack)
    if description.runs_in:
        files = tuple(path for path in starter if find_language_of(path) is language)
        return Ground(stack, language, frozenset({_STATEMENTS}), files, starter)
    entry = lab.grading.entries[stack]
    entries = tuple(dict.fromkeys(_list_entries(entry, starter, language)))
    entries = entries or tuple(path for path in starter if path == language.in_cheats.main_file)
    if {find_language_of(path) for path in entries} != {language}:
        return None
    reaches = {"program": entry.program, "module": entry.module, "service": entry.service}
    used = frozenset(name for name, value in reaches.items() if value)
    return Ground(stack, language, used, entries, starter)


def _list_entries(entry: Entry, files: Mapping[str, bytes], language: Language) -> Iterator[str]:
    if entry.module is not None:
        yield entry.module
    for word in (*entry.program, *entry.service):
        path = language.find_module(word) or word
        if path in files:
            yield path


@cache
def _read_corpus(language: Language) -> list[dict[str, Any]]:
    text = (language.folder / _CORPUS).read_text(encoding="utf-8")
    return list(tomllib.loads(text)["cheat"])
