"""Logs: one JSON line an event where a machine reads, colours where a person does.

Ids are fields; code, secrets, tokens and addresses never enter a line.
"""

import logging
import sys
from typing import Literal

import structlog


def configure_logging(level: str = "INFO", form: Literal["json", "text"] | None = None) -> None:
    """Send structlog and the standard library's logs to standard error, in one form.

    Without `form` it is text on a terminal, and JSON elsewhere.
    """
    is_text = sys.stderr.isatty() if form is None else form == "text"
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if is_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([] if is_text else [structlog.processors.format_exc_info]),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Each job and request would otherwise be told twice, once by them and once by us.
    for noisy in ("procrastinate", "httpx", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")
