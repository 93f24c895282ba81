"""A domain's modules hold what their names promise: `queries` read, `policy` decides from values.

Seven names mean the same in every domain; a further module is named by what it holds.
"""

import ast
from collections.abc import Iterator

import pytest
from source_tree import DOMAINS, SOURCE, Module, source_modules

from milepost.core import errors

WRITING_CALLS = {"insert", "update", "delete", "enqueue", "mark_changed", "announce"}
SESSION_WRITES = {"add", "add_all", "delete", "flush", "merge"}
ERROR_KINDS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.MilepostError)
}
DATABASE_PACKAGES = ("sqlalchemy", "psycopg", "milepost.core.database")


def test_queries_only_read():
    writing = [
        f"{module.name}:{call.lineno}"
        for module in _named("queries")
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and _writes(call.func)
    ]

    assert writing == []


def test_queries_never_call_a_service():
    calling = [
        f"{module.name} imports {name}"
        for module in _named("queries")
        for name in _imports(module)
        if "service" in name.split(".")
    ]

    assert calling == []


def test_policy_decides_from_values_without_the_database():
    reaching = [
        f"{module.name} imports {name}"
        for module in _named("policy")
        for name in _imports(module)
        if name.startswith(DATABASE_PACKAGES)
        or {"queries", "service", "models"} & set(name.split("."))
    ]

    assert reaching == []


def test_policy_waits_for_nothing():
    waiting = [
        f"{module.name}:{node.lineno}"
        for module in _named("policy")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    ]

    assert waiting == []


@pytest.mark.parametrize(
    ("parents", "home"), [({"Base"}, "models"), (ERROR_KINDS, "errors")], ids=["rows", "errors"]
)
def test_a_domains_rows_and_errors_are_where_one_looks_for_them(parents, home):
    elsewhere = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in _of_domains()
        if _part(module) != home
        for node in module.tree.body
        if isinstance(node, ast.ClassDef)
        and not parents.isdisjoint(ast.unparse(base) for base in node.bases)
    ]

    assert elsewhere == []


def test_only_queries_and_services_are_given_a_session():
    elsewhere = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in _of_domains()
        if _part(module) not in {"queries", "service"}
        for function in module.functions()
        if any(
            argument.annotation is not None and ast.unparse(argument.annotation) == "AsyncSession"
            for argument in [*function.args.args, *function.args.kwonlyargs]
        )
    ]

    assert elsewhere == []


def _of_domains() -> list[Module]:
    found = [module for module in source_modules() if _folder(module) in DOMAINS]
    assert found
    return found


def _named(name: str) -> list[Module]:
    found = [module for module in _of_domains() if _part(module) == name]
    assert found
    return found


def _folder(module: Module) -> str:
    return module.path.relative_to(SOURCE).parts[0]


def _part(module: Module) -> str:
    return module.path.relative_to(SOURCE).parts[1].removesuffix(".py")


def _imports(module: Module) -> Iterator[str]:
    """Yield what a module imports, to the imported name: `milepost.submissions.service`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _writes(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id in WRITING_CALLS
    return (
        isinstance(called, ast.Attribute)
        and called.attr in SESSION_WRITES
        and isinstance(called.value, ast.Name)
        and called.value.id == "session"
    )
