"""`milepost answers`: the model answers to a lab beside one's own, and what people get wrong in it.

Whether they may be seen is the server's to decide. Invariant: answers are written into a new
folder only, outside of any lab's, where the next submission would take them along.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from milepost.cli.output.answers import print_answers
from milepost.cli.output.console import make_console, print_json, say
from milepost.cli.output.problems import fail_ours, fail_used_wrongly
from milepost.cli.workspace.connection import connect, end_without_lab
from milepost.cli.workspace.work_folder import is_work_folder
from milepost.cli.workspace.writing import write_new
from milepost.client import Answers, ApiProblem, Client
from milepost.core.errors import MilepostError
from milepost.labs.names import find_obeyed
from milepost.submissions.errors import NOTHING_SENT
from milepost.submissions.policy import require_acceptable


def answers(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The lab, as `milepost labs list` names it.")
    ],
    stack: Annotated[
        str | None, typer.Option(help="Whose answers; by default the stack you passed in last.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the model answers into a new folder instead."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Show a lab's model answers beside yours, and what people get wrong, once you passed it."""
    if write is not None:
        _require_free(write)
    with connect() as client:
        found = _get_answers(client, lab, stack)
    if write is not None:
        _write(found, write)
    elif as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_answers(make_console(), found)


def _get_answers(client: Client, lab: str, stack: str | None) -> Answers:
    try:
        return client.get_answers(lab, stack=stack)
    except ApiProblem as problem:
        end_without_lab(client, lab, problem)
        raise


def _require_free(folder: Path) -> None:
    if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        fail_used_wrongly(
            f"{folder} exists and is not empty, so nothing was written.",
            "Name a new folder: `milepost answers LAB --write FOLDER`.",
        )
    place = folder.resolve()
    around = next((above for above in (place, *place.parents) if is_work_folder(above)), None)
    if around is not None:
        fail_used_wrongly(
            f"{place} would lie in the folder of a lab, {around}, and be handed in with it, so "
            "nothing was written.",
            "Name a folder elsewhere.",
        )


def _write(found: Answers, folder: Path) -> None:
    """Write each model answer into a folder of its name: all of them, or nothing."""
    for answer in found.solutions:
        try:
            require_acceptable({path: text.encode() for path, text in answer.files.items()})
        except (MilepostError, UnicodeEncodeError) as refusal:
            _refuse(str(refusal).removeprefix(NOTHING_SENT))
        if obeyed := find_obeyed(answer.files):
            _refuse(obeyed)
    folder.mkdir(parents=True, exist_ok=True)
    for answer in found.solutions:
        write_new(folder, {f"{answer.name}/{path}": text for path, text in answer.files.items()})
        say(make_console(), f"{folder / answer.name}: {', '.join(sorted(answer.files))}")


def _refuse(problem: str) -> None:
    fail_ours(
        f"The server sent what is not safe to write, so nothing was written. {problem}",
        "Check that you are logged in to a server that you trust.",
    )
