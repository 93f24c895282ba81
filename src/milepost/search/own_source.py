"""Milepost's own source as entries: modules by their docstring, what they offer, and its errors.

Read and parsed, never imported. Where a module or an error is shown is the source viewer's; there
is nothing to find where Milepost runs without its project around it, as from a wheel.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import milepost
from milepost.search.types import Entry, EntryKind
from milepost.search.words import part_name

_PACKAGE = Path(milepost.__file__).resolve().parent
_ROOT = _PACKAGE.parents[1]
_ERRORS = _ROOT / "docs" / "errors.md"
_ERROR_ROW = re.compile(r"\| `(?P<code>\w+)` \| (?P<status>\d{3}) \| (?P<meaning>.+) \|")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def name_edition() -> str:
    """Return what names the source as it lies on this machine: the hash of all that is read."""
    whole = hashlib.sha256(milepost.__version__.encode())
    for file in _list_files():
        whole.update(f"{file}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def list_entries() -> Iterator[Entry]:
    """Yield an entry for each module, each of its public classes and functions, and each error."""
    for file in _list_files():
        text = file.read_text(encoding="utf-8")
        address = f"/source/{quote(file.relative_to(_ROOT).as_posix())}"
        yield from _read_errors(text, address) if file == _ERRORS else _read_module(file, text)


def _list_files() -> list[Path]:
    if _PACKAGE != _ROOT / "src" / "milepost":
        return []
    modules = [file for file in _PACKAGE.rglob("*.py") if "vendor" not in file.parts]
    return sorted(modules) + ([_ERRORS] if _ERRORS.is_file() else [])


def _read_errors(text: str, address: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), start=1):
        row = _ERROR_ROW.fullmatch(line.strip())
        if row is not None:
            yield Entry(
                kind=EntryKind.ERROR,
                title=row["code"],
                context=f"HTTP {row['status']}",
                body=row["meaning"].replace("`", ""),
                address=f"{address}#L{number}",
            )


def _read_module(file: Path, text: str) -> Iterator[Entry]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return  # a stack's self-test may be broken on purpose
    place = file.relative_to(_ROOT).as_posix()
    parts = file.relative_to(_ROOT / "src").with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    docstring = ast.get_docstring(tree)
    if docstring:
        yield Entry(
            kind=EntryKind.SOURCE,
            title=module,
            context=place,
            body=docstring,
            address=f"/source/{quote(place)}",
        )
    for name, node in _list_public(tree, ""):
        yield Entry(
            kind=EntryKind.SOURCE,
            title=name,
            names=part_name(name),
            context=module,
            body=ast.get_docstring(node) or "",
            address=f"/source/{quote(place)}#L{node.lineno}",
        )


def _list_public(
    scope: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield what a scope offers: classes with their methods, and functions, if they are told of."""
    for node in scope.body:
        if not isinstance(node, (ast.ClassDef, *_FUNCTIONS)) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node):
            yield f"{prefix}{node.name}", node
        if isinstance(node, ast.ClassDef):
            yield from _list_public(node, f"{prefix}{node.name}.")
