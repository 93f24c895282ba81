"""`milepost backup FILE`: the whole database in one file, while Milepost runs or not.

What a backup is lives in `core.backup`. Invariant: the command ends with 0 only if the file was
written, read again from its beginning to its end, and found whole.
"""

from pathlib import Path
from typing import Annotated

import typer

from milepost import __version__
from milepost.cli.commands.options import DataFolder
from milepost.cli.output.invocation import typeable
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.processes.own_database import reach_database
from milepost.cli.processes.settings import find_settings
from milepost.core.backup import write_backup
from milepost.core.clock import utc_now
from milepost.core.config import Settings
from milepost.core.restoring import check_backup


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    data: DataFolder = None,
) -> None:
    """Write the whole database into one file that `milepost restore` reads."""
    settings = find_settings(data)
    file = file.absolute()
    if file.exists() and not (force and file.is_file()):
        fail_used_wrongly(
            f"{file} exists, so no backup was made.", "Choose another name, or add --force."
        )
    _require_data(settings)
    with reach_database(settings) as url:
        write_backup(url, file, version=__version__, now=utc_now())
    manifest = check_backup(file)
    size = file.stat().st_size
    typer.echo(
        f"Backed up {manifest.rows:,} rows of {len(manifest.tables)} tables into {file} "
        f"({size:,} bytes), and read it again: it is whole."
    )
    typer.echo("It holds learners' work and hashes of their sign-ins: keep it where only you read.")
    typer.echo(typeable("`milepost restore` brings it back."))


def _require_data(settings: Settings) -> None:
    cluster = settings.data_dir.absolute() / "postgres" / "cluster"
    if settings.database_url is None and not cluster.is_dir():
        fail_used_wrongly(
            f"There is no data in {settings.data_dir.absolute()}, so there is nothing to back up.",
            "Name the data folder with --data, or the database with MILEPOST_DATABASE_URL.",
        )
