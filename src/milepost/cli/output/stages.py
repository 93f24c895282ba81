"""Stages of a lab and hints as lines of a terminal.

Where a stage stands is decided elsewhere (`labs.stages`, or the server by it); this only words it.
"""

from collections.abc import Sequence
from typing import TypeAlias

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from milepost import client
from milepost.cli.output.console import plain, say, sign
from milepost.engine.marks import drop_emphasis
from milepost.labs.stages import Stage

ShownStage: TypeAlias = Stage | client.Stage
_DONE = ("passed", "holds")
_SIGNS = {"passed": "passed", "holds": "passed", "current": "failed"}


class StageLines:
    """Groups the lines of checks as they end: by stage, those of later stages without colour."""

    def __init__(self, tasks: Sequence[tuple[str, str]]) -> None:
        """`tasks` are slugs and titles, in order; none where a lab has no stages."""
        self._titles = dict(tasks)
        self._order = [slug for slug, _ in tasks]
        self._failed: set[str] = set()
        self._last = ""

    def begin(self) -> None:
        """Forget an earlier run."""
        self._failed.clear()
        self._last = ""

    def find_heading(self, task: str) -> str:
        """Return the heading that a line of this task's needs above it, if it needs one."""
        if task == self._last or task not in self._titles:
            return ""
        self._last = task
        return f"{self._order.index(task) + 1}. {self._titles[task]}"

    def is_quiet(self, task: str, *, has_passed: bool) -> bool:
        """Whether a check that ended can wait, since an earlier stage is not passed."""
        if task not in self._titles or has_passed:
            return False
        self._failed.add(task)
        return any(slug in self._failed for slug in self._order[: self._order.index(task)])


def list_later(stages: Sequence[ShownStage]) -> frozenset[str]:
    """List the tasks whose failures can wait."""
    return frozenset(stage.slug for stage in stages if stage.state == "later")


def choose_hinted(grading: client.Grading) -> str:
    """Name the check to be helped with first: of the current stage before those of later ones."""
    tasks = {check.name: check.task for check in grading.checks}
    later = list_later(grading.stages)
    return min((each.check for each in grading.hints), key=lambda name: tasks.get(name) in later)


def print_stages(console: Console, stages: Sequence[ShownStage], *, what: str) -> None:
    """Print where each stage stands, and what `what` ("submission", "run") broke."""
    if not stages:
        return
    console.print()
    for stage in stages:
        mark = sign(console, _SIGNS.get(stage.state, "not_run"))
        line = Text.assemble(mark, f" {stage.number}. ", (plain(stage.title), _weight(stage)))
        line.append(f"  {_say(stage)}", style="dim")
        console.print(line)
    for stage in stages:
        if stage.passed_before_at is not None:
            day = f"{stage.passed_before_at:%d %B %Y}".lstrip("0")
            say(console, f"{stage.title} was passed on {day}; this {what} breaks it.")


def print_hints(console: Console, title: str, hints: client.CheckHints, *, server: str) -> None:
    """Print the steps that are open, and how to open the next."""
    console.print(Text.assemble("Hints on ", (plain(title), "bold")))
    for hint in hints.opened:
        console.print()
        number = f"{hint.step} of {hints.step_count}"
        if hint.kind == "lesson":
            console.print(Text(f"{number}: read “{plain(hint.text)}” in its lesson"))
            console.print(f"  {server}{plain(hint.address or '')}", soft_wrap=True)
            continue
        kind = "on other data" if hint.kind == "example" else "look here"
        console.print(Text(f"{number}: {kind}"))
        text = plain(hint.text) if hint.kind == "example" else drop_emphasis(plain(hint.text))
        console.print(Padding(Text(text.strip()), (0, 0, 0, 2)))
    console.print()
    if len(hints.opened) < hints.step_count:
        say(console, f"The next one: milepost hint {hints.check}")
    else:
        say(console, "That was the last one. The brief says what is asked for.")


def _weight(stage: ShownStage) -> str:
    return "bold" if stage.state == "current" else "dim" if stage.state == "later" else ""


def _say(stage: ShownStage) -> str:
    if stage.state == "passed":
        return "passed"
    if stage.state == "holds":
        return "what you can see holds"
    count = f"{stage.passed_count} of {stage.check_count} checks passed"
    return f"{count}: work on this one" if stage.state == "current" else count
