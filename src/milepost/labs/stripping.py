"""Takes the hidden checks out of a lab's files of checks, with everything that only they use.

The text that remains is the author's own, line by line; nothing is rewritten. A name that is only
reached from hidden checks never reaches a learner, and neither does a file of hidden checks alone.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from milepost.engine.checks.files import ONE_FILE, SUPPORT
from milepost.labs.check_files import list_support_names
from milepost.labs.checks_file import FunctionNode, find_check_call

_CALLED_BY_THE_ENGINE = "seed"  # it fills a database before any check runs


def strip_hidden_checks(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the files without hidden checks, their data and the comments above them."""
    trees = {path: ast.parse(source) for path, source in sources.items()}
    kept = list_kept(trees)
    stripped: dict[str, str] = {}
    for path, nodes in kept.items():
        lines = sources[path].splitlines(keepends=True)
        dropped: set[int] = set()
        for node in trees[path].body:
            if node not in nodes:
                dropped |= _lines_of(node, lines)
        stripped[path] = "".join(line for number, line in enumerate(lines) if number not in dropped)
    return stripped


def list_kept(trees: Mapping[str, ast.Module]) -> dict[str, list[ast.stmt]]:
    """List what a learner gets of each file: all but hidden checks and what only they reach.

    A file of which nothing is left that says something is not named.
    """
    graph = _Graph.of(trees)
    withheld = {path for path, tree in trees.items() if _holds_hidden_checks_only(path, tree)}
    hidden = [
        (path, node)
        for path, tree in trees.items()
        for node in tree.body
        if path in withheld or _is_hidden(node)
    ]
    apart = {id(node) for _, node in hidden}
    visible = [
        (p, node) for p, tree in trees.items() for node in tree.body if id(node) not in apart
    ]
    shown = graph.reach(
        (path, node) for path, node in visible if not _defined_names(node) or _is_root(node)
    )
    only_hidden = graph.reach(hidden) - shown
    kept: dict[str, list[ast.stmt]] = {path: [] for path in trees if path not in withheld}
    for path, node in visible:
        # What nobody uses stays as well, but no import of what may have left for good reason.
        if id(node) in shown or not (id(node) in only_hidden or list_support_names(node)):
            kept[path].append(node)
    if all(map(_says_nothing, kept.get(SUPPORT, []))):
        kept.pop(SUPPORT, None)
    return kept


def refuse_mixed_imports(trees: Mapping[str, ast.Module], problems: list[str]) -> None:
    """Add a sentence for each line whose names learners may see in part only."""
    for path, kept in list_kept(trees).items():
        used = {name for node in kept for name in _used_names(node)}
        left_out = [node for node in trees[path].body if node not in kept]
        secret = {name for node in left_out for name in _used_names(node)} - used
        problems += [
            f"{path} line {node.lineno} imports `{name}` for hidden checks alone, beside what"
            " learners get. Import it in a line of its own, so that it can be left out."
            for node in kept
            if isinstance(node, ast.ImportFrom) and list_support_names(node)
            for name in sorted({alias.asname or alias.name for alias in node.names} & secret)
        ]


@dataclass(frozen=True, slots=True)
class _Graph:
    """Which statement uses which, by names; files meet where one imports from their support."""

    definitions: Mapping[str, Mapping[str, ast.stmt]] = field(default_factory=dict)

    @classmethod
    def of(cls, trees: Mapping[str, ast.Module]) -> "_Graph":
        return cls(
            {
                path: {
                    name: node
                    for node in tree.body
                    if not _is_hidden(node)
                    for name in _defined_names(node)
                }
                for path, tree in trees.items()
            }
        )

    def reach(self, roots: Iterable[tuple[str, ast.stmt]]) -> set[int]:
        """Return the ids of all statements that the roots lead to."""
        waiting = list(roots)
        seen: set[int] = set()
        while waiting:
            path, node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                waiting += self._list_used(path, node)
        return seen

    def _list_used(self, path: str, node: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
        for place, names in ((path, _used_names(node)), (SUPPORT, list_support_names(node))):
            known = self.definitions.get(place, {})
            yield from ((place, known[name]) for name in names if name in known)


def _holds_hidden_checks_only(path: str, tree: ast.Module) -> bool:
    """Tell whether a file of the folder goes as a whole; `checks.py` stays, whatever is in it."""
    checks = [node for node in tree.body if _is_check(node)]
    return path != ONE_FILE and bool(checks) and all(map(_is_hidden, checks))


def _is_check(node: ast.stmt) -> bool:
    return isinstance(node, FunctionNode) and find_check_call(node) is not None


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
    is_called = isinstance(node, ast.FunctionDef) and node.name == _CALLED_BY_THE_ENGINE
    return is_called or _is_check(node)


def _says_nothing(node: ast.stmt) -> bool:
    """Tell whether a statement is an import or a docstring."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def _defined_names(node: ast.stmt) -> set[str]:
    if isinstance(node, FunctionNode | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return {
            inner.id
            for inner in ast.walk(node)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
        }
    if isinstance(node, ast.ImportFrom) and list_support_names(node):
        return {alias.asname or alias.name for alias in node.names}
    return set()


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
