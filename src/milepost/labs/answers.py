"""Reads what proves a lab: its right answers (`solutions/`) and its wrong ones (`flawed/`).

Whether they behave as they claim is found out by `verification`.
No package for learners holds any of it; who passed a lab is shown it by a server.
"""

import re
from collections.abc import Mapping, Sequence

from milepost.labs.edits import EditedSolution
from milepost.labs.model import CheckSpec, Flaw, Lab, Solution, files_below
from milepost.labs.tables import TableReader, is_slug, parse_toml

_FLAW_FILE = re.compile(r"flawed/([^/]+)\.toml")
_DEPTH_IN_FOLDER = 2  # flawed/<name>/flaw.toml; a flaw may be called "flaw"
_MISPLACED = {
    "solutions/": "lies where only folders belong. Put it in solutions/<name>/",
    "flawed/": "is no flaw. One is a file flawed/<name>.toml, or a folder flawed/<name>/",
}


def read_solutions(
    files: Mapping[str, bytes], stacks: Sequence[str], problems: list[str]
) -> tuple[Solution, ...]:
    """Read `solutions/<name>/`; a name begins with its stack (`python`, `python-streaming`)."""
    solutions = []
    for name in _list_folders(files, "solutions/", problems):
        stack = _find_stack(name, stacks)
        if stack is None:
            problems.append(
                f"solutions/{name} begins with no stack of lab.toml ({', '.join(stacks)})."
                " Name it after its stack, as in python or python-streaming."
            )
            continue
        solutions.append(Solution(name, stack, files_below(files, f"solutions/{name}/")))
    if not solutions:
        problems.append("There is no right answer. Add at least one in solutions/<stack>/.")
    return tuple(solutions)


def read_flaws(
    files: Mapping[str, bytes],
    solutions: Sequence[Solution],
    checks: Sequence[CheckSpec],
    objectives: Sequence[str],
    problems: list[str],
) -> tuple[Flaw, ...]:
    """Read `flawed/`: `<name>.toml` with edits of a solution, or `<name>/` with whole files.

    A folder holds a `flaw.toml`, and files that are laid over those of a solution.
    """
    by_name = {solution.name: solution for solution in solutions}
    flaws = []
    for name in _list_flaws(files, problems):
        declared_in = f"flawed/{name}.toml"
        if declared_in not in files:
            declared_in = f"flawed/{name}/flaw.toml"
        content = files.get(declared_in)
        if content is None:
            problems.append(
                f"{declared_in} is missing. It says what is wrong and which checks see it."
            )
            continue
        table = parse_toml(content, declared_in, problems)
        if table is None:
            continue
        reader = TableReader(table, declared_in, problems)
        beside = files_below(files, f"flawed/{name}/")
        beside.pop("flaw.toml", None)
        flaw = _read_flaw(reader, name, beside, by_name)
        _refuse_unknown(reader, flaw, checks, objectives)
        flaws.append(flaw)
    return tuple(flaws)


def list_answers(lab: Lab) -> dict[str, tuple[str, Mapping[str, bytes]]]:
    """Name every answer that lies in a lab by its folder, with its stack and its whole files."""
    starters = {f"starter/{stack}": (stack, lab.starter_files(stack)) for stack in lab.stacks}
    right = {f"solutions/{each.name}": (each.stack, each.files) for each in lab.solutions()}
    wrong = {f"flawed/{each.name}": (each.stack, each.files) for each in lab.flawed()}
    return {**starters, **right, **wrong}


def _read_flaw(
    reader: TableReader, name: str, beside: dict[str, bytes], solutions: Mapping[str, Solution]
) -> Flaw:
    over = reader.read_text("over", "the name of the solution that is spoiled")
    solution = solutions.get(over)
    if over and solution is None:
        reader.complain(f"`over` is {over!r}; there is no solutions/{over}. Name one that exists.")
    flaw = Flaw(
        name=name,
        declared_in=reader.where,
        title=reader.read_text("title", "the misconception in a few words"),
        misconception=reader.read_text("misconception", "what a learner who fails so is told"),
        over=over,
        stack=solution.stack if solution else "",
        fails=frozenset(reader.read_texts("fails")),
        lacks=reader.read_texts("lacks"),
        files=_spoil(reader, beside, solution),
    )
    reader.refuse_others()
    return flaw


def _spoil(
    reader: TableReader, beside: dict[str, bytes], solution: Solution | None
) -> Mapping[str, bytes]:
    """Return a solution's files with the flaw in them."""
    is_folder = reader.where.count("/") == _DEPTH_IN_FOLDER
    edits = reader.read_tables("edit")
    if is_folder:
        if edits:
            reader.complain(
                "edits stand in a file without a folder, flawed/<name>.toml. Move them there, or"
                " lay whole files beside this one."
            )
        elif not beside:
            reader.complain("there is no file beside it, so nothing is flawed. Add the wrong ones.")
        return {**(solution.files if solution else {}), **beside}
    if not edits:
        reader.complain("there is no [[edit]], so nothing is flawed. Say what is changed.")
    if solution is None:
        return {}
    return _edit(reader, edits, solution)


def _edit(
    reader: TableReader, edits: Sequence[TableReader], solution: Solution
) -> Mapping[str, bytes]:
    fitting = len(reader.problems)
    edited = EditedSolution(solution)
    for edit in edits:
        edited.apply(edit)
    if edits and not edited.is_changed and len(reader.problems) == fitting:
        reader.complain("its edits undo each other, so nothing is flawed. Remove some of them.")
    return edited.files


def _refuse_unknown(
    reader: TableReader, flaw: Flaw, checks: Sequence[CheckSpec], objectives: Sequence[str]
) -> None:
    for check in sorted(flaw.fails - {spec.name for spec in checks}):
        reader.complain(f"`fails` names {check!r}, and there is no such check. Fix the name.")
    for objective in flaw.lacks:
        if objective not in objectives:
            reader.complain(f"`lacks` names {objective!r}, which lab.toml does not prove.")


def _find_stack(name: str, stacks: Sequence[str]) -> str | None:
    fitting = [stack for stack in stacks if name == stack or name.startswith(stack + "-")]
    return max(fitting, key=len, default=None)


def _list_flaws(files: Mapping[str, bytes], problems: list[str]) -> list[str]:
    """List the names of flaws, of either form, in the order of the alphabet."""
    single = {path: found[1] for path in files if (found := _FLAW_FILE.fullmatch(path))}
    others = {path: b"" for path in files if not is_slug(single.get(path, ""))}
    names = {name for name in single.values() if is_slug(name)}
    folders = _list_folders(others, "flawed/", problems)
    problems += [
        f"flawed/{name}.toml and flawed/{name}/ are two flaws of one name. Remove or rename one."
        for name in folders
        if name in names
    ]
    return sorted(names.union(folders))


def _list_folders(files: Mapping[str, bytes], prefix: str, problems: list[str]) -> list[str]:
    names = []
    for path in files:
        if not path.startswith(prefix):
            continue
        name, slash, _ = path.removeprefix(prefix).partition("/")
        if slash and is_slug(name):
            names.append(name)
        else:
            problems.append(
                f"{path} {_MISPLACED[prefix]}, the name in small letters, digits and hyphens."
            )
    return sorted(set(names))
