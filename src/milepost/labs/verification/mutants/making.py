"""Makes the mutants of a solution: its files, each time with one small thing wrong.

How a language is changed is in its own folder (`languages`). The same files, seed and number give
the same mutants, and one that could not even be parsed is none.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import chain, islice, zip_longest

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser

from milepost.labs.model import Solution
from milepost.languages import Language, find_language_of
from milepost.languages.edits import Edit, Rules

_RULES = "mutants"


@dataclass(frozen=True, eq=False, slots=True)
class _Dialect:
    """How files of one language are read and changed: its grammar, and its `mutants.py`."""

    parser: Parser
    rules: Rules
    prepare: Callable[[bytes], bytes]
    can_be_parsed: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A solution with one small thing wrong. `was` and `becomes` are its lines, as one."""

    solution: str
    stack: str
    file: str  # below the lab's folder
    line: int
    kind: str
    was: str
    becomes: str
    files: Mapping[str, bytes] = field(repr=False)
    original: Mapping[str, bytes] = field(repr=False)  # the solution's own files
    edit: Edit = field(repr=False)

    @property
    def path(self) -> str:
        """Name the changed file below the solution's folder."""
        return self.file.removeprefix(f"solutions/{self.solution}/")

    @property
    def key(self) -> tuple[str, str, str]:
        """Name the change, wherever in the file it now stands."""
        return self.file, self.was, self.becomes


def make_mutants(solution: Solution) -> list[Mutant]:
    """Make every mutant there is of a solution, in the order of its files."""
    found: list[Mutant] = []
    for path in sorted(solution.files):
        language = find_language_of(path)
        if language is not None and (language.folder / f"{_RULES}.py").is_file():
            found += _mutate_file(solution, path, _load_dialect(language))
    return found


def choose_mutants(mutants: list[Mutant], most: int, seed: int) -> list[Mutant]:
    """Choose at most so many, the same for the same seed, from all kinds alike."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    by_kind: dict[str, list[int]] = {}
    for number in chance.sample(range(len(mutants)), len(mutants)):
        by_kind.setdefault(mutants[number].kind, []).append(number)
    in_turns = chain.from_iterable(zip_longest(*(by_kind[kind] for kind in sorted(by_kind))))
    chosen = islice((number for number in in_turns if number is not None), most)
    return [mutants[number] for number in sorted(chosen)]


def _mutate_file(solution: Solution, path: str, dialect: _Dialect) -> Iterator[Mutant]:
    source = solution.files[path]
    shown = dialect.prepare(source)
    root = dialect.parser.parse(shown).root_node
    faults = _count_faults(root)
    seen = {source}
    for edit in _propose(root, source, dialect.rules):
        content = source[: edit.start] + edit.new + source[edit.end :]
        if content in seen:
            continue
        seen.add(content)
        if not _is_stillborn(content, dialect, faults):
            yield _describe(solution, path, source, edit, content)


def _propose(root: Node, source: bytes, rules: Rules) -> Iterator[Edit]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for rule in rules.get(node.type, ()):
            yield from rule(node, source)
        waiting += reversed(node.children)


def _is_stillborn(content: bytes, dialect: _Dialect, faults: int) -> bool:
    """Tell whether a file can't be parsed; one that the grammar never understood may stay so."""
    if _count_faults(dialect.parser.parse(dialect.prepare(content)).root_node) > faults:
        return True
    return not dialect.can_be_parsed(content)


def _count_faults(root: Node) -> int:
    count = 0
    waiting = [root]
    while waiting:
        node = waiting.pop()
        count += node.is_error or node.is_missing
        if node.has_error:
            waiting += node.children
    return count


def _describe(solution: Solution, path: str, source: bytes, edit: Edit, content: bytes) -> Mutant:
    first = source.rfind(b"\n", 0, edit.start) + 1
    last = source.find(b"\n", edit.end)
    last = len(source) if last < 0 else last
    return Mutant(
        solution=solution.name,
        stack=solution.stack,
        file=f"solutions/{solution.name}/{path}",
        line=source.count(b"\n", 0, edit.start) + 1,
        kind=edit.kind,
        was=_on_one_line(source[first:last]),
        becomes=_on_one_line(source[first : edit.start] + edit.new + source[edit.end : last]),
        files={**solution.files, path: content},
        original=solution.files,
        edit=edit,
    )


def _on_one_line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", errors="replace").split())


@cache
def _load_dialect(language: Language) -> _Dialect:
    rules = import_module(f"milepost.languages.{language.name}.{_RULES}")
    grammar = import_module(language.grammar)
    return _Dialect(
        parser=Parser(Grammar(grammar.language())),
        rules=rules.RULES,
        prepare=getattr(rules, "prepare", bytes),
        can_be_parsed=getattr(rules, "can_be_parsed", lambda _: True),
    )
