"""`milepost regrade`: grade again what ended through a fault of Milepost's or of a lab's, or one.

For whoever runs Milepost, once the fault is fixed. Invariant: earlier verdicts stay.
"""

from functools import partial
from typing import Annotated
from uuid import UUID

import typer

from milepost.cli.commands.options import DataFolder
from milepost.cli.processes.own_database import do_in_own_database
from milepost.submissions.service.regrading import queue_regrading, queue_regradings


def regrade(
    which: Annotated[
        UUID | None,
        typer.Argument(metavar="[ID]", help="One submission or grading, whatever its verdict is."),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Grade again, behind what people wait for, what ended through no fault of theirs; or one."""
    if which is not None:
        grading_id = do_in_own_database(data, partial(queue_regrading, any_id=which))
        typer.echo(f"Queued as grading {grading_id}, behind what people wait for.")
        return
    count = do_in_own_database(data, queue_regradings)
    if not count:
        typer.echo("There is nothing to grade again: no submission ended through a fault of ours.")
        return
    noun = "submission" if count == 1 else "submissions"
    typer.echo(f"Queued {count:,} {noun}, behind what people wait for. Each keeps its page.")
