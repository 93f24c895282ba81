"""The composition root: one application from the API and the pages, with what they share.

Everything that lives as long as the process is made and closed in `lifespan`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from milepost import __version__
from milepost.api.v1 import include_api
from milepost.core.announcements import Listener
from milepost.core.config import Settings, get_settings
from milepost.core.database import Database
from milepost.core.logging import configure_logging
from milepost.http.compression import Compression
from milepost.http.middleware import (
    CrossOriginProtection,
    HeadAsGet,
    PlainAddresses,
    SecurityHeaders,
)
from milepost.http.problems import install_problem_handlers
from milepost.http.request_bodies import BodyLimits
from milepost.http.request_figures import RequestFigures
from milepost.http.request_log import RequestLog
from milepost.web import mount_static, show_problem
from milepost.web import router as web_router


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect to the database and listen to announcements while the application runs."""
    app.state.database = Database(app.state.database_url)
    app.state.listener = Listener(app.state.database_url)
    await app.state.listener.start()
    try:
        yield
    finally:
        await app.state.listener.aclose()
        await app.state.database.aclose()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application. Without a database URL there is nothing to serve from."""
    settings = settings or get_settings()
    if settings.database_url is None:
        raise RuntimeError(
            "MILEPOST_DATABASE_URL is not set. `milepost up` starts a private PostgreSQL and sets "
            "it; to serve by hand, name a database yourself."
        )
    configure_logging(settings.log_level, settings.log_format)
    app = FastAPI(
        title="Milepost",
        version=__version__,
        summary="A hands-on path to backend engineering, graded by what your code does.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # `install_problem_handlers` does it without naming a host
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
    )
    app.state.settings = settings
    app.state.database_url = settings.database_url
    app.state.show_problem = show_problem
    app.state.request_figures = RequestFigures()
    include_api(app)
    app.include_router(web_router, include_in_schema=False)
    mount_static(app)
    install_problem_handlers(app, show_problem)
    app.add_middleware(BodyLimits)
    app.add_middleware(PlainAddresses)
    app.add_middleware(CrossOriginProtection)
    app.add_middleware(Compression)
    app.add_middleware(RequestLog, figures=app.state.request_figures)
    # Around all that answers, so that refusals get their headers too.
    app.add_middleware(SecurityHeaders, is_https=settings.is_https)
    app.add_middleware(HeadAsGet)  # outermost: what is inside knows of no HEAD
    return app


def _operation_id(route: APIRoute) -> str:
    """Name an operation after its function: route, template and OpenAPI id are one word."""
    return route.name
