"""`milepost open`: another sign-in link for the Milepost that runs here.

That is the one of this data folder, or a web server of its own on the database that is named.
Needs the database, and nothing of the server's memory. Invariant: a link is only printed for a
server that is there to honour it.
"""

import asyncio

import httpx

from milepost.cli.commands.options import DataFolder
from milepost.cli.commands.up import local_base, make_sign_in_link, say_sign_in_link
from milepost.cli.output.problems import fail
from milepost.cli.processes.data_folder import RunningServer, find_running
from milepost.cli.processes.database_fitness import require_fit_database
from milepost.cli.processes.own_database import find_database_in_use
from milepost.cli.processes.settings import find_settings
from milepost.core.config import Settings
from milepost.core.schema import require_current_schema

_PATIENCE_SECONDS = 5


def open_(
    data: DataFolder = None,
) -> None:
    """Print another sign-in link for the Milepost that runs here."""
    settings = find_settings(data)
    running = find_running(settings.data_dir.absolute())
    if running is not None:
        base, database_url = running.url, _require_database_in_use(running, settings)
    else:
        base, database_url = _find_web_server(settings)
    say_sign_in_link(base, asyncio.run(make_sign_in_link(database_url)))


def _require_database_in_use(running: RunningServer, settings: Settings) -> str:
    url = find_database_in_use(running, settings)
    if url is None:
        fail(
            f"Milepost runs ({running.url}) on the database {running.database or 'of its folder'}, "
            "which this shell does not name, so no link can be made.",
            "Set MILEPOST_DATABASE_URL here as it was set where Milepost was started.",
        )
    return url


def _find_web_server(settings: Settings) -> tuple[str, str]:
    """Return the address and the database of a `milepost web` that was started by itself."""
    url = settings.database_url
    if url is None:
        fail(
            f"No Milepost runs on {settings.data_dir.absolute()}, so a link would lead nowhere.",
            "Start it with `make up`, or name its data folder with --data.",
        )
    base = settings.public_url or local_base(settings)
    if not _is_milepost(base):
        fail(
            f"No Milepost answers at {base}, so a link would lead nowhere.",
            "Start `milepost web`, or set MILEPOST_PUBLIC_URL, MILEPOST_HOST and MILEPOST_PORT "
            "here as they are set for it.",
        )
    require_fit_database(url, must_own=False)
    require_current_schema(url)
    return base, url


def _is_milepost(base: str) -> bool:
    try:
        found = httpx.get(f"{base}/health/live", timeout=_PATIENCE_SECONDS, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return False
    return isinstance(found, dict) and found.get("status") == "ok"
