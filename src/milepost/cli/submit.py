"""`milepost submit`: hand in, and watch the server's checks as they finish.

The submission is the server's from the moment it is accepted: nothing that happens to this
terminal afterwards changes it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

from milepost.cli.answers import connect, get_lab
from milepost.cli.problems import fail_used_wrongly
from milepost.cli.shown_checks import (
    exit_code,
    print_check,
    print_first_failure,
    print_misconception,
    print_verdict,
)
from milepost.cli.source_files import collect_files
from milepost.cli.terminal import make_console, plain, print_json
from milepost.cli.work_folder import WorkFolder, open_work_folder
from milepost.client import Check, Client, Grading, ServerUnreachable, Submission

_KEPT = "The submission is kept and graded all the same; its page shows the verdict."
_INTERRUPTED = 130  # what shells call a command that Ctrl-C ended


def submit(
    folder: Annotated[Path, typer.Argument(help="A folder that `milepost start` made.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the verdict.")] = True,
) -> None:
    """Hand in this folder's files, and show the server's checks as they finish."""
    work = open_work_folder(folder)
    console = make_console(stderr=as_json)
    files = collect_files(work, otherwise="Nothing was sent.")
    with connect() as client:
        _require_current(client, work, console)
        submission = client.submit_solution(
            lab=work.facts.lab,
            stack=work.facts.stack,
            files={path: content.decode() for path, content in files.items()},
        )
        address = f"{client.url}/submissions/{submission.id}"
        console.print(f"Submitted {work.facts.title}, written in {work.facts.stack}. Its page:")
        console.print(f"  {address}", soft_wrap=True)
        grading = _follow(client, submission, console) if wait else None
        if grading is not None and grading.verdict == "passed":
            _print_progress(client, console)
    if as_json:
        _print_as_json(submission, grading)
    if grading is not None:
        raise typer.Exit(exit_code(grading.verdict))


@dataclass
class _Progress:
    """What has been shown of a grading so far."""

    console: Console
    attempt: int = 1
    checks: list[Check] = field(default_factory=list)

    def begin(self, attempt: int) -> None:
        """A run began; a later one makes what was shown before count no more."""
        if attempt > self.attempt and self.checks:
            self.console.print("Grading began anew, after a fault of Milepost's own.")
        self.attempt = attempt
        self.checks.clear()

    def show(self, check: Check) -> None:
        self.checks.append(check)
        print_check(self.console, check)


def _follow(client: Client, submission: Submission, console: Console) -> Grading:
    progress = _Progress(console)
    try:
        with console.status(_say_queue(client, submission)) as status:
            grading = _follow_to_verdict(client, submission, progress, status)
    except KeyboardInterrupt:
        console.print(f"\nYou stopped watching. {_KEPT}")
        raise typer.Exit(_INTERRUPTED) from None
    except ServerUnreachable:
        console.print(f"\nThe server is gone. {_KEPT}")
        raise
    print_first_failure(console, grading.checks)
    print_verdict(console, grading.verdict, grading.message, grading.checks)
    for misconception in grading.misconceptions:
        print_misconception(console, misconception.title, misconception.text)
    return grading


def _follow_to_verdict(
    client: Client, submission: Submission, progress: _Progress, status: Status
) -> Grading:
    for event in client.follow_grading(submission.grading.id):
        if event.grading is not None:
            return event.grading
        status.update("Grading")
        if event.check is not None:
            progress.show(event.check)
        else:
            progress.begin(event.attempt)
    return client.get_grading(submission.grading.id)


def _print_progress(client: Client, console: Console) -> None:
    for path in client.get_progress().paths:
        start = next((skill.title for skill in path.skills if skill.is_start_here), None)
        proven = f"{path.title}: {path.proven_count} of {path.objective_count} objectives proven."
        console.print(plain(f"{proven} Start here: {start}." if start else proven))


def _say_queue(client: Client, submission: Submission) -> str:
    place = client.get_grading(submission.grading.id).queue_position
    return "Grading" if place is None or place == 1 else f"Waiting, at place {place} in the queue"


def _require_current(client: Client, work: WorkFolder, console: Console) -> None:
    """Refuse a stack that the lab has dropped; say so if the lab has changed."""
    lab = get_lab(client, work.facts.lab)
    if work.facts.stack not in lab.stacks:
        fail_used_wrongly(
            f"{lab.title} is not graded in {work.facts.stack} any more, so nothing was sent.",
            f"Begin it anew in {' or '.join(lab.stacks)}.",
        )
    if lab.version != work.facts.version:
        console.print(
            "The lab has changed since you began. You are graded by its newest version; "
            f"`milepost start {lab.slug} --renew` fetches its checks and brief."
        )


def _print_as_json(submission: Submission, grading: Grading | None) -> None:
    print_json(
        {
            "submission": submission.model_dump(mode="json"),
            "grading": None if grading is None else grading.model_dump(mode="json"),
        }
    )
