"""`milepost web`: the web server, by itself.

`milepost up` starts it as a child; behind a load balancer any number run side by side. What it
serves is composed in `milepost.main`. Invariant: the server's own processes end with it.
"""

import logging
import os
import signal
from typing import Any

from fastapi import FastAPI
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.processes.database_fitness import require_fit_database
from milepost.cli.processes.ports import choose_address
from milepost.core.config import get_settings
from milepost.core.logging import configure_logging
from milepost.core.schema import require_current_schema
from milepost.embedded.parent_death import end_with_parent

# A page's event stream stays open for as long as the page does: that can't be waited for.
_OPEN_STREAMS_SECONDS = 3

# Granian's lines go where ours go, in our form.
_LOGGERS: dict[str, Any] = {
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}


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
    configure_logging(settings.log_level, settings.log_format)
    Granian(
        "milepost.cli.commands.web:create_served_app",
        address=choose_address(settings.host),
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGERS,
        workers_kill_timeout=_OPEN_STREAMS_SECONDS,
    ).serve()


def create_served_app() -> FastAPI:
    """Return the application inside Granian's process, which must not outlive Granian."""
    # Imported late: Granian's first process only watches over this one.
    from milepost.main import create_app

    end_with_parent(os.getppid(), signal.SIGKILL)
    app = create_app()
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_news)
    return app


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out what Granian says of a failed request: our own line tells it, with its id."""
    return not record.getMessage().startswith("Application callable raised an exception")
