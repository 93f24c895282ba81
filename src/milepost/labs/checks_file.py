"""Reads a lab's checks without running them: which there are, and what is wrong with them.

Which files they stand in is found in `check_files`, what learners get decided in `stripping`.
Everything a lab says about its checks comes from this reading, so it can be trusted before any run.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from milepost.engine.checks.files import SUPPORT
from milepost.labs.check_files import find_task
from milepost.labs.model import CheckSpec

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_FIELDS = ("task", "objectives", "hidden")
_COMPUTED = object()


@dataclass(frozen=True, slots=True)
class CheckBinding:
    """What checks may be bound to: the tasks and the objectives of their lab."""

    tasks: Sequence[str]
    objectives: Sequence[str]


def read_checks(
    trees: Mapping[str, ast.Module], binding: CheckBinding, problems: list[str]
) -> tuple[CheckSpec, ...]:
    """List the checks in the order of the files, adding a sentence for each thing that is wrong."""
    checks: dict[str, CheckSpec] = {}
    for path, tree in trees.items():
        nodes = [node for node in tree.body if isinstance(node, FunctionNode) and is_check(node)]
        for node in nodes:
            reader = _CheckReader(path, node, binding, problems)
            if node.name in checks:
                reader.complain("has the name of an earlier check, which it would replace.")
            checks[node.name] = reader.read()
        _refuse_lost_checks(path, tree, problems)
        if not nodes and path != SUPPORT:
            problems.append(f"{path} has no check. Write functions test_… under @check(…).")
    if not trees.keys() - {SUPPORT}:
        problems.append("There is no check. Write functions test_… under @check(…).")
    return tuple(checks.values())


def is_check(node: ast.stmt) -> bool:
    """Tell whether a statement is a function that is meant as a check."""
    if not isinstance(node, FunctionNode):
        return False
    return node.name.startswith("test") or find_check_call(node) is not None


def find_check_call(node: FunctionNode) -> ast.Call | None:
    """Return the `@check(…)` above a function, or None."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and _called_name(decorator.func) == "check":
            return decorator
    return None


def _called_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _refuse_lost_checks(path: str, tree: ast.Module, problems: list[str]) -> None:
    top = {id(node) for node in tree.body}
    problems += [
        f"{path} line {node.lineno}: {node.name} is not at the top level, so it would"
        " not be found. Move it out of what surrounds it."
        for node in ast.walk(tree)
        if isinstance(node, FunctionNode) and id(node) not in top and is_check(node)
    ]


class _CheckReader:
    def __init__(
        self, path: str, node: FunctionNode, binding: CheckBinding, problems: list[str]
    ) -> None:
        self.path = path
        self.node = node
        self.binding = binding
        self.problems = problems

    def complain(self, sentence: str, line: int | None = None) -> None:
        self.problems.append(
            f"{self.path} line {line or self.node.lineno}: {self.node.name} {sentence}"
        )

    def read(self) -> CheckSpec:
        arguments = self._read_arguments()
        self._refuse_odd_shapes()
        self._refuse_silent_asserts()
        return CheckSpec(
            name=self.node.name,
            title=self._read_title(),
            task=self._read_task(arguments.get("task")),
            objectives=self._read_objectives(arguments.get("objectives")),
            hidden=self._read_hidden(arguments.get("hidden", False)),
        )

    def _read_title(self) -> str:
        docstring = ast.get_docstring(self.node) or ""
        title = docstring.strip().partition("\n")[0].strip()
        if not title:
            self.complain("has no docstring. Its first line is the sentence that learners read.")
        return title

    def _read_arguments(self) -> dict[str, object]:
        call = find_check_call(self.node)
        if call is None:
            self.complain('has no @check(task="…", objectives=["…"]). Bind it to a task.')
            return {}
        if call.args:
            self.complain("gives @check an argument without a name. Write task=, objectives=.")
        arguments: dict[str, object] = {}
        for keyword in call.keywords:
            if keyword.arg not in _FIELDS:
                self.complain(f"gives @check {keyword.arg!r}; it takes {', '.join(_FIELDS)}.")
                continue
            try:
                arguments[keyword.arg] = ast.literal_eval(keyword.value)
            except ValueError:
                arguments[keyword.arg] = _COMPUTED
                self.complain(
                    f"computes `{keyword.arg}`. Write the value itself, no name that holds it:"
                    " it is read without running the file."
                )
        return arguments

    def _read_task(self, value: object) -> str:
        if value is _COMPUTED:
            return ""
        if isinstance(value, str) and value in self.binding.tasks:
            self._refuse_place(value)
            return value
        known = ", ".join(self.binding.tasks)
        self.complain(f"belongs to the task {value!r}, which lab.toml has not. It has {known}.")
        return ""

    def _refuse_place(self, task: str) -> None:
        if self.path == SUPPORT or find_task(self.path) not in {None, task}:
            self.complain(f"belongs to the task {task!r}. Move it to checks/{task}.py.")

    def _read_objectives(self, value: object) -> tuple[str, ...]:
        if value is _COMPUTED:
            return ()
        if not isinstance(value, list | tuple) or not value:
            self.complain('names no objective. Say what it proves: objectives=["skill.objective"].')
            return ()
        names = tuple(str(item) for item in value)
        for name in names:
            if name not in self.binding.objectives:
                self.complain(f"proves {name!r}, which `objectives` of lab.toml has not. Add it.")
        return names

    def _read_hidden(self, value: object) -> bool:
        if value is _COMPUTED:
            return False
        if not isinstance(value, bool):
            self.complain(f"says hidden={value!r}. Say True or False.")
        return bool(value)

    def _refuse_odd_shapes(self) -> None:
        if not self.node.name.startswith("test_"):
            self.complain("does not begin with test_, so it would not run. Rename it.")
        if isinstance(self.node, ast.AsyncFunctionDef):
            self.complain("is async. Checks are plain functions; the fixtures wait for you.")
        if len(self.node.decorator_list) > 1:
            self.complain("has a second decorator. Vary inputs with `random` and loops instead.")

    def _refuse_silent_asserts(self) -> None:
        for assertion in _list_asserts(self.node.body):
            if assertion.msg is None:
                self.complain(
                    "asserts without a message. Say what a mentor would: what should be, and why"
                    " it matters.",
                    assertion.lineno,
                )


def _list_asserts(body: Iterable[ast.stmt]) -> list[ast.Assert]:
    return [
        node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Assert)
    ]
