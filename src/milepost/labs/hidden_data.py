"""Finds what in a lab's checks reads `data/hidden/`, although learners get it.

The folder never leaves the server, so a visible check that reads it fails on a learner's machine.
It is found by how paths are written, without running anything; a path that is put together from
variables is not seen.
"""

import ast
import re
from collections.abc import Mapping

from milepost.labs.stripping import list_kept

_JOINS = {"joinpath", "join", "Path", "PurePath"}
_WHOLE_PATH = re.compile(r"(hidden/|(.*/)?data/hidden(/|$))")


def refuse_hidden_reads(trees: Mapping[str, ast.Module], problems: list[str]) -> None:
    """Add a sentence for each line that reads hidden data and is not kept from learners."""
    for path, kept in list_kept(trees).items():
        lines = {line for statement in kept for line in _list_reads(statement)}
        problems += [
            f"{path} line {line} reads data/hidden/, which never leaves the server, and learners"
            " get this line: a check that reaches it would fail on each of their machines. Move the"
            " file to data/, or let only checks with hidden=True reach the line."
            for line in sorted(lines)
        ]


def _list_reads(statement: ast.stmt) -> list[int]:
    said = {id(node.value) for node in ast.walk(statement) if isinstance(node, ast.Expr)}
    return [
        node.lineno
        for node in ast.walk(statement)
        if isinstance(node, ast.expr) and id(node) not in said and _leads_to_hidden(node)
    ]


def _leads_to_hidden(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(text)):  # open("data/hidden/names.txt")
            return _WHOLE_PATH.match(text) is not None
        case ast.BinOp(op=ast.Div(), right=right):  # data / "hidden" / "names.txt"
            return _is_hidden(right)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=arguments):
            return name in _JOINS and any(map(_is_hidden, arguments))
        case ast.JoinedStr(values=[*_, ast.FormattedValue(), ast.Constant(value=str(text))]):
            return text.startswith("/hidden/")  # f"{data}/hidden/names.txt"
    return False


def _is_hidden(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and str(node.value).split("/")[0] == "hidden"
