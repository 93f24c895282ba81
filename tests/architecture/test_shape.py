"""The shape of the code: sizes, nesting, docstrings and names. There are no exemptions.

A module that is hard to fit here is a module whose design wants another look.
"""

import ast
import re

import pytest
from source_tree import DOMAINS, ROOT, SOURCE, own_python, project_files, source_modules

BANNED_NAME = re.compile(r"(util|helper|common|misc|manager|base|kit)s?")
DOMAIN_NAMES = {"models", "queries", "service", "policy", "errors", "tasks", "types", "__init__"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
DEEPEST_NESTING = 3
DOCSTRING_LINES = range(2, 7)

# `with` only brackets what happens inside it; these decide or repeat.
_NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)

modules = pytest.mark.parametrize("module", source_modules(), ids=lambda module: module.name)


@modules
def test_module_opens_with_a_docstring_of_two_to_six_lines(module):
    docstring = ast.get_docstring(module.tree)

    assert docstring, "say what lives here, what does not, and the invariant it keeps"
    lines = [line for line in docstring.splitlines() if line.strip()]
    assert len(lines) in DOCSTRING_LINES, docstring


@modules
def test_module_is_short_enough_to_hold_in_mind(module):
    assert len(module.text.splitlines()) <= LONGEST_FILE


@modules
def test_functions_are_short(module):
    long = [
        f"{function.name}: {length} lines"
        for function in module.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]

    assert long == []


@modules
def test_functions_nest_at_most_three_deep(module):
    deep = [
        f"{function.name}: {depth} deep"
        for function in module.functions()
        if (depth := _nesting(function.body)) > DEEPEST_NESTING
    ]

    assert deep == []


@modules
def test_public_functions_and_classes_have_docstrings(module):
    silent = [
        node.name
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_file_has_a_name_that_says_nothing():
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in project_files()
        if path.suffix == ".py" and BANNED_NAME.fullmatch(path.stem)
    ]

    assert silent == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_domain_packages_have_the_agreed_names_and_no_others(domain):
    names = {
        path.relative_to(SOURCE / domain).parts[0].removesuffix(".py")
        for path in project_files()
        if path.is_relative_to(SOURCE / domain)
    }

    assert names <= DOMAIN_NAMES


def test_nothing_is_left_to_do_in_the_code():
    # The brackets keep this line from finding itself.
    mark = re.compile(r"#.*\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")
    marked = [
        f"{module.name}:{number}"
        for module in own_python()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if mark.search(line)
    ]

    assert marked == []


def _nesting(body: list[ast.stmt], depth: int = 0) -> int:
    return max((_deepest(statement, depth) for statement in body), default=depth)


def _deepest(statement: ast.stmt, depth: int) -> int:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return depth  # judged on its own
    inner = depth + isinstance(statement, _NESTING)
    branches = [getattr(statement, name, []) for name in ("body", "finalbody")]
    branches += [part.body for part in getattr(statement, "handlers", [])]
    branches += [part.body for part in getattr(statement, "cases", [])]
    deepest = max(inner, *(_nesting(branch, inner) for branch in branches))
    orelse = getattr(statement, "orelse", [])
    # `elif` stands beside its `if`, not inside it.
    is_elif = isinstance(statement, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If)
    return max(deepest, _nesting(orelse, depth if is_elif else inner))
