"""Whether the installation lives, answers and can serve: for load balancers and `milepost up`.

It tells nothing of what is stored, because it asks nobody to sign in. What may read `/metrics` is
stricter.
"""

from fastapi import APIRouter
from sqlalchemy import literal, select

from milepost import __version__
from milepost.api.v1.schemas.health import HealthOut
from milepost.core.statements import Statement
from milepost.http.dependencies import DatabaseDep
from milepost.http.errors import DatabaseUnavailable, NotReady
from milepost.http.problems import problems
from milepost.http.readiness import require_ready

_ANYTHING = Statement(select(literal(1)))

router = APIRouter(prefix="/health", tags=["health"])


@router.get("", responses=problems(DatabaseUnavailable))
async def show_health(database: DatabaseDep) -> HealthOut:
    """Say that the installation serves and its database answers. Needs no sign-in."""
    await database.reader.find_row(_ANYTHING)
    return HealthOut(status="ok", version=__version__)


@router.get("/live")
async def show_liveness() -> HealthOut:
    """Say that this web server answers, whatever its database does. Needs no sign-in."""
    return HealthOut(status="ok", version=__version__)


@router.get("/ready", responses=problems(DatabaseUnavailable, NotReady))
async def show_readiness(database: DatabaseDep) -> HealthOut:
    """Say that requests can be served: database, schema and content are there. Needs no sign-in."""
    await require_ready(database)
    return HealthOut(status="ok", version=__version__)
