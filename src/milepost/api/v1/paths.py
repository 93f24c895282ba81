"""Paths: which there are, and one as the learner stands on it.

Reads only: a path is changed in its files.
"""

from fastapi import APIRouter

from milepost.api.v1.parameters import PathSlug
from milepost.api.v1.schemas.paths import PathOut, PathSummaryOut
from milepost.api.v1.schemas.shapes import Listing
from milepost.catalog import queries as catalog
from milepost.catalog.errors import PathNotFound
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.problems import problems
from milepost.progress import queries as progress

router = APIRouter(prefix="/paths", tags=["paths"])


@router.get("")
async def list_paths(session: SessionDep, _actor: CurrentLearner) -> Listing[PathSummaryOut]:
    """List the paths, with the languages and frameworks that a track can choose from."""
    paths = await catalog.list_paths(session)
    return Listing(items=[PathSummaryOut.model_validate(path) for path in paths])


@router.get("/{path}", responses=problems(PathNotFound))
async def show_path(path: PathSlug, session: SessionDep, actor: CurrentLearner) -> PathOut:
    """Show a path with its skills, objectives, courses and labs, and what is proven of it.

    `start_here` names the first skill that is not proven yet.
    """
    return PathOut.model_validate(await progress.get_path_view(session, actor, path))
