"""`milepost regrade`: grade again what ended through a fault of Milepost's or of a lab's.

For whoever runs Milepost, once the fault is mended. Invariant: learners' own verdicts stay.
"""

from pathlib import Path
from typing import Annotated

import typer

from milepost.cli.own_database import do_in_own_database
from milepost.submissions.service.regrading import queue_regradings


def regrade(
    data: Annotated[Path | None, typer.Option(help="The folder that keeps the data.")] = None,
) -> None:
    """Grade again, behind what people wait for, what ended through no fault of theirs."""
    count = do_in_own_database(data, queue_regradings)
    if not count:
        typer.echo("There is nothing to grade again: no submission ended through a fault of ours.")
        return
    noun = "submission" if count == 1 else "submissions"
    typer.echo(f"Queued {count:,} {noun}, behind what people wait for. Each keeps its page.")
