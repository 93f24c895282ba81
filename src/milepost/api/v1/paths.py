"""Paths: which there are, and one as the learner stands on it.

Reads only: a path is changed in its files. The answer about a whole path is kept as it was sent,
until the path or the learner's progress has another revision.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from milepost.api.v1.parameters import PathSlug
from milepost.api.v1.schemas.paths import PathOut, PathSummaryOut
from milepost.api.v1.schemas.shapes import Listing
from milepost.catalog import queries as catalog
from milepost.catalog.errors import PathNotFound
from milepost.core.revisions import Kept
from milepost.http.dependencies import CurrentLearner, DatabaseDep, SessionDep
from milepost.http.problems import problems
from milepost.http.representations import Representation
from milepost.progress import queries as progress

router = APIRouter(prefix="/paths", tags=["paths"])

_answers: Kept[Representation] = Kept(most=1000)  # some 30 kB each, and 5 in each coding


@router.get("")
async def list_paths(session: SessionDep, _actor: CurrentLearner) -> Listing[PathSummaryOut]:
    """List the paths, with the languages and frameworks that a track can choose from."""
    paths = await catalog.list_paths(session)
    return Listing(items=[PathSummaryOut.model_validate(path) for path in paths])


@router.get(
    "/{path}",
    response_model=PathOut,
    responses={304: {"description": "Nothing has changed."}, **problems(PathNotFound)},
)
async def show_path(
    request: Request, path: PathSlug, database: DatabaseDep, actor: CurrentLearner
) -> Response:
    """Show a path with its skills, objectives, courses and labs, and what is proven of it.

    `start_here` names the first skill that is not walked yet. The answer's `ETag`, sent back as
    `If-None-Match`, is answered 304 while it holds.
    """
    answer = _answers.find((actor.id, path), actor.revisions)
    if answer is None:
        async with database.transaction() as session:
            view = await progress.get_path_view(session, actor, path)
        answer = _answers.keep(
            (actor.id, path),
            actor.revisions,
            Representation(
                PathOut.model_validate(view).model_dump_json().encode(),
                media_type="application/json",
                tag=f"{actor.revisions.content}.{actor.revisions.progress}",
            ),
        )
    return answer.respond(request)
