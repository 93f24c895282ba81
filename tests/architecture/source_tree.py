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
DOMAINS = ("accounts", "catalog", "submissions", "progress", "grading")


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
        if path.suffix == ".py" and path.is_relative_to(SOURCE)
    )


@cache
def own_python() -> tuple[Module, ...]:
    """Every Python file that we wrote as code: not the labs' content."""
    return tuple(
        Module(path)
        for path in project_files()
        if path.suffix == ".py" and not path.is_relative_to(ROOT / "content")
    )
