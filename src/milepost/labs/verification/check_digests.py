"""Which results an edit in a lab's checks can change: digests of what they share, and of each.

A check meets a clean start and inputs of its own, so its result depends on its own lines and on
what all of them share: helpers, imports, data. Comments and line breaks change nothing.
"""

import ast
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from milepost.labs.checks_file import FunctionNode, is_check
from milepost.labs.model import Lab


@dataclass(frozen=True, slots=True)
class CheckDigests:
    """What the results of checks depend on, as digests."""

    shared: str
    own: Mapping[str, str]  # by the name of the check


def digest_checks(lab: Lab) -> CheckDigests:
    """Read the digests from the files that the check process of a lab sees."""
    code = {path: content for path, content in sorted(lab.files.items()) if _holds_checks(path)}
    nodes = [node for content in code.values() for node in ast.parse(content).body]
    checks = {
        node.name: node for node in nodes if isinstance(node, FunctionNode) and is_check(node)
    }
    helpers = [node for node in nodes if node not in checks.values()]
    # A check that something else names is a helper too.
    used = {name for node in helpers for name in _list_names(node)}
    used |= {other for name, node in checks.items() for other in _list_names(node) - {name}}
    helpers += [node for name, node in sorted(checks.items()) if name in used]

    shared = [*code, *(ast.dump(node) for node in helpers)]
    for path, content in sorted(lab.files.items()):
        if path.startswith("data/"):
            shared += [path, digest(content)]
    own = {name: digest(ast.dump(node).encode()) for name, node in checks.items()}
    return CheckDigests(digest("\0".join(shared).encode()), own)


def _holds_checks(path: str) -> bool:
    return path == "checks.py" or path.startswith("checks/")


def digest(content: bytes) -> str:
    """Return the digest of some bytes."""
    return hashlib.sha256(content).hexdigest()


def _list_names(node: ast.AST) -> set[str]:
    """List what a piece of a module names: variables, attributes, and what it imports."""
    named = ast.Name | ast.Attribute | ast.alias
    return {_name_of(each) for each in ast.walk(node) if isinstance(each, named)}


def _name_of(node: ast.Name | ast.Attribute | ast.alias) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.alias():
            return node.name
