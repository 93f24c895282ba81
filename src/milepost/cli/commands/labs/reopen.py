"""`milepost labs reopen`: take submissions for a lab again whose checks were found at fault.

For whoever runs Milepost. A new version of the lab opens it without this.
"""

from functools import partial
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog.service import reopen_lab
from milepost.cli.commands.options import DataFolder
from milepost.cli.processes.own_database import do_in_own_database
from milepost.progress.service import keep_walked


def reopen(
    slug: Annotated[str, typer.Argument(metavar="LAB", help="The lab, as the list names it.")],
    data: DataFolder = None,
) -> None:
    """Open a lab that was closed because one of its own checks was at fault."""
    was_closed = do_in_own_database(data, partial(_reopen, slug=slug))
    typer.echo(f"{slug} is open again." if was_closed else f"{slug} was not closed.")


async def _reopen(session: AsyncSession, *, slug: str) -> bool:
    await keep_walked(session)
    return await reopen_lab(session, slug)
