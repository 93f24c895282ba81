"""Labs: the list, one in full, and the package with which its visible checks run anywhere.

Hidden checks leave the server as a number only.
"""

from fastapi import APIRouter
from starlette.responses import Response

from milepost.api.v1.parameters import LabSlug, PathFilter
from milepost.api.v1.schemas.labs import LabOut, LabSummaryOut
from milepost.api.v1.schemas.shapes import Listing
from milepost.catalog import queries as catalog
from milepost.catalog.errors import LabNotFound
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.problems import problems
from milepost.progress import queries as progress

router = APIRouter(prefix="/labs", tags=["labs"])

_ZIP = "application/zip"


@router.get("")
async def list_labs(
    session: SessionDep, actor: CurrentLearner, path: PathFilter = None
) -> Listing[LabSummaryOut]:
    """List the labs in the order of their path, with what the learner has done with each."""
    labs = await progress.list_lab_summaries(session, actor, path=path)
    return Listing(items=[LabSummaryOut.model_validate(lab) for lab in labs])


@router.get("/{lab}", responses=problems(LabNotFound))
async def show_lab(lab: LabSlug, session: SessionDep, _actor: CurrentLearner) -> LabOut:
    """Show a lab as it stands now: its brief, tasks, visible checks and starter files."""
    return LabOut.of(await catalog.get_published_lab(session, lab))


@router.get(
    "/{lab}/package",
    response_class=Response,
    responses={
        200: {"description": "The package.", "content": {_ZIP: {}}},
        **problems(LabNotFound),
    },
)
async def download_lab_package(
    lab: LabSlug, session: SessionDep, _actor: CurrentLearner
) -> Response:
    """Download what runs a lab's visible checks on the learner's own machine, as a zip.

    Hidden checks, their data and the solutions are not in it.
    """
    package = await catalog.get_visible_package(session, lab)
    return Response(
        package,
        media_type=_ZIP,
        headers={"Content-Disposition": f'attachment; filename="{lab}.zip"'},
    )
