"""`milepost labs run`: one answer of a lab, graded as a learner's would be, and all that was seen.

For authors, who want to know why one answer ends as it does; many at once are `run_answers`,
and that a lab tells right from wrong is for `labs verify`. Hidden checks are told whole here, and
nothing is recorded.
"""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from milepost.cli.commands.labs.run_answers import run_answers
from milepost.cli.output.checks import (
    exit_code,
    explain_check,
    print_build,
    print_verdict,
    say_seconds,
)
from milepost.cli.output.console import make_console, plain, print_json, say, sign
from milepost.cli.output.problems import fail_ours, fail_used_wrongly
from milepost.cli.workspace.lab_folders import find_lab_folder
from milepost.cli.workspace.local_checks import draw_seed, open_engine, run_checks
from milepost.engine import (
    CheckResult,
    Evidence,
    GradeReport,
    GradeRequest,
    IsolationUnavailable,
    Limits,
    StackUnavailable,
)
from milepost.engine.backing.registry import describe_limit
from milepost.engine.serialize import report_to_json, to_json
from milepost.engine.stacks.descriptions import find_least_limits
from milepost.labs import Lab, LabInvalid, list_answers, load_lab, write_checks

_WIDEST = 600  # characters of one field of one piece of evidence
_NOTHING: tuple[object, ...] = (None, "", [], {})
_WRITTEN_BESIDE = {"value", "arguments"}  # as JSON, beside what the learner's language writes
_SAID_ALREADY = {"method", "url", "reason"}  # in the title, or by the status


def run(
    lab: Annotated[str, typer.Argument(help="The slug, or the folder, of a lab.")],
    answer: Annotated[
        str | None,
        typer.Argument(help="Such as solutions/python, flawed/off-by-one or just off-by-one."),
    ] = None,
    *,
    answers: Annotated[
        Path | None,
        typer.Option(help="Grade every answer in this folder: a file or a folder each."),
    ] = None,
    stack: Annotated[
        str | None, typer.Option(help="The stack of those answers, where several would do.")
    ] = None,
    check: Annotated[
        str | None, typer.Option(help="Show what was seen in this check, also if it passes.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw the same inputs as a run with this seed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    content: Annotated[
        Path, typer.Option(envvar="MILEPOST_CONTENT_DIR", help="The folder of all paths.")
    ] = Path("content"),
) -> None:
    """Grade one answer of a lab and show all that its checks saw, or many as a table."""
    if (answer is None) == (answers is None):
        fail_used_wrongly(
            "It is not clear which answer is meant.",
            "Name one of the lab, such as solutions/python, or a folder of many with --answers.",
        )
    if answer is None and answers is not None:
        _run_many(lab, answers, stack, check, seed, content, as_json=as_json)
    elif answer is not None:
        _run_one(lab, answer, check, seed, content, as_json=as_json)


def _run_many(
    lab: str,
    answers: Path,
    stack: str | None,
    check: str | None,
    seed: int | None,
    content: Path,
    *,
    as_json: bool,
) -> NoReturn:
    loaded = _load(lab, content, with_answers=False)
    if stack is not None and stack not in loaded.stacks:
        fail_used_wrongly(
            f"There is no stack {stack!r} in {lab}. There is: {', '.join(loaded.stacks)}."
        )
    if check is not None:
        fail_used_wrongly("--check shows one check of one answer.", "Leave it out with --answers.")
    chosen = seed if seed is not None else draw_seed()
    raise typer.Exit(run_answers(loaded, answers, stack, chosen, as_json=as_json))


def _run_one(
    lab: str, answer: str, check: str | None, seed: int | None, content: Path, *, as_json: bool
) -> NoReturn:
    loaded = _load(lab, content)
    known = list_answers(loaded)
    answer = _find_answer(lab, answer, known)
    if check is not None and check not in {each.name for each in loaded.checks}:
        names = ", ".join(each.name for each in loaded.checks)
        fail_used_wrongly(f"There is no check {check!r} in {lab}. There is: {names}.")
    console = make_console(stderr=as_json)
    try:
        report = _grade(console, loaded, *known[answer], seed)
    except (IsolationUnavailable, StackUnavailable) as refusal:
        fail_ours(str(refusal))
    if as_json:
        print_json({"lab": loaded.slug, "answer": answer} | report_to_json(report))
    else:
        again = f"milepost labs run {lab} {answer} --seed {report.seed}"
        stack, _ = known[answer]
        limits = loaded.grading.limits_on(stack, find_least_limits(stack))
        _print(console, report, limits, check, again)
    raise typer.Exit(exit_code(report.verdict))


def _find_answer(lab: str, named: str, known: Mapping[str, object]) -> str:
    """Find an answer by its place, as a terminal completes it, or by its name alone."""
    place = named.rstrip("/").removesuffix(".toml")
    if place in known:
        return place
    alike = [each for each in known if each.partition("/")[2] == place]
    if len(alike) > 1:
        fail_used_wrongly(
            f"Several answers of {lab} are called {named!r}.",
            f"Name the folder too: {' or '.join(alike)}.",
        )
    if not alike:
        fail_used_wrongly(f"There is no {named!r} in {lab}. There is: {', '.join(known)}.")
    return alike[0]


def _load(name: str, content: Path, *, with_answers: bool = True) -> Lab:
    try:
        return load_lab(find_lab_folder(name, content), with_answers=with_answers)
    except LabInvalid as error:
        fail_used_wrongly(f"{name} can't be run: {' '.join(error.problems)}")


def _grade(
    console: Console, lab: Lab, stack: str, files: Mapping[str, bytes], seed: int | None
) -> GradeReport:
    with tempfile.TemporaryDirectory(prefix="milepost-lab-") as folder:
        request = GradeRequest(
            run_id=f"run-{lab.slug}",
            lab=write_checks(lab, Path(folder)),
            stack=stack,
            spec=lab.grading,
            files=files,
            seed=seed if seed is not None else draw_seed(),
        )
        return asyncio.run(_run(console, request))


async def _run(console: Console, request: GradeRequest) -> GradeReport:
    async with open_engine() as engine:
        return await run_checks(console, engine, request)


def _print(
    console: Console, report: GradeReport, limits: Limits, chosen: str | None, again: str
) -> None:
    shown = [
        each
        for each in report.checks
        if (each.name == chosen if chosen else each.outcome not in {"passed", "not_run"})
    ]
    for result in shown:
        _print_check(console, replace(result, hidden=False))
    print_build(console, report.build)
    print_verdict(console, report.verdict, report.message, report.checks)
    _print_limit(console, report, limits)
    say(console, f"The same inputs again: {again}")


def _print_limit(console: Console, report: GradeReport, limits: Limits) -> None:
    """Print which limit the run reached, unless a message that was printed says so."""
    if report.limit_hit is None:
        return
    sentence = describe_limit(report.limit_hit, limits)
    printed = (report.message, *(each.message for each in report.checks))
    if not any(sentence in message for message in printed):
        console.print(f"  {sentence} (`{report.limit_hit}` in lab.toml)")


def _print_check(console: Console, result: CheckResult) -> None:
    console.print()
    name = (f"  {result.name}", "dim")
    title = (plain(result.title), "bold")
    console.print(Text.assemble(sign(console, result.outcome), " ", title, name))
    console.print(Padding(explain_check(result, with_evidence=False), (0, 0, 0, 2)))
    for piece in result.evidence:
        console.print(Padding(_describe(piece), (0, 0, 0, 2)))


def _describe(piece: Evidence) -> Table:
    """Say what was done and what came back, a row for each field that says something."""
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=18, justify="right", style="dim")
    rows.add_column(overflow="fold")
    took = f"{say_seconds(piece.at_seconds)} +{say_seconds(piece.duration_seconds)}"
    rows.add_row(took, Text(plain(piece.title)))
    document = to_json(piece)
    for side, fields in (("→", document["request"]), ("←", document["response"])):
        for name, value in fields.items():
            if fields.get("written") is not None and name in _WRITTEN_BESIDE:
                continue
            if value not in (*_NOTHING, piece.title) and name not in _SAID_ALREADY:
                rows.add_row(f"{side} {name}", Text(_cut(value)))
    return rows


def _cut(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = "\n".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = plain(text).strip()
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]} … ({len(text)} characters)"
