"""`milepost restore FILE`: bring a backup into the database that is named, or the private one.

What restoring is lives in `core.restoring`. Invariant: after any error the database is what it was.
"""

from pathlib import Path
from typing import Annotated

import typer

from milepost.cli.commands.options import DataFolder
from milepost.cli.output.invocation import typeable
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.processes.data_folder import acquire_data_folder, find_running
from milepost.cli.processes.database_fitness import require_fit_database
from milepost.cli.processes.own_database import reach_database
from milepost.cli.processes.settings import find_settings
from milepost.core.config import Settings
from milepost.core.restoring import check_backup, restore_backup


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `milepost backup` wrote.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace everything that the database holds.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Bring a backup into the database. Stop Milepost first."""
    settings = find_settings(data)
    check_backup(file)  # before anything is started or made for it
    _hold_still(settings)
    with reach_database(settings) as url:
        require_fit_database(url)
        restored = restore_backup(url, file, force=force)
    manifest = restored.manifest
    typer.echo(
        f"Restored {manifest.rows:,} rows of {len(manifest.tables)} tables, as of "
        f"{manifest.made_at:%d %B %Y %H:%M} UTC (Milepost {manifest.milepost})."
    )
    if restored.revision != manifest.revision:
        typer.echo(f"The schema was brought from {manifest.revision} to {restored.revision}.")
    if restored.left_out:
        typer.echo(f"Left out, for they are not Milepost's: {', '.join(restored.left_out)}.")
    typer.echo("Everybody who was signed in, in a browser or a terminal, signs in again.")
    typer.echo(typeable("`milepost up` continues from there."))


def _hold_still(settings: Settings) -> None:
    """Make sure that no Milepost of this data folder runs, and none begins meanwhile."""
    data_dir = settings.data_dir.absolute()
    running = find_running(data_dir)
    if running is not None:
        fail_used_wrongly(
            f"Milepost runs on {data_dir} (process {running.pid}), so nothing was restored.",
            f"Stop it first: kill {running.pid}, or Ctrl-C where it runs.",
        )
    acquire_data_folder(data_dir, demanded_tier=settings.isolation)
