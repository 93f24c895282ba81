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

_v1 = APIRouter(prefix="/api/v1", responses={**REQUEST_NOT_VALID, **problems(DatabaseUnavailable)})
for _area in (device_authorizations, tokens, health):
    _v1.include_router(_area.router)
for _area in (paths, courses, labs, submissions, gradings, progress, me):
    _v1.include_router(_area.router, responses=problems(SignInRequired))

router = APIRouter()
router.include_router(_v1)
router.include_router(health.router, include_in_schema=False)

__all__ = ["router"]
