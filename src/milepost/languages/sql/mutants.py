"""How a file of SQL is mutated: joins, comparisons, aggregates, orders, limits, conditions.

psql's variables (`:year`, `:'city'`) are no SQL, so the parser is shown words of equal length in
their place (`prepare`); no edit ever touches one.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from milepost.languages.edits import (
    Edit,
    Rule,
    Rules,
    count_on,
    replace,
    swap,
    text_of,
)

_AGGREGATES = {"sum": "max", "max": "min", "min": "max", "avg": "sum"}
_CHANGES = ("insert", "update", "delete", "alter_table", "create_index", "create_table")
_OPPOSITES = {
    "keyword_not": b"",
    "not_in": b"IN",
    "keyword_in": b"NOT IN",
    "is_not": b"IS",
    "keyword_is": b"IS NOT",
    "not_like": b"LIKE",
    "keyword_like": b"NOT LIKE",
}
_QUOTED = re.compile(rb":'(\w+)'|:\"(\w+)\"")
_NAMES_SOMETHING = re.compile(rb"'[A-Za-z_][^\s']*'")
_BARE = re.compile(rb"(?<!:):(?=[A-Za-z_])")


def prepare(source: bytes) -> bytes:
    """Put a string or a name of equal length in the place of each of psql's variables."""
    shown = _QUOTED.sub(lambda found: b"'_" + (found[1] or found[2]) + b"'", source)
    return _BARE.sub(b"v", shown)


def _change_literal(node: Node, source: bytes) -> Iterator[Edit]:
    """Empty a string that names something; make a number one larger; turn a truth around."""
    written = text_of(node, source)
    if written.startswith(b":"):
        return
    if _NAMES_SOMETHING.fullmatch(written):
        yield replace("constant", node, b"''")
    truths = {b"TRUE": b"false", b"FALSE": b"true"}
    if other := truths.get(written.upper()):
        yield replace("constant", node, other)
    yield from count_on(node, source)


def _change_join(node: Node, _source: bytes) -> Iterator[Edit]:
    words = {child.type: child for child in node.children}
    join = words.get("keyword_join")
    if join is None or "keyword_cross" in words:
        return
    sides = [
        words[name] for name in ("keyword_left", "keyword_right", "keyword_full") if name in words
    ]
    if sides:
        yield Edit("join", sides[0].start_byte, join.end_byte, b"JOIN")
    else:
        first = words.get("keyword_inner", join)
        yield Edit("join", first.start_byte, join.end_byte, b"LEFT JOIN")


def _change_call(node: Node, source: bytes) -> Iterator[Edit]:
    """Take another aggregate, count rows instead of values, or leave a fallback out."""
    name = node.named_children[0]
    called = text_of(name, source).decode(errors="replace").lower()
    if called in _AGGREGATES:
        yield replace("aggregate", name, _AGGREGATES[called].encode())
    arguments = [child for child in node.named_children[1:] if child.type == "term"]
    if called == "count" and arguments and text_of(arguments[0], source) != b"*":
        first = next((child for child in node.children if child.type == "("), name)
        last = next((child for child in node.children if child.type == ")"), arguments[0])
        yield Edit("aggregate", first.end_byte, last.start_byte, b"*")
    if called == "coalesce" and arguments:
        yield replace("fallback", node, text_of(arguments[0], source))


def _drop(kind: str) -> Rule:
    def rule(node: Node, _source: bytes) -> Iterator[Edit]:
        yield replace(kind, node, b"")

    return rule


def _drop_conjunct(node: Node, source: bytes) -> Iterator[Edit]:
    if not _is_conjunction(node):
        return
    left, right = node.named_children[0], node.named_children[-1]
    if not _is_link(right):
        yield replace("condition", node, text_of(left, source))
    if not _is_conjunction(left) and not _is_link(left):
        yield replace("condition", node, text_of(right, source))


def _drop_only_condition(node: Node, _source: bytes) -> Iterator[Edit]:
    condition = node.named_children[-1]
    if not _is_conjunction(condition) and not _is_link(condition):
        yield replace("condition", node, b"")


def _is_conjunction(node: Node) -> bool:
    return any(child.type == "keyword_and" for child in node.children)


def _is_link(node: Node) -> bool:
    """Tell whether a condition joins two tables.

    Without it each row meets each other one, which fifty thousand rows would never end; such a
    mutant is caught by the clock and says nothing of the checks.
    """
    sides = [child.type for child in node.named_children]
    return sides == ["field", "field"] and any(child.type == "=" for child in node.children)


def _compare(node: Node, source: bytes) -> Iterator[Edit]:
    if not _is_link(node):
        yield from _COMPARE(node, source)


def _calculate(node: Node, source: bytes) -> Iterator[Edit]:
    if not any(_is_link(child) for child in node.named_children):
        yield from _CALCULATE(node, source)


def _turn_around(node: Node, _source: bytes) -> Iterator[Edit]:
    for child in node.children:
        if child.type in _OPPOSITES:
            yield replace("condition", child, _OPPOSITES[child.type])


def _negate_exists(node: Node, source: bytes) -> Iterator[Edit]:
    before = node.parent
    negated = before is not None and before.type == "unary_expression"
    if not negated:
        yield replace("condition", node, b"NOT " + text_of(node, source))


def _drop_item(node: Node, source: bytes) -> Iterator[Edit]:
    """Leave the last of several values out of a list that something is compared with."""
    items = [child for child in node.named_children if child.type == "literal"]
    is_compared = node.parent is not None and node.parent.type == "binary_expression"
    if is_compared and len(items) > 1 and not text_of(items[-1], source).startswith(b":"):
        yield Edit("list", items[-2].end_byte, items[-1].end_byte, b"")


def _change_order(node: Node, _source: bytes) -> Iterator[Edit]:
    targets = [child for child in node.named_children if child.type == "order_target"]
    for target in targets:
        direction = next((part for part in target.named_children if part.type == "direction"), None)
        if direction is None:
            yield Edit("order", target.end_byte, target.end_byte, b" DESC")
        else:
            is_down = any(part.type == "keyword_desc" for part in direction.named_children)
            yield replace("order", direction, b"ASC" if is_down else b"DESC")
    if len(targets) > 1:
        yield Edit("order", targets[-2].end_byte, targets[-1].end_byte, b"")


def _join_sets(node: Node, _source: bytes) -> Iterator[Edit]:
    for child in node.children:
        if child.type == "keyword_union":
            following = child.next_sibling
            keeps = following is not None and following.type == "keyword_all"
            end = following.end_byte if keeps and following is not None else child.end_byte
            yield Edit("duplicates", child.start_byte, end, b"UNION" if keeps else b"UNION ALL")


def _remove_change(node: Node, _source: bytes) -> Iterator[Edit]:
    """Leave a whole statement out that changes something; a question alone is the answer."""
    if node.named_children and node.named_children[0].type in _CHANGES:
        yield replace("statement", node, b"SELECT")


_COMPARE = swap(
    "comparison",
    {"=": "<>", "<>": "=", "!=": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">"},
)
_CALCULATE = swap(
    "operator", {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "AND": "OR", "OR": "AND"}
)

RULES: Rules = {
    "binary_expression": (_compare, _calculate, _drop_conjunct, _turn_around),
    "between_expression": (_turn_around,),
    "unary_expression": (_turn_around,),
    "exists": (_negate_exists,),
    "literal": (_change_literal,),
    "list": (_drop_item,),
    "join": (_change_join,),
    "invocation": (_change_call,),
    "keyword_distinct": (_drop("duplicates"),),
    "where": (_drop_only_condition,),
    "order_by": (_change_order,),
    "limit": (_drop("limit"),),
    "set_operation": (_join_sets,),
    "statement": (_remove_change,),
}
