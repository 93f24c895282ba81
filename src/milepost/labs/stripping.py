"""Takes the hidden checks out of `checks.py`, with everything that only they use.

The text that remains is the author's own, line by line; nothing is rewritten.
A name that is only reached from hidden checks never reaches a learner.
"""

import ast
from collections.abc import Iterable

from milepost.labs.checks_file import FunctionNode, find_check_call


def strip_hidden_checks(source: str) -> str:
    """Return the file without its hidden checks, their data and the comments above them."""
    tree = ast.parse(source)
    kept = list_kept(tree)
    lines = source.splitlines(keepends=True)
    dropped: set[int] = set()
    for node in tree.body:
        if node not in kept:
            dropped |= _lines_of(node, lines)
    return "".join(line for number, line in enumerate(lines) if number not in dropped)


def list_kept(tree: ast.Module) -> list[ast.stmt]:
    """List what a learner gets of the file: all but hidden checks and what only they reach."""
    hidden = [node for node in tree.body if _is_hidden(node)]
    visible = [node for node in tree.body if not _is_hidden(node)]
    definitions = {name: node for node in visible for name in _defined_names(node)}
    shown = _reachable(
        (node for node in visible if not _defined_names(node) or _is_root(node)), definitions
    )
    only_hidden = _reachable(hidden, definitions) - shown
    return [node for node in visible if id(node) not in only_hidden]


def _is_hidden(node: ast.stmt) -> bool:
    call = find_check_call(node) if isinstance(node, FunctionNode) else None
    if call is None:
        return False
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    value = given.get("hidden")
    # Anything but a plain False is kept back: a mistake must not publish a hidden check.
    return value is not None and not (isinstance(value, ast.Constant) and value.value is False)


def _is_root(node: ast.stmt) -> bool:
    """Checks are reached by pytest itself, all else by a name in the file."""
    return isinstance(node, FunctionNode) and find_check_call(node) is not None


def _defined_names(node: ast.stmt) -> set[str]:
    if isinstance(node, FunctionNode | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return {
            inner.id
            for inner in ast.walk(node)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
        }
    return set()


def _reachable(roots: Iterable[ast.stmt], definitions: dict[str, ast.stmt]) -> set[int]:
    """Return the ids of all statements that the roots lead to by name."""
    waiting = list(roots)
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        waiting += [definitions[name] for name in _used_names(node) if name in definitions]
    return seen


def _used_names(node: ast.stmt) -> set[str]:
    """Names that are read, and names of parameters: pytest finds fixtures by those."""
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return names | {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}


def _lines_of(node: ast.stmt, lines: list[str]) -> set[int]:
    """Return the numbers, from 0, of a statement's lines and of the comments right above it."""
    decorators = node.decorator_list if isinstance(node, FunctionNode | ast.ClassDef) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    while first > 0 and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return set(range(first, node.end_lineno or node.lineno))
