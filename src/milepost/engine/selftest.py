"""Runs the self-test of a stack: its own small programs, in real sandboxes, held to each contract.

A contract is a lab, in `stacks/contracts`; what a stack hands in is in its folder `selftest`, or in
that of the stack that it builds on. How it ended is kept by `stacks.readiness`.
"""

from collections.abc import Mapping
from pathlib import Path

from milepost.engine.errors import IsolationUnavailable, StackUnavailable
from milepost.engine.grading.engine import Engine
from milepost.engine.grading.grader import await_report
from milepost.engine.grading_spec import Entry, GradingSpec
from milepost.engine.limits import Limits
from milepost.engine.request import GradeRequest
from milepost.engine.results import GradeReport, Outcome
from milepost.engine.stacks import find_stacks_dir, load_stack
from milepost.engine.stacks.descriptions import FOLDER, Description, find_description
from milepost.engine.stacks.readiness import find_selftest_problems, record_selftest

_CONTRACTS = FOLDER / "contracts"
_OF_PROGRAMS, _OF_FILES = ("program", "function", "service", "broken"), ("statements",)
_LIMITS = Limits(wall_seconds=120, run_seconds=30)  # also where a machine is busy


def plan_selftest(name: str) -> dict[str, GradeRequest]:
    """Return what the engine is asked for, by contract. Raises StackUnavailable for no stack."""
    description = find_description(name)
    if description is None:
        raise StackUnavailable(name, "Milepost does not know it.", "")
    contracts = _OF_FILES if description.runs_in else _OF_PROGRAMS
    lacks = description.selftest.lacks
    return {each: _ask(description, each) for each in contracts if each not in lacks}


def list_problems(name: str, contract: str, report: GradeReport) -> list[str]:
    """Say what of a contract a stack does not hold, but for what it says that it lacks."""
    description = find_description(name)
    lacks = description.selftest.lacks if description is not None else ()
    problems = [
        f"{contract}: {check.title}: {check.message or check.detail}"
        for check in report.checks
        if check.outcome is not Outcome.PASSED and not _is_lacking(contract, check.name, lacks)
    ]
    return problems if report.checks else [f"{contract}: {report.message}"]


async def run_selftest(engine: Engine, name: str, stacks_dir: Path | None) -> tuple[str, ...]:
    """Run a stack's self-test, keep how it ended, and return what is wrong.

    What fails is tried twice, as a machine may be busy. Raises StackUnavailable, and
    IsolationUnavailable where no code can be run at all.
    """
    folder = find_stacks_dir(stacks_dir)
    version = load_stack(name, folder).version
    problems: list[str] = []
    for contract, request in plan_selftest(name).items():
        try:
            found = list_problems(name, contract, await await_report(engine, request))
            if found:
                found = list_problems(name, contract, await await_report(engine, request))
        except IsolationUnavailable:
            if not (request.services or request.entry.service):
                raise
            continue  # servers need the isolated tier: without it, nobody asks for one here
        problems += found
    record_selftest(name, version, folder, tuple(problems))
    return tuple(problems)


def is_tested(name: str, stacks_dir: Path | None) -> bool:
    """Tell whether a stack has passed its self-test here. Raises StackUnavailable."""
    folder = find_stacks_dir(stacks_dir)
    return find_selftest_problems(name, load_stack(name, folder).version, folder) == ()


def _ask(description: Description, contract: str) -> GradeRequest:
    told = description.selftest
    serves = contract in ("service", "broken")
    entry = Entry(told.program, told.module, told.service if serves else ())
    return GradeRequest(
        run_id=f"selftest-{description.name}-{contract}",
        lab=_CONTRACTS / contract,
        stack=description.name,
        spec=GradingSpec(
            entries={description.name: entry},
            limits=_LIMITS,
            services=(description.runs_in,) if description.runs_in else (),
        ),
        files=_read_files(description, contract),
        seed=1,
    )


def _read_files(description: Description, contract: str) -> Mapping[str, bytes]:
    """Read what a stack hands in, or else what the stack does that it builds on."""
    folder = description.folder / "selftest" / contract
    below = find_description(description.builds_on) if description.builds_on else None
    if not folder.is_dir() and below is not None:
        return _read_files(below, contract)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts
    }


def _is_lacking(contract: str, check: str, lacks: tuple[str, ...]) -> bool:
    about = check.removeprefix("test_") if contract == "broken" else ""
    return f"{contract}.{check}" in lacks or about in lacks
