"""The `source` fixture: the learner's files as syntax, for rules of a brief such as "without sort".

Files are read as they were handed in, never from the sandbox. What is found is what is written: a
rule holds for who reads the brief, and is no guard against code that hides what it calls.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from tree_sitter import Language, Node, Parser, Query, QueryCursor, QueryError

from milepost.engine.checks.engine_client import EngineClient
from milepost.engine.checks.evidence import clean
from milepost.languages import Language as KnownLanguage
from milepost.languages import find_language_of

# The names that the grammars have for calls, and for what is called through a dot.
_CALLS = {"call", "call_expression", "new_expression"}
_CALLED = ("function", "constructor")
_MEMBERS = {
    "attribute": "attribute",
    "member_expression": "property",
    "selector_expression": "field",
}
_SHOWN_CHARACTERS = 200
_NO_SYNTAX = "{} is no file of the learner's that can be read as syntax"


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a learner's file: where it stands, and what is written there."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return the place as an editor would write it."""
        return f"{self.file}:{self.line}"


class Source:
    """The learner's files in the languages that Milepost knows (`milepost.languages`)."""

    def __init__(self, engine: EngineClient, module: str | None) -> None:
        self._engine = engine
        self._module = module
        self._trees: dict[str, tuple[bytes, Node]] = {}

    @property
    def files(self) -> list[str]:
        """The names of all files that can be looked into, the lab's module first."""
        known = [path for path in self._engine.list_files() if find_language_of(path)]
        return sorted(known, key=lambda path: (path != self._module, path))

    def text(self, file: str) -> str:
        """Return a file as text; raises KeyError where the learner has none of that name."""
        return self._parse(file)[0].decode("utf-8", errors="replace")

    def calls(self, name: str, *, file: str | None = None) -> list[Place]:
        """List the calls of a function or method by its name, or of `module.name` as it is written.

        `calls("sort")` finds `sort(x)`, `x.sort()` and `new sort()`.
        """
        found = self._walk(file, lambda node: _is_call_of(node, name))
        return [self._place(path, node) for path, node in found]

    def imports(self, *, file: str | None = None) -> set[str]:
        """List the modules that are imported, as they are named: `os.path`, `node:fs`."""
        named = set()
        for _, node in self._walk(file, lambda _: True):
            named |= set(_list_imported(node))
        return named

    def find(self, query: str, *, file: str | None = None) -> list[Place]:
        """List what a tree-sitter query captures, such as `(for_statement) @loop`.

        Files in whose language the query has no meaning are passed over. Raises QueryError where
        that is so of all.
        """
        places: list[Place] = []
        refusals: list[QueryError] = []
        for path in (paths := self._choose(file)):
            root, grammar = self._parse(path)[1], _load_grammar(_require_language(path).grammar)
            try:
                captures = QueryCursor(Query(grammar, query)).captures(root)
            except QueryError as refusal:
                refusals.append(refusal)
                continue
            nodes = [node for captured in captures.values() for node in captured]
            places += [
                self._place(path, node) for node in sorted(nodes, key=lambda node: node.start_byte)
            ]
        if refusals and len(refusals) == len(paths):
            raise refusals[0]
        return places

    def _walk(
        self, file: str | None, is_wanted: Callable[[Node], bool]
    ) -> Iterator[tuple[str, Node]]:
        for path in self._choose(file):
            waiting = [self._parse(path)[1]]
            while waiting:
                node = waiting.pop()
                if is_wanted(node):
                    yield path, node
                waiting += reversed(node.children)

    def _choose(self, file: str | None) -> list[str]:
        return self.files if file is None else [file]

    def _parse(self, file: str) -> tuple[bytes, Node]:
        if file not in self._trees:
            content = self._engine.ask_for_file(file)
            if content is None:
                raise KeyError(_NO_SYNTAX.format(file))
            grammar = _load_grammar(_require_language(file).grammar)
            root = Parser(grammar).parse(content).root_node
            self._trees[file] = content, root
        return self._trees[file]

    def _place(self, file: str, node: Node) -> Place:
        return Place(file, node.start_point[0] + 1, _text(node)[:_SHOWN_CHARACTERS])


def _require_language(path: str) -> KnownLanguage:
    language = find_language_of(path)
    if language is None:
        raise KeyError(_NO_SYNTAX.format(path))
    return language


@cache
def _load_grammar(package: str) -> Language:
    return Language(import_module(package).language())


def _text(node: Node | None) -> str:
    return clean(node.text or b"") if node is not None else ""


def _is_call_of(node: Node, name: str) -> bool:
    if node.type not in _CALLS:
        return False
    called = next(filter(None, map(node.child_by_field_name, _CALLED)), None)
    if called is None:
        return False
    last = called.child_by_field_name(_MEMBERS[called.type]) if called.type in _MEMBERS else called
    return name in (_text(called), _text(last))


def _list_imported(node: Node) -> Iterator[str]:
    """List what one node imports; nothing for all nodes that import nothing."""
    match node.type:
        case "import_statement":
            yield from (_text(each) for each in _named(node))
        case "import_from_statement":
            yield _text(node.child_by_field_name("module_name"))
        case "import_spec":
            yield _text(node.child_by_field_name("path")).strip('"`')
        case "call_expression" if _text(node.child_by_field_name("function")) in _IMPORTING:
            given = node.child_by_field_name("arguments")
            yield from (
                _text(each).strip("'\"`") for each in (given.named_children if given else ())
            )
            return


_IMPORTING = ("require", "import")


def _named(node: Node) -> Iterator[Node]:
    source = node.child_by_field_name("source")
    if source is not None:  # JavaScript's
        yield from (child for child in source.named_children if child.type == "string_fragment")
        return
    for child in node.children_by_field_name("name"):
        yield child.child_by_field_name("name") or child
