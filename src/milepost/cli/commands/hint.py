"""`milepost hint`: the next step of help with a check that failed, as the server tells it.

Hints never leave the server before it has seen the check fail: in the newest submission, or else
in a try of this folder's files, which counts for nothing.
"""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from milepost.cli.output.console import make_console, print_json, say
from milepost.cli.output.problems import ExitCode, fail, fail_used_wrongly
from milepost.cli.output.stages import choose_hinted, print_hints
from milepost.cli.workspace.connection import connect
from milepost.cli.workspace.source_files import collect_files
from milepost.cli.workspace.work_folder import WorkFolder, open_work_folder
from milepost.client import Client, Grading


def hint(
    check: Annotated[
        str, typer.Argument(metavar="[CHECK]", help="The name of a check that fails.")
    ] = "",
    folder: Annotated[
        Path, typer.Option("--in", help="A folder that `milepost start` made.")
    ] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Open the next hint on a check that failed: a nudge, a lesson's section, an example."""
    work = open_work_folder(folder)
    console = make_console(stderr=as_json)
    with connect() as client:
        grading = _find_failure(client, work, check)
        if grading is None:
            if not check:
                _end_without_failure(work)
            say(console, "Your files are run on the server, this check alone; it counts nothing.")
            grading = _try_alone(client, work, check)
        name = check or choose_hinted(grading)
        title = _require_offered(grading, name)
        hints = client.open_hint(grading.submission, name)
    if as_json:
        print_json(hints.model_dump(mode="json"))
    else:
        print_hints(console, title, hints, server=client.url)


def _find_failure(client: Client, work: WorkFolder, check: str) -> Grading | None:
    """Return the newest submission's grading, if it has hints for this check, or for any."""
    newest = client.find_newest_submission(work.facts.lab)
    if newest is None:
        return None
    grading = client.get_grading(newest.grading.id)
    offered = {each.check for each in grading.hints}
    return grading if (check in offered if check else offered) else None


def _try_alone(client: Client, work: WorkFolder, check: str) -> Grading:
    files = collect_files(work, otherwise="Nothing was sent.")
    tried = client.submit_solution(
        lab=work.facts.lab,
        stack=work.facts.stack,
        files={path: content.decode() for path, content in files.items()},
        kind="try",
        only=[check],
    )
    for event in client.follow_grading(tried.grading.id):
        if event.grading is not None:
            return event.grading
    return client.get_grading(tried.grading.id)


def _require_offered(grading: Grading, name: str) -> str:  # noqa: RET503 - `fail` never returns
    """Return the check's title, or end the command with why there is no hint."""
    found = next((each for each in grading.checks if each.name == name), None)
    if any(each.check == name for each in grading.hints):
        return found.title if found else name
    if found is None or found.outcome != "passed":
        fail(
            f"There is no hint for {name}.",
            f"`milepost check --only {name}` tells what it found; the brief says what it asks for.",
        )
    fail(
        f"“{found.title}” passes with these files, so there is nothing to hint at.",
        "Hand in with `milepost submit`.",
        code=ExitCode.PASSED,
    )


def _end_without_failure(work: WorkFolder) -> NoReturn:
    fail_used_wrongly(
        f"Your newest submission to {work.facts.title} has no failed check with a hint.",
        "Name a check: `milepost check` prints the failed ones, and `milepost hint CHECK` runs it "
        "on the server.",
    )
