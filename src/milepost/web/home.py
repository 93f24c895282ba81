"""The first address: sends each person to where they go on.

Nothing is shown here. Invariant: nobody reaches the path without a track.
"""

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from milepost.catalog import queries as catalog
from milepost.catalog.errors import PathNotFound
from milepost.http.dependencies import CurrentLearner, SessionDep

router = APIRouter()


@router.get("/", response_class=RedirectResponse, status_code=303)
async def show_home(session: SessionDep, actor: CurrentLearner) -> str:
    """Go to the track's choice on the first run, to the path after that."""
    if actor.track is None:
        return "/track"
    paths = await catalog.list_paths(session)
    if not paths:
        raise PathNotFound("any")
    return f"/paths/{paths[0].slug}"
