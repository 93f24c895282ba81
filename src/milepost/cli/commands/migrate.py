"""`milepost migrate`: bring a database to the schema that this Milepost works with.

`milepost up` does it by itself; where `web` and `worker` run on their own, this comes first.
"""

from typing import Annotated

import typer

from milepost.cli.commands.options import DataFolder
from milepost.cli.output.problems import ExitCode
from milepost.cli.processes.own_database import require_database_url
from milepost.cli.processes.settings import find_settings
from milepost.core.schema import (
    find_schema_problem,
    get_newest_revision,
    read_revision,
    upgrade_schema,
)


def migrate(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 1 if it is not up to date.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Bring the database to this Milepost's schema. Stop older versions that use it first."""
    url = require_database_url(find_settings(data))
    newest = get_newest_revision()
    if check:
        problem = find_schema_problem(read_revision(url))
        typer.echo(problem.message if problem else f"The schema is up to date ({newest}).")
        raise typer.Exit(ExitCode.FAILED if problem else ExitCode.PASSED)
    found = upgrade_schema(url)
    if found == newest:
        typer.echo(f"The schema is up to date ({newest}); there was nothing to do.")
    else:
        typer.echo(f"The schema is now {newest}; it was {found or 'not there yet'}.")
