"""How a Python file is mutated.

The rules follow those of mutmut and Cosmic Ray. Prose, docstrings and plain assignments are left
alone: nobody grades the first two, and without the last a file would only fail to run.
"""

import ast
import warnings
from collections.abc import Iterator

from tree_sitter import Node

from milepost.languages.edits import (
    Edit,
    Rules,
    become,
    count_on,
    find_field,
    find_last_child,
    negate,
    replace,
    swap,
    text_of,
    unwrap,
)

_OPPOSITE = "not ({})"
_REMOVABLE = ("call", "await", "yield", "augmented_assignment")
_PLACES = ("attribute", "subscript")  # what is assigned to here was made elsewhere


def _empty_string(node: Node, source: bytes) -> Iterator[Edit]:
    """Empty a string that names something; words for people, and f-strings, stay."""
    parts = [child for child in node.children if child.type == "string_content"]
    if len(node.children) != len(parts) + 2 or len(parts) != 1:
        return
    is_statement = node.parent is not None and node.parent.type == "expression_statement"
    if not is_statement and not any(part.isspace() for part in text_of(node, source).decode()):
        yield replace("constant", parts[0], b"")


def _remove_statement(node: Node, _source: bytes) -> Iterator[Edit]:
    first = node.named_children[0] if node.named_children else None
    if first is None:
        return
    target = first.child_by_field_name("left") if first.type == "assignment" else None
    if first.type in _REMOVABLE or (target is not None and target.type in _PLACES):
        yield replace("statement", node, b"pass")


def _return_nothing(node: Node, source: bytes) -> Iterator[Edit]:
    value = node.named_children[0] if node.named_children else None
    if value is not None and text_of(value, source) != b"None":
        yield replace("returned value", value, b"None")


def _negate_middle(node: Node, source: bytes) -> Iterator[Edit]:
    condition = node.named_children[1]
    inside = text_of(condition, source).decode(errors="replace")
    yield replace("condition", condition, _OPPOSITE.format(inside).encode())


def can_be_parsed(content: bytes) -> bool:
    """Tell whether Python itself can read a file, which is stricter than the grammar."""
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(content)
    except (SyntaxError, ValueError):
        return False
    return True


RULES: Rules = {
    "comparison_operator": (
        swap(
            "comparison",
            {
                "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
                "in": "not in", "not in": "in", "is": "is not", "is not": "is",
            },
        ),
    ),
    "binary_operator": (
        swap(
            "operator",
            {
                "+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "%": "*", "**": "*",
                "|": "&", "&": "|", "^": "&", "<<": ">>", ">>": "<<",
            },
        ),
    ),
    "boolean_operator": (swap("operator", {"and": "or", "or": "and"}),),
    "augmented_assignment": (
        swap("operator", {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "|=": "&=", "&=": "|="}),
    ),
    "not_operator": (unwrap("condition", ("not",)),),
    "unary_operator": (unwrap("operator", ("-", "~")),),
    "integer": (count_on,),
    "true": (become("constant", "False"),),
    "false": (become("constant", "True"),),
    "string": (_empty_string,),
    "if_statement": (negate("condition", _OPPOSITE, find_field("condition")),),
    "elif_clause": (negate("condition", _OPPOSITE, find_field("condition")),),
    "if_clause": (negate("condition", _OPPOSITE, find_last_child),),
    "conditional_expression": (_negate_middle,),
    "expression_statement": (_remove_statement,),
    "delete_statement": (become("statement", "pass"),),
    "raise_statement": (become("statement", "pass"),),
    "return_statement": (_return_nothing,),
    "break_statement": (become("statement", "continue"),),
    "continue_statement": (become("statement", "break"),),
}  # fmt: skip
