"""Version 1 of the API: `/api/v1/labs` is `labs.py`, and what it answers is `schemas/labs.py`.

An endpoint translates between JSON and a domain, nothing else. Within this version fields are
added, never renamed or taken away. `/health` answers outside `/api` too, for load balancers,
and `/metrics` only there.
"""

from fastapi import FastAPI

from milepost.accounts.errors import SignInRequired
from milepost.api.v1 import (
    courses,
    device_authorizations,
    drafts,
    example_runs,
    gradings,
    health,
    labs,
    me,
    metrics,
    paths,
    progress,
    search,
    submissions,
    tokens,
)
from milepost.api.v1.document import complete_document
from milepost.http.problems import problems

PREFIX = "/api/v1"
_FOR_EVERYBODY = (device_authorizations, tokens, health)
_FOR_LEARNERS = (
    *(paths, submissions, gradings, labs, drafts, courses, progress, search, me),
    example_runs,
)


def include_api(app: FastAPI) -> None:
    """Add every endpoint to the application.

    Straight to it, and what is asked most often first: a router within a router is searched
    anew at every level, for every request.
    """
    for area in _FOR_LEARNERS:
        app.include_router(area.router, prefix=PREFIX, responses=problems(SignInRequired))
    for area in _FOR_EVERYBODY:
        app.include_router(area.router, prefix=PREFIX)
    app.include_router(health.router, include_in_schema=False)
    app.include_router(metrics.router)
    complete_document(app)
