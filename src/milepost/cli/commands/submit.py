"""`milepost submit`: hand in, and watch the server's checks as they finish.

The submission is the server's from the moment it is accepted: nothing that happens to this
terminal afterwards changes it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from milepost.cli.output.checks import (
    exit_code,
    print_build,
    print_failures,
    print_misconception,
    print_verdict,
)
from milepost.cli.output.console import make_console, plain, print_json, say
from milepost.cli.output.live_checks import LiveChecks
from milepost.cli.output.problems import SERVER_FIX, ExitCode, fail_ours, fail_used_wrongly
from milepost.cli.output.stages import choose_hinted, list_later, print_stages
from milepost.cli.output.waiting import DOUBTED, NO_WORKER, say_interruption, say_place
from milepost.cli.output.words import name_any, name_stack
from milepost.cli.workspace.connection import connect, get_lab
from milepost.cli.workspace.source_files import collect_files
from milepost.cli.workspace.work_folder import WorkFolder, open_work_folder
from milepost.client import (
    Check,
    Client,
    Grading,
    Interruption,
    Lab,
    QueuePlace,
    ServerUnreachable,
    Submission,
)

_KEPT = "The submission is kept and graded all the same; its page shows the verdict."
_NOT_SENT = "Nothing was handed in; your files are as they were."
_PERHAPS_SENT = "Whether the submission arrived is not known; the server's page of them will show."


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
        with _saying(_NOT_SENT):
            lab = _get_current(client, work, console)
        with _saying(_PERHAPS_SENT):
            submission = client.submit_solution(
                lab=work.facts.lab,
                stack=work.facts.stack,
                files={path: content.decode() for path, content in files.items()},
            )
        say(console, f"Sent: {', '.join(files)}")
        address = f"{client.url}/submissions/{submission.id}"
        written = f"{work.facts.title}, written in {name_stack(work.facts.stack)}"
        console.print(f"Submitted {written}. Its page:")
        console.print(f"  {address}", soft_wrap=True)
        grading = _follow(client, submission, lab, console) if wait else None
        if grading is not None and grading.verdict == "passed":
            _print_progress(client, console)
    if as_json:
        _print_as_json(submission, grading, files=list(files))
    if grading is not None:
        raise typer.Exit(exit_code(grading.verdict))


class _Progress:
    """What has been shown of a grading so far, and so what the server must be doing."""

    def __init__(self, live: LiveChecks, lab: Lab) -> None:
        self._live = live
        self._lab = lab
        self._attempt = 1
        self._ended: list[Check] = []
        self._noted = ""

    def wait(self, place: QueuePlace) -> None:
        """It stands in the queue. Where nobody looks on, that is said once, if it is to wait."""
        self._live.say(say_place(place))
        if place.grading_slots == 0:
            self._note_once(place.waits_because or NO_WORKER)
        elif not self._live.is_watched and place.expected_wait_seconds != 0:
            self._note_once(f"{say_place(place)}.")

    def interrupt(self, interruption: Interruption) -> None:
        """A run ended through a fault of the server's."""
        self._live.note(say_interruption(interruption))
        self._live.say("Waiting to be tried again")

    def doubt(self) -> None:
        """A check could not read the answer, and the lab's own solution is graded."""
        self._live.note(DOUBTED)
        self._live.say("The server runs the lab's own solution")

    def begin(self, attempt: int) -> None:
        """A run began; a later one makes what was shown before count no more."""
        if attempt > self._attempt and self._ended:
            self._live.note("Grading began anew, after a fault of Milepost's own.")
        self._attempt = attempt
        self._ended.clear()
        self._live.expect(len(self._lab.checks) + self._lab.hidden_check_count)
        self._show_next()

    def show(self, check: Check) -> None:
        """A check ended."""
        self._ended.append(check)
        self._live.finish(check)
        self._show_next()

    def _note_once(self, sentence: str) -> None:
        if not self._noted:
            self._live.note(sentence)
        self._noted = sentence

    def _show_next(self) -> None:
        """Name the check that runs; hidden ones come last, and are told with the verdict."""
        names = [check.name for check in self._lab.checks]
        ended = [names.index(check.name) for check in self._ended if check.name in names]
        following = max(ended, default=-1) + 1
        if following < len(names):
            self._live.begin(self._lab.checks[following].title)
        else:
            self._live.say("The server runs its hidden checks")


@contextmanager
def _saying(what_became: str) -> Iterator[None]:
    """If the server can't be reached, say what that means for the submission."""
    try:
        yield
    except ServerUnreachable as error:
        offline = "`milepost check` works without the server."
        fail_ours(f"{error} {what_became}", f"{SERVER_FIX} {offline}")


def _follow(client: Client, submission: Submission, lab: Lab, console: Console) -> Grading:
    try:
        tasks = [(task.slug, task.title) for task in lab.tasks] if lab.is_staged else []
        with LiveChecks(console, "Waiting for a worker", tasks=tasks) as live:
            grading = _follow_to_verdict(client, submission, _Progress(live, lab))
    except KeyboardInterrupt:
        console.print(f"\nYou stopped watching. {_KEPT}")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except ServerUnreachable:
        console.print(f"\nThe server is gone. {_KEPT}")
        raise
    later = list_later(grading.stages)
    rest = "The submission's page explains each."
    print_failures(console, grading.checks, rest=rest, later=later)
    print_build(console, grading.build)
    print_verdict(console, grading.verdict, grading.message, grading.checks)
    print_stages(console, grading.stages, what="submission")
    for misconception in grading.misconceptions:
        print_misconception(console, misconception.title, misconception.text)
    if grading.hints:
        console.print()
        say(console, f"Stuck? A hint is there: milepost hint {choose_hinted(grading)}")
    return grading


def _follow_to_verdict(client: Client, submission: Submission, progress: _Progress) -> Grading:
    for event in client.follow_grading(submission.grading.id):
        if event.grading is not None:
            return event.grading
        if event.check is not None:
            progress.show(event.check)
        elif event.place is not None:
            progress.wait(event.place)
        elif event.interruption is not None:
            progress.interrupt(event.interruption)
        elif event.doubt is not None:
            progress.doubt()
        else:
            progress.begin(event.attempt)
    return client.get_grading(submission.grading.id)


def _print_progress(client: Client, console: Console) -> None:
    for path in client.get_progress().paths:
        said = f"{path.title}: {path.tally}. {path.words}".rstrip()
        console.print(plain(said), soft_wrap=True)


def _get_current(client: Client, work: WorkFolder, console: Console) -> Lab:
    """Return the lab as it is now. Refuse a stack that it has dropped; say so if it has changed."""
    if client.url != work.facts.server:
        console.print(
            f"You are logged in to {client.url}, and began this lab on {work.facts.server}.",
            soft_wrap=True,
        )
    lab = get_lab(client, work.facts.lab)
    if work.facts.stack not in lab.stacks:
        fail_used_wrongly(
            f"{lab.title} is not graded in {name_stack(work.facts.stack)} any more, "
            "so nothing was sent.",
            f"Begin it anew in {name_any(lab.stacks)}.",
        )
    if lab.version != work.facts.version:
        say(
            console,
            "The lab has changed since you began. You are graded by its newest version; "
            f"`milepost start {lab.slug} --renew` fetches its checks and brief.",
        )
    return lab


def _print_as_json(submission: Submission, grading: Grading | None, *, files: list[str]) -> None:
    print_json(
        {
            "submission": submission.model_dump(mode="json"),
            "files": files,
            "grading": None if grading is None else grading.model_dump(mode="json"),
        }
    )
