"""One small change to a source file, and the rules from which such changes are made.

Which rules a language has is in its folder, in `mutants.py`. A rule looks at one node of
a parsed file and proposes edits; it never looks at what the code means.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes from `start` to `end`. `kind` says in a word what that changes."""

    kind: str
    start: int
    end: int
    new: bytes


# What a rule is given: the node, and the file's own bytes (a parser may have seen others).
Rule = Callable[[Node, bytes], Iterator[Edit]]
Rules = Mapping[str, tuple[Rule, ...]]  # type of node -> the rules that look at it


def replace(kind: str, node: Node, new: bytes) -> Edit:
    """Put other bytes in the place of a node."""
    return Edit(kind, node.start_byte, node.end_byte, new)


def text_of(node: Node, source: bytes) -> bytes:
    """Read what a node covers."""
    return source[node.start_byte : node.end_byte]


def swap(kind: str, table: Mapping[str, str]) -> Rule:
    """Make a rule that replaces an operator among a node's children by another one."""

    def rule(node: Node, source: bytes) -> Iterator[Edit]:
        for child in node.children:
            if child.is_named and not child.type.startswith("keyword_"):
                continue
            written = " ".join(text_of(child, source).decode(errors="replace").split())
            other = table.get(written) or table.get(written.upper())
            if other is not None:
                yield replace(kind, child, other.encode())

    return rule


def negate(kind: str, template: str, find: Callable[[Node], Node | None]) -> Rule:
    """Make a rule that turns a condition into its opposite, so that the branches are swapped."""

    def rule(node: Node, source: bytes) -> Iterator[Edit]:
        condition = find(node)
        if condition is not None:
            inside = text_of(condition, source).decode(errors="replace")
            yield replace(kind, condition, template.format(inside).encode())

    return rule


def unwrap(kind: str, operators: tuple[str, ...]) -> Rule:
    """Make a rule that leaves a prefix operator out, such as `not` or a minus."""

    def rule(node: Node, source: bytes) -> Iterator[Edit]:
        first, *rest = node.children
        if first.type in operators and rest:
            inside = source[rest[0].start_byte : node.end_byte]
            yield replace(kind, node, inside)

    return rule


def become(kind: str, new: str) -> Rule:
    """Make a rule that puts a fixed text in a node's place."""

    def rule(node: Node, _source: bytes) -> Iterator[Edit]:
        yield replace(kind, node, new.encode())

    return rule


def count_on(node: Node, source: bytes) -> Iterator[Edit]:
    """Make a number one larger; what is no plain decimal number is left alone."""
    written = text_of(node, source)
    if written.isdigit():
        yield replace("constant", node, str(int(written) + 1).encode())


def find_last_child(node: Node) -> Node | None:
    """Find the last part of a node that means something."""
    return node.named_children[-1] if node.named_children else None


def find_field(name: str) -> Callable[[Node], Node | None]:
    """Make a finder of the child that a grammar knows by this name."""
    return lambda node: node.child_by_field_name(name)
