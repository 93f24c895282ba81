"""How a Go file is mutated.

The rules follow those of the other languages. What would not compile for its types alone, such as
texts that are subtracted, is left out; a mutant that does not compile all the same is none.
"""

from collections.abc import Iterator

from tree_sitter import Node

from milepost.languages.edits import (
    Edit,
    Rule,
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

_LOOPS = ("for_statement",)
_SWITCHES = ("expression_switch_statement", "type_switch_statement", "select_statement")
_FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")
_TEXTS = ("interpreted_string_literal", "raw_string_literal")
_NOTHING = {"int": b"0", "float64": b"0", "string": b'""', "bool": b"false", "error": b"nil"}


def _of_numbers(rule: Rule) -> Rule:
    """Keep an arithmetic rule away from texts, which can only be added."""

    def kept(node: Node, source: bytes) -> Iterator[Edit]:
        if not any(child.type in _TEXTS for child in node.children):
            yield from rule(node, source)

    return kept


def _empty_text(node: Node, source: bytes) -> Iterator[Edit]:
    """Empty a text that names something; words for people, imports and tags of fields stay."""
    outside = node.parent.type if node.parent is not None else ""
    if outside in ("import_spec", "field_declaration"):
        return
    inside = text_of(node, source)[1:-1]
    if inside and not any(part.isspace() for part in inside.decode(errors="replace")):
        yield Edit("constant", node.start_byte + 1, node.end_byte - 1, b"")


def _remove_call(node: Node, _source: bytes) -> Iterator[Edit]:
    """Leave out a call whose result nobody wants."""
    first = node.named_children[0] if node.named_children else None
    if first is not None and first.type == "call_expression":
        yield replace("statement", node, b"")


def _remove_assignment(node: Node, source: bytes) -> Iterator[Edit]:
    """Leave out what is stored in a field or an element; a variable would be unused then."""
    targets = node.child_by_field_name("left")
    if targets is None or text_of(node, source)[: targets.end_byte].strip() == b"_":
        return
    if all(
        each.type in ("selector_expression", "index_expression") for each in targets.named_children
    ):
        yield replace("statement", node, b"")


def _return_nothing(node: Node, source: bytes) -> Iterator[Edit]:
    """Return the zero value of a function that has one result."""
    values = node.named_children[0].named_children if node.named_children else []
    nothing = _zero_of(_find_around(node, _FUNCTIONS), source)
    if len(values) == 1 and nothing is not None and text_of(values[0], source) != nothing:
        yield replace("returned value", values[0], nothing)


def _zero_of(function: Node | None, source: bytes) -> bytes | None:
    result = function.child_by_field_name("result") if function is not None else None
    if result is None:
        return None
    if result.type in ("pointer_type", "slice_type", "map_type"):
        return b"nil"
    return _NOTHING.get(text_of(result, source).decode(errors="replace"))


def _leave_loop(node: Node, _source: bytes) -> Iterator[Edit]:
    """Turn `break` and `continue` into each other, where a loop is what they are about."""
    around = _find_around(node, (*_LOOPS, *_SWITCHES))
    if around is not None and around.type in _LOOPS and not node.named_children:
        yield replace(
            "statement", node, b"continue" if node.type == "break_statement" else b"break"
        )


def _find_around(node: Node, kinds: tuple[str, ...]) -> Node | None:
    around = node.parent
    while around is not None and around.type not in kinds:
        around = around.parent
    return around


RULES: Rules = {
    "binary_expression": (
        swap("comparison", {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}),
        _of_numbers(
            swap(
                "operator",
                {
                    "+": "-", "-": "+", "*": "/", "/": "*", "%": "*",
                    "|": "&", "&": "|", "^": "&", "<<": ">>", ">>": "<<",
                },
            )
        ),
        swap("operator", {"&&": "||", "||": "&&"}),
    ),
    "assignment_statement": (
        _of_numbers(swap("operator", {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="})),
        _remove_assignment,
    ),
    "inc_statement": (swap("operator", {"++": "--"}),),
    "dec_statement": (swap("operator", {"--": "++"}),),
    "unary_expression": (unwrap("condition", ("!",)), unwrap("operator", ("-", "^"))),
    "int_literal": (count_on,),
    "true": (become("constant", "false"),),
    "false": (become("constant", "true"),),
    "interpreted_string_literal": (_empty_text,),
    "raw_string_literal": (_empty_text,),
    "if_statement": (negate("condition", "!({})", find_field("condition")),),
    "expression_statement": (_remove_call,),
    "return_statement": (_return_nothing,),
    "break_statement": (_leave_loop,),
    "continue_statement": (_leave_loop,),
}  # fmt: skip
