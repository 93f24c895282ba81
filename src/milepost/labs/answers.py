"""Reads what proves a lab: its right answers (`solutions/`) and its wrong ones (`flawed/`).

Whether they behave as they claim is found out by `verification`.
None of this ever leaves for a learner.
"""

from collections.abc import Mapping, Sequence

from milepost.labs.model import CheckSpec, Flaw, Lab, Solution, files_below
from milepost.labs.tables import TableReader, is_slug, parse_toml


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
    """Read `flawed/<name>/`: a `flaw.toml`, and files that replace those of a solution."""
    by_name = {solution.name: solution for solution in solutions}
    flaws = []
    for name in _list_folders(files, "flawed/", problems):
        found = files_below(files, f"flawed/{name}/")
        content = found.pop("flaw.toml", None)
        where = f"flawed/{name}/flaw.toml"
        if content is None:
            problems.append(f"{where} is missing. It says what is wrong and which checks see it.")
            continue
        table = parse_toml(content, where, problems)
        if table is None:
            continue
        reader = TableReader(table, where, problems)
        flaw = _read_flaw(reader, name, found, by_name)
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
    reader: TableReader, name: str, found: dict[str, bytes], solutions: Mapping[str, Solution]
) -> Flaw:
    over = reader.read_text("over", "the name of the solution that these files are laid over")
    solution = solutions.get(over)
    if over and solution is None:
        reader.complain(f"`over` is {over!r}; there is no solutions/{over}. Name one that exists.")
    if not found:
        reader.complain("there is no file beside it, so nothing is flawed. Add the wrong files.")
    flaw = Flaw(
        name=name,
        title=reader.read_text("title", "the misconception in a few words"),
        misconception=reader.read_text("misconception", "what a learner who fails so is told"),
        over=over,
        stack=solution.stack if solution else "",
        fails=frozenset(reader.read_texts("fails")),
        lacks=reader.read_texts("lacks"),
        files={**(solution.files if solution else {}), **found},
    )
    reader.refuse_others()
    return flaw


def _refuse_unknown(
    reader: TableReader, flaw: Flaw, checks: Sequence[CheckSpec], objectives: Sequence[str]
) -> None:
    for check in sorted(flaw.fails - {spec.name for spec in checks}):
        reader.complain(f"`fails` names {check!r}, which checks.py has not. Fix the name.")
    for objective in flaw.lacks:
        if objective not in objectives:
            reader.complain(f"`lacks` names {objective!r}, which lab.toml does not prove.")


def _find_stack(name: str, stacks: Sequence[str]) -> str | None:
    fitting = [stack for stack in stacks if name == stack or name.startswith(stack + "-")]
    return max(fitting, key=len, default=None)


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
                f"{path} lies where only folders belong. Put it in {prefix}<name>/, the name in"
                " small letters, digits and hyphens."
            )
    return sorted(set(names))
