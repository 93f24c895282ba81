"""The cheats that Milepost ships, and which of them fit a lab.

They are data (`*.toml` beside this file); cheats that are made from what a solution answered live
in `by_heart`. A cheat is laid over the starter, since that is what a learner has.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from milepost.engine import Entry
from milepost.labs.model import Lab

_FOLDER = Path(__file__).parent
_LANGUAGES = {".py": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript"}
_APPLICATION = re.compile(r"([\w.]+):\w+")  # `main:app`, as servers of Python name a module
JAVASCRIPT = "javascript"
SQL = "sql"


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
    language: str
    reaches: frozenset[str]
    entries: tuple[str, ...]  # the files that are started, or imported
    starter: Mapping[str, bytes] = field(repr=False)

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
    exports = "\n".join(f"export {{ answer as {name} }};" for name in list_exports(names))
    for entry in _read_corpus(ground.language):
        if ground.reaches.isdisjoint(entry["reaches"]):
            continue
        body = entry.get("body", "").replace("EXPORTS", exports)
        yield ground.lay(entry["name"], entry["sentence"], body, entry.get("beside", {}))


def list_exports(names: Collection[str]) -> list[str]:
    """List under which names a module of JavaScript may be asked for these functions."""
    both = {name for each in names for name in (each, _in_camel_case(each))}
    return sorted(name for name in both if name.isidentifier())


def _find_ground(lab: Lab, stack: str) -> Ground | None:
    starter = lab.starter_files(stack)
    if stack == SQL:
        files = tuple(path for path in starter if path.endswith(".sql"))
        return Ground(stack, SQL, frozenset({SQL}), files, starter)
    entry = lab.entries[stack]
    entries = tuple(dict.fromkeys(_list_entries(entry, starter)))
    languages = {_LANGUAGES.get(PurePosixPath(path).suffix) for path in entries}
    if len(languages) != 1 or (language := languages.pop()) is None:
        return None
    reaches = {"program": entry.program, "module": entry.module, "service": entry.service}
    used = frozenset(name for name, value in reaches.items() if value)
    return Ground(stack, language, used, entries, starter)


def _list_entries(entry: Entry, files: Mapping[str, bytes]) -> Iterator[str]:
    if entry.module is not None:
        yield entry.module
    for word in (*entry.program, *entry.service):
        application = _APPLICATION.fullmatch(word)
        path = application[1].replace(".", "/") + ".py" if application else word
        if path in files:
            yield path


def _in_camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


@cache
def _read_corpus(language: str) -> list[dict[str, Any]]:
    text = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["cheat"])
