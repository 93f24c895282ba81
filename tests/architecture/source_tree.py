"""The project's own files, parsed once, for the tests that hold them to the house's rules.

Only what git tracks or would track counts, so that build folders can't fail a test.
"""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "milepost"
DOMAINS = ("accounts", "search", "catalog", "submissions", "examples", "progress", "grading")


@dataclass(frozen=True)
class Module:
    """One Python file of the project."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]

    def imports(self) -> set[str]:
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
        return names


@cache
def project_files() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


@cache
def source_modules() -> tuple[Module, ...]:
    return tuple(
        Module(path)
        for path in project_files()
        if path.suffix == ".py" and path.is_relative_to(SOURCE) and not _is_lab(path)
    )


def _is_lab(path: Path) -> bool:
    """Tell checks, and code that is handed in to them, from modules: of self-tests and new labs."""
    inside = path.relative_to(SOURCE).parts
    return _is_template(path) or (
        inside[:2] == ("engine", "stacks") and not {"contracts", "selftest"}.isdisjoint(inside)
    )


def _is_template(path: Path) -> bool:
    """Tell what `milepost labs new` begins labs with, which may hold placeholders."""
    return path.is_relative_to(SOURCE) and "scaffold" in path.parts


@cache
def own_python() -> tuple[Module, ...]:
    """Every Python file that we wrote as code: not the labs' content, nor what labs begin with."""
    return tuple(
        Module(path)
        for path in project_files()
        if path.suffix == ".py"
        and not path.is_relative_to(ROOT / "content")
        and not _is_template(path)
    )
