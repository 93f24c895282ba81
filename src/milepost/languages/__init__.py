"""What Milepost knows of the languages that learners write in. Each is a folder beside this module.

`language.toml` says how its files look, `mutants.py` how they are changed, `cheats.toml` and
`by_heart.txt` what a lab must refuse. What runs a language is a stack (`engine.stacks`).
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

FOLDER = Path(__file__).parent
_FILE = "language.toml"


@dataclass(frozen=True, slots=True)
class InCheats:
    """What is needed to write a cheat in the language."""

    compact_json: bool = False  # `by_heart.txt` looks questions up as JSON without spaces
    application: str = ""  # a pattern for arguments that name a module, such as `main:app`
    main_file: str = ""  # what is replaced where a lab names no file, only what is built from it
    export: str = ""  # offers the function `answer` under another name
    function: str = ""  # offers a function that recalls what was answered


@dataclass(frozen=True, slots=True)
class Language:
    """A language as its folder describes it."""

    name: str
    title: str
    endings: tuple[str, ...]  # of its files' names, the usual one first
    naming: str  # of functions: "snake_case", "camelCase" or "PascalCase"
    indentation: int  # in blanks
    editor: str  # the mode of the page's editor, see `static/editor.js`
    grammar: str  # the tree-sitter package that parses it
    names_missing_import: str = ""  # a pattern that finds, in an error, what could not be imported
    tabs: bool = False  # it is indented with tabs instead
    left_by_tools: tuple[str, ...] = ()  # folders that are no part of a solution
    in_cheats: InCheats = field(default_factory=InCheats)

    @property
    def folder(self) -> Path:
        """Where its other files are."""
        return FOLDER / self.name

    def rename(self, name: str) -> str:
        """Return how the language writes a function that checks name in snake_case."""
        first, *others = name.split("_")
        match self.naming:
            case "camelCase":
                return first + "".join(word.capitalize() for word in others)
            case "PascalCase":
                return "".join(word.capitalize() for word in (first, *others))
            case _:
                return name

    def find_module(self, argument: str) -> str | None:
        """Return the file of a module that a server is started with, such as `main:app`."""
        pattern = self.in_cheats.application
        found = re.fullmatch(pattern, argument) if pattern else None
        return None if found is None else found[1].replace(".", "/") + self.endings[0]


@cache
def list_languages() -> tuple[Language, ...]:
    """List every language that there is a folder of."""
    return tuple(_read(path) for path in sorted(FOLDER.glob(f"*/{_FILE}")))


def find_language(name: str) -> Language | None:
    """Find a language by its slug."""
    return next((each for each in list_languages() if each.name == name), None)


def find_language_of(path: str) -> Language | None:
    """Find the language of a file by how its name ends."""
    suffix = PurePosixPath(path).suffix
    return next((each for each in list_languages() if suffix in each.endings), None)


def list_left_by_tools() -> frozenset[str]:
    """List the folders that the tools of any language leave beside a solution."""
    return frozenset(name for each in list_languages() for name in each.left_by_tools)


def _read(path: Path) -> Language:
    """Read a `language.toml`. Raises TypeError for a key that there isn't."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    in_cheats = InCheats(**said.pop("in_cheats", {}))
    said |= {key: tuple(value) for key, value in said.items() if isinstance(value, list)}
    return Language(name=path.parent.name, in_cheats=in_cheats, **said)
