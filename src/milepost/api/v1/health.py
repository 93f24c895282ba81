"""Whether the installation can serve, for load balancers and `milepost doctor`.

It tells nothing else, because it asks nobody to sign in.
"""

from fastapi import APIRouter
from sqlalchemy import literal, select

from milepost import __version__
from milepost.api.v1.schemas.health import HealthOut
from milepost.core.reads import Read
from milepost.http.dependencies import DatabaseDep
from milepost.http.errors import DatabaseUnavailable
from milepost.http.problems import problems

_ANYTHING = Read(select(literal(1)))

router = APIRouter(prefix="/health", tags=["health"])


@router.get("", responses=problems(DatabaseUnavailable))
async def show_health(database: DatabaseDep) -> HealthOut:
    """Say that the installation serves and its database answers. Needs no sign-in."""
    await database.reader.find_row(_ANYTHING)
    return HealthOut(status="ok", version=__version__)
