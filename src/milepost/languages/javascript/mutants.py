"""How a JavaScript file is mutated.

The rules follow those of Stryker. Prose, templates and declarations are left alone: nobody grades
the first two, and without the last a file would only fail to run.
"""

from collections.abc import Iterator

from tree_sitter import Node

from milepost.languages.edits import (
    Edit,
    Rules,
    become,
    count_on,
    find_field,
    negate,
    replace,
    swap,
    text_of,
    unwrap,
)

_REMOVABLE = (
    "call_expression",
    "await_expression",
    "update_expression",
    "augmented_assignment_expression",
)
_LOOPS = ("for_statement", "for_in_statement", "while_statement", "do_statement")


def _empty_string(node: Node, source: bytes) -> Iterator[Edit]:
    """Empty a string that names something; words for people, and names of modules, stay."""
    outside = node.parent.type if node.parent is not None else ""
    parts = [child for child in node.named_children if child.type == "string_fragment"]
    if outside in ("import_statement", "export_statement", "expression_statement"):
        return
    words = any(part.isspace() for part in text_of(node, source).decode(errors="replace"))
    if len(parts) == len(node.named_children) == 1 and not words:
        yield replace("constant", parts[0], b"")


def _remove_statement(node: Node, _source: bytes) -> Iterator[Edit]:
    first = node.named_children[0] if node.named_children else None
    if first is None:
        return
    target = first.child_by_field_name("left") if first.type == "assignment_expression" else None
    if first.type in _REMOVABLE or (target is not None and target.type != "identifier"):
        yield replace("statement", node, b";")


def _return_nothing(node: Node, source: bytes) -> Iterator[Edit]:
    value = node.named_children[0] if node.named_children else None
    if value is not None and text_of(value, source) not in (b"null", b"undefined"):
        yield replace("returned value", value, b"undefined")


def _leave_loop(node: Node, _source: bytes) -> Iterator[Edit]:
    """Turn `break` and `continue` into each other, where a loop is what they are about."""
    around = node.parent
    while around is not None and around.type not in (*_LOOPS, "switch_statement"):
        around = around.parent
    if around is None or around.type == "switch_statement" or node.named_children:
        return
    yield replace("statement", node, b"continue;" if node.type == "break_statement" else b"break;")


RULES: Rules = {
    "binary_expression": (
        swap(
            "comparison",
            {
                "<": "<=", "<=": "<", ">": ">=", ">=": ">",
                "===": "!==", "!==": "===", "==": "!=", "!=": "==",
            },
        ),
        swap(
            "operator",
            {
                "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "**": "*",
                "|": "&", "&": "|", "^": "&", "<<": ">>", ">>": "<<",
                "&&": "||", "||": "&&", "??": "&&",
            },
        ),
    ),
    "augmented_assignment_expression": (
        swap("operator", {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "??=": "&&="}),
    ),
    "update_expression": (swap("operator", {"++": "--", "--": "++"}),),
    "unary_expression": (unwrap("condition", ("!",)), unwrap("operator", ("-", "~"))),
    "number": (count_on,),
    "true": (become("constant", "false"),),
    "false": (become("constant", "true"),),
    "string": (_empty_string,),
    "if_statement": (negate("condition", "(!{})", find_field("condition")),),
    "ternary_expression": (negate("condition", "!({})", find_field("condition")),),
    "expression_statement": (_remove_statement,),
    "throw_statement": (become("statement", ";"),),
    "return_statement": (_return_nothing,),
    "break_statement": (_leave_loop,),
    "continue_statement": (_leave_loop,),
}  # fmt: skip
