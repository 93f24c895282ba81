"""`milepost worker`: one grading worker, by itself.

`milepost up` starts these as children; on other machines they are started by hand.
"""

import uvloop

from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.processes.data_folder import make_private_folder
from milepost.cli.processes.database_fitness import require_fit_database
from milepost.core.config import get_settings
from milepost.core.logging import configure_logging
from milepost.core.schema import require_current_schema
from milepost.worker.loop import run_worker


def worker() -> None:
    """Grade submissions from the queue of `MILEPOST_DATABASE_URL` until Ctrl-C."""
    settings = get_settings()
    if settings.database_url is None:
        fail_used_wrongly(
            "A worker needs the database whose queue it serves.",
            "Set MILEPOST_DATABASE_URL, or run `milepost up`, which starts its own workers.",
        )
    require_fit_database(settings.database_url, must_own=False)
    require_current_schema(settings.database_url)
    make_private_folder(settings.data_dir.absolute(), demanded_tier=settings.isolation)
    configure_logging(settings.log_level, settings.log_format)
    uvloop.run(run_worker(settings, database_url=settings.database_url))
