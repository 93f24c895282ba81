"""The shape of the code: sizes, nesting, docstrings and names. There are no exemptions.

A module that is hard to fit here is a module whose design wants another look.
"""

import ast
import re

from source_tree import ROOT, own_python, project_files, source_modules

BANNED_NAME = re.compile(r"(util|helper|common|misc|manager|base|kit)s?")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
DEEPEST_NESTING = 3
DOCSTRING_LINES = range(2, 7)

# `with` only brackets what happens inside it; these decide or repeat.
_NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)


def test_modules_open_with_a_docstring_of_two_to_six_lines():
    """Say what lives in a module, what does not, and the invariant that it keeps."""
    wrong = [
        f"{module.name}: {lines} lines"
        for module in source_modules()
        if (lines := _count_lines(ast.get_docstring(module.tree) or "")) not in DOCSTRING_LINES
    ]

    assert wrong == []


def test_modules_are_short_enough_to_hold_in_mind():
    long = [
        f"{module.name}: {lines} lines"
        for module in source_modules()
        if (lines := len(module.text.splitlines())) > LONGEST_FILE
    ]

    assert long == []


def test_functions_are_short():
    long = [
        f"{module.name}:{function.lineno} {function.name}: {length} lines"
        for module in source_modules()
        for function in module.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]

    assert long == []


def test_functions_nest_at_most_three_deep():
    deep = [
        f"{module.name}:{function.lineno} {function.name}: {depth} deep"
        for module in source_modules()
        for function in module.functions()
        if (depth := _nesting(function.body)) > DEEPEST_NESTING
    ]

    assert deep == []


def test_public_functions_and_classes_have_docstrings():
    silent = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in source_modules()
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_coroutine_keeps_its_own_cancellation_to_itself():
    """`wait_for` (until Python 3.12) and a suppressed `CancelledError` take it for another's."""
    wrong = [
        f"{module.name}:{number}"
        for module in source_modules()
        for number, line in enumerate(module.text.splitlines(), 1)
        if "asyncio.wait_for(" in line or re.search(r"suppress\(.*CancelledError", line)
    ]

    assert wrong == []


def test_the_rules_of_shape_look_at_every_module():
    assert len(source_modules()) > 300


def test_no_file_has_a_name_that_says_nothing():
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in project_files()
        if path.suffix == ".py" and BANNED_NAME.fullmatch(path.stem)
    ]

    assert silent == []


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


def _count_lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


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
