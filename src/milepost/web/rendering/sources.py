"""Which files of this project may be read in the source viewer, and where a symbol stands in them.

Showing them is the viewer's business (`web.source`). Invariant: what is not named here is refused:
answers and checks of labs, hidden files, symbolic links, anything outside the project's folder.
"""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from milepost.labs.drill import DRILLS_FOLDER
from milepost.languages import list_languages, list_left_by_tools

READABLE_FOLDERS = ("src", "tests", "content", "docs", "migrations", "benchmarks", "scripts")
READABLE_FILES = (
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md",
    "pyproject.toml",
)  # fmt: skip
READABLE_SUFFIXES = frozenset({
    ".md", ".toml", ".html", ".css", ".json", ".ini", ".mako", ".txt", ".sh", ".svg", ".yaml",
    ".yml", "",
    *(ending for language in list_languages() for ending in language.endings),
})  # fmt: skip
UNREADABLE_FOLDERS = list_left_by_tools() | {"vendor"}
# Of a lab, everyone may read what a learner is given, and nothing that decides or answers.
OPEN_IN_A_LAB = ("brief.md", "starter")
FOLDERS_OF_LABS = frozenset({"labs", DRILLS_FOLDER})
SIZE_LIMIT_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Place:
    """A file of the project and the line that a symbol starts on."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a folder's listing."""

    name: str
    path: str
    is_folder: bool


class ProjectSource:
    """The readable part of one project folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def find_file(self, path: str) -> str | None:
        """Return the text of a readable file, or None for everything that may not be read."""
        place = self._locate(path)
        if place is None or not place.is_file() or place.stat().st_size > SIZE_LIMIT_BYTES:
            return None
        try:
            text = place.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            return None
        return None if "\0" in text else text

    def list_folder(self, path: str) -> list[Entry] | None:
        """List a readable folder, folders first, or None when it is not one."""
        if path in ("", "."):
            names = [*READABLE_FOLDERS, *READABLE_FILES]
            candidates = [self._root / name for name in names]
        else:
            folder = self._locate(path)
            if folder is None or not folder.is_dir():
                return None
            candidates = list(folder.iterdir())
        entries = [self._describe(found) for found in candidates]
        return sorted(
            (entry for entry in entries if entry is not None),
            key=lambda entry: (not entry.is_folder, entry.name.lower()),
        )

    def find_symbol(self, reference: str) -> Place | None:
        """Find `package.module:Class.method` by reading; without a symbol, the module."""
        module, _, symbol = reference.partition(":")
        for path in _module_paths(module):
            text = self.find_file(path)
            if text is not None:
                line = _find_line(text, symbol) if symbol else 1
                return None if line is None else Place(path, line)
        return None

    def _describe(self, found: Path) -> Entry | None:
        path = found.relative_to(self._root).as_posix()
        if self._locate(path) is None:
            return None
        return Entry(found.name, path, found.is_dir())

    def _locate(self, path: str) -> Path | None:
        """Turn a path from outside into a file or folder that may be read."""
        if not is_readable_path(path):
            return None
        place = self._root
        for part in PurePosixPath(path).parts:
            place = place / part
            if place.is_symlink():
                return None
        if place.is_dir():
            return place
        return place if place.is_file() and place.suffix in READABLE_SUFFIXES else None


def is_readable_path(path: str) -> bool:
    """Tell from the name alone whether a path may be looked at."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.startswith(".") or "\\" in part for part in parts):
        return False
    if not path.isprintable() or UNREADABLE_FOLDERS.intersection(parts):
        return False
    if len(parts) == 1:
        return path in READABLE_FILES or path in READABLE_FOLDERS
    return parts[0] in READABLE_FOLDERS and _is_open_in_labs(parts)


def _is_open_in_labs(parts: list[str]) -> bool:
    """Hold back what answers or decides: labs lie at `…/labs/<slug>/…` in content, drills alike."""
    if parts[0] != "content":
        return True
    above = next((at for at, part in enumerate(parts) if part in FOLDERS_OF_LABS), len(parts))
    inside = parts[above + 2 :]
    return not inside or inside[0] in OPEN_IN_A_LAB


def _module_paths(module: str) -> list[str]:
    base = module.replace(".", "/")
    if module.split(".", maxsplit=1)[0] == "milepost":
        base = f"src/{base}"
    return [f"{base}.py", f"{base}/__init__.py", base]


@lru_cache(maxsize=512)
def _find_line(text: str, symbol: str) -> int | None:
    """Find the line on which a possibly dotted name is defined."""
    try:
        scope: ast.AST = ast.parse(text)
    except SyntaxError:
        return None
    line = None
    for name in symbol.split("."):
        found = next((n for n in ast.iter_child_nodes(scope) if name in _names_of(n)), None)
        if found is None:
            return None
        scope, line = found, getattr(found, "lineno", None)
    return line


def _names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []
