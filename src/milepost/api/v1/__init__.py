"""Version 1 of the API: `/api/v1/labs` is `labs.py`, and what it answers is `schemas/labs.py`.

An endpoint translates between JSON and a domain, nothing else. Within this version fields are
added, never renamed or taken away. `/health` answers outside `/api` too, for load balancers.
"""

from fastapi import APIRouter

from milepost.accounts.errors import SignInRequired
from milepost.api.v1 import (
    courses,
    device_authorizations,
    gradings,
    health,
    labs,
    me,
    paths,
    progress,
    submissions,
    tokens,
)
from milepost.api.v1.responses import REQUEST_NOT_VALID
from milepost.http.errors import DatabaseUnavailable
from milepost.http.problems import problems

router = APIRouter(
    prefix="/api/v1", responses={**REQUEST_NOT_VALID, **problems(DatabaseUnavailable)}
)
for _area in (paths, submissions, gradings, labs, courses, progress, me):
    router.include_router(_area.router, responses=problems(SignInRequired))
for _area in (device_authorizations, tokens, health):
    router.include_router(_area.router)

health_router = health.router

__all__ = ["health_router", "router"]
