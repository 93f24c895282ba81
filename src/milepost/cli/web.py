"""`milepost web`: the web server, by itself.

`milepost up` starts it as a child; behind a load balancer any number run side by side. What it
serves is composed in `milepost.main`. Invariant: the server's own processes end with it.
"""

import os
import signal

from fastapi import FastAPI
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from milepost.cli.database_fitness import require_fit_database
from milepost.cli.ports import choose_address
from milepost.cli.problems import fail_used_wrongly
from milepost.core.config import get_settings
from milepost.core.schema import require_current_schema
from milepost.embedded.leash import end_with_parent

# A page's event stream stays open for as long as the page does: that can't be waited for.
_OPEN_STREAMS_SECONDS = 3


def web() -> None:
    """Serve `MILEPOST_DATABASE_URL` on `MILEPOST_HOST` and `MILEPOST_PORT` until Ctrl-C."""
    settings = get_settings()
    if settings.database_url is None:
        fail_used_wrongly(
            "The web server needs a database.",
            "Set MILEPOST_DATABASE_URL, or run `milepost up`, which brings a private PostgreSQL.",
        )
    require_fit_database(settings.database_url, must_own=False)
    require_current_schema(settings.database_url)
    Granian(
        "milepost.cli.web:create_served_app",
        address=choose_address(settings.host),
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=_OPEN_STREAMS_SECONDS,
    ).serve()


def create_served_app() -> FastAPI:
    """Return the application inside Granian's process, which must not outlive Granian."""
    # Imported late: Granian's first process only watches over this one.
    from milepost.main import create_app

    end_with_parent(os.getppid(), signal.SIGKILL)
    return create_app()
