"""`milepost open`: another sign-in link for the Milepost that runs on this data folder.

Needs the running server's database, and nothing of its memory. Invariant: a link is only printed
for a server that is there to honour it.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from milepost.cli.checkout import find_settings
from milepost.cli.own_database import find_database_url
from milepost.cli.problems import fail
from milepost.cli.state import find_running
from milepost.cli.up import make_sign_in_link, say_sign_in_link


def open_(
    data: Annotated[Path | None, typer.Option(help="The folder that keeps the data.")] = None,
) -> None:
    """Print another sign-in link for the Milepost that runs here."""
    settings = find_settings(data)
    data_dir = settings.data_dir.absolute()
    running = find_running(data_dir)
    database_url = find_database_url(settings)
    if running is None or database_url is None:
        fail(
            f"No Milepost runs on {data_dir}, so a link would lead nowhere.",
            "Start it with `make up`, or name its data folder with --data.",
        )
    say_sign_in_link(running.url, asyncio.run(make_sign_in_link(database_url)))
