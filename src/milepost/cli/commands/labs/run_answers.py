"""`milepost labs run LAB --answers FOLDER`: many answers graded with the same inputs, as a table.

For authors who have real answers: which pass, and which checks the others fail. Which answers there
are is read by `answer_files`; one answer in depth is shown by `run`.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.cli.output.bars import make_bar
from milepost.cli.output.checks import say_verdict
from milepost.cli.output.console import make_console, plain, print_json, say, sign, style
from milepost.cli.output.problems import ExitCode, fail_ours, fail_used_wrongly
from milepost.cli.workspace.answer_files import AnswerFiles, read_answers
from milepost.cli.workspace.local_checks import open_engine
from milepost.engine import (
    Engine,
    GradeReport,
    GradeRequest,
    IsolationUnavailable,
    Outcome,
    StackUnavailable,
    Verdict,
    await_report,
)
from milepost.labs import Lab, write_checks

_AT_ONCE = max(2, min(8, os.cpu_count() or 2))
_GROUP = 5  # signs, so that a column of a wide table is found
_OURS = {Verdict.LAB_BROKEN, Verdict.ENGINE_FAILED}


@dataclass(slots=True)
class Graded:
    """The answers of a folder and, as far as they were graded, their reports."""

    lab: Lab
    seed: int
    answers: Sequence[AnswerFiles]
    reports: dict[str, GradeReport] = field(default_factory=dict)
    interrupted: bool = False

    def exit_code(self) -> ExitCode:
        """Return how the command ends: as it would with the gravest of the answers."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        verdicts = {report.verdict for report in self.reports.values()}
        if verdicts & _OURS:
            return ExitCode.OURS
        passed = verdicts <= {Verdict.PASSED} and len(self.reports) == len(self.answers)
        return ExitCode.PASSED if passed else ExitCode.FAILED


def run_answers(lab: Lab, folder: Path, stack: str | None, seed: int, *, as_json: bool) -> ExitCode:
    """Grade every answer in a folder, print what came of each, and return how to end."""
    try:
        answers = read_answers(folder, lab, stack)
    except OSError as error:
        fail_used_wrongly(f"The folder {folder} can't be read: {error.strerror}.")
    if not answers:
        fail_used_wrongly(
            f"There is no answer in {folder}.", "Put each into a file or a folder of its own."
        )
    graded = Graded(lab, seed, answers)
    try:
        asyncio.run(_grade_all(graded))
    except KeyboardInterrupt:
        graded.interrupted = True
    except (IsolationUnavailable, StackUnavailable) as refusal:
        fail_ours(str(refusal))
    if as_json:
        print_json(render(graded))
    else:
        _print(make_console(), graded)
    return graded.exit_code()


async def _grade_all(graded: Graded) -> None:
    ready = [answer for answer in graded.answers if not answer.reason]
    console = Console(stderr=True, highlight=False)
    bar = make_bar(console)
    with tempfile.TemporaryDirectory(prefix="milepost-lab-") as folder, bar:
        line = bar.add_task(graded.lab.slug, total=len(ready), last="", left="")
        checks = write_checks(graded.lab, Path(folder))
        async with open_engine() as engine:
            async for answer, report in _grade_side_by_side(engine, graded, ready, checks):
                graded.reports[answer.name] = report
                bar.update(line, advance=1, last=plain(answer.name))
                if not console.is_terminal:
                    say(console, f"{answer.name}: {say_verdict(report.verdict)}")


async def _grade_side_by_side(
    engine: Engine, graded: Graded, answers: Sequence[AnswerFiles], checks: Path
) -> AsyncIterator[tuple[AnswerFiles, GradeReport]]:
    """Grade some at once, and yield each as it ends."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def grade(answer: AnswerFiles) -> tuple[AnswerFiles, GradeReport]:
        async with slots:
            return answer, await _grade(engine, graded, answer, checks)

    tasks = [asyncio.create_task(grade(answer)) for answer in answers]
    try:
        for ended in asyncio.as_completed(tasks):
            yield await ended
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _grade(engine: Engine, graded: Graded, answer: AnswerFiles, checks: Path) -> GradeReport:
    lab = graded.lab
    request = GradeRequest(
        run_id=f"answer-{lab.slug}",
        lab=checks,
        stack=answer.stack,
        spec=lab.grading,
        files=answer.files,
        seed=graded.seed,
    )
    return await await_report(engine, request)


def render(graded: Graded) -> dict[str, Any]:
    """Turn it into the JSON that the guide for authors describes."""
    return {
        "lab": graded.lab.slug,
        "seed": graded.seed,
        "interrupted": graded.interrupted,
        "verdicts": dict(Counter(report.verdict.value for report in graded.reports.values())),
        "checks": [
            {
                "name": check.name,
                "title": check.title,
                "hidden": check.hidden,
                "outcomes": dict(_count_outcomes(graded, check.name)),
            }
            for check in graded.lab.checks
        ],
        "answers": [_render_answer(answer, graded) for answer in graded.answers],
    }


def _render_answer(answer: AnswerFiles, graded: Graded) -> dict[str, Any]:
    report = graded.reports.get(answer.name)
    return {
        "answer": answer.name,
        "stack": answer.stack or None,
        "verdict": report.verdict.value if report else None,
        "reason": report.message if report else answer.reason or "It was not graded any more.",
        "checks": [
            {"name": check.name, "outcome": check.outcome.value, "message": check.message}
            for check in (report.checks if report else ())
        ],
    }


def _count_outcomes(graded: Graded, name: str) -> Counter[str]:
    return Counter(
        check.outcome.value
        for report in graded.reports.values()
        for check in report.checks
        if check.name == name
    )


def _print(console: Console, graded: Graded) -> None:
    _print_checks(console, graded)
    console.print()
    table = Table.grid(padding=(0, 1))
    table.add_column(overflow="fold")
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for answer in graded.answers:
        table.add_row(*_describe(console, answer, graded))
    console.print(table)
    counts = Counter(say_verdict(report.verdict) for report in graded.reports.values())
    left = len(graded.answers) - len(graded.reports)
    said = [f"{count} {word}" for word, count in counts.most_common()]
    said += [f"{left} not graded"] if left else []
    console.print()
    stopped = "Stopped. " if graded.interrupted else ""
    say(console, f"{stopped}{len(graded.answers)} answers: {', '.join(said)}.")
    say(console, f"All with the inputs of --seed {graded.seed}.")


def _print_checks(console: Console, graded: Graded) -> None:
    """Print the checks with their numbers, and how many answers did not pass each."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for number, check in enumerate(graded.lab.checks, start=1):
        counts = _count_outcomes(graded, check.name)
        ran = counts.total() - counts[Outcome.NOT_RUN.value]
        missed = ran - counts[Outcome.PASSED.value]
        share = f"{missed} of {ran} did not pass" if missed else "all passed" if ran else "not run"
        hidden = " (hidden)" if check.hidden else ""
        table.add_row(str(number), Text(f"{plain(check.title)}{hidden}"), share)
    console.print(table)


def _describe(console: Console, answer: AnswerFiles, graded: Graded) -> list[Any]:
    """Return the row of one answer: its name, its verdict, and a sign for each check in order."""
    report = graded.reports.get(answer.name)
    name = Text(plain(answer.name))
    if report is None:
        reason = answer.reason or "It was not graded any more."
        return [name, sign(console, "not_run"), Text("not graded", "dim"), Text(plain(reason))]
    signs = Text()
    has_run = report.build is None or report.build.passed
    for number, check in enumerate(report.checks if has_run else ()):
        signs.append(" " if number and number % _GROUP == 0 else "")
        signs.append(sign(console, check.outcome.value))
    if not (report.checks and has_run):
        signs.append(plain(report.message))
    verdict = report.verdict.value
    return [name, sign(console, verdict), Text(say_verdict(verdict), style(verdict)), signs]
