"""Whether the installation can serve, for load balancers and `milepost doctor`.

It tells nothing else, because it asks nobody to sign in.
"""

from fastapi import APIRouter
from sqlalchemy import text

from milepost import __version__
from milepost.api.v1.schemas.health import HealthOut
from milepost.http.dependencies import SessionDep
from milepost.http.errors import DatabaseUnavailable
from milepost.http.problems import problems

router = APIRouter(prefix="/health", tags=["health"])


@router.get("", responses=problems(DatabaseUnavailable))
async def show_health(session: SessionDep) -> HealthOut:
    """Say that the installation serves and its database answers. Needs no sign-in."""
    await session.execute(text("SELECT 1"))
    return HealthOut(status="ok", version=__version__)
