"""Labs: the list, one in full, its answers, and the package that runs visible checks anywhere.

Hidden checks leave the server as a number only, and answers to those alone who have passed.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from milepost.api.v1.parameters import LabKind, LabSlug, PathFilter
from milepost.api.v1.schemas.answers import AnswersOut
from milepost.api.v1.schemas.labs import LabOut, LabSummaryOut
from milepost.api.v1.schemas.shapes import Listing
from milepost.catalog import queries as catalog
from milepost.catalog.errors import LabNotFound
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.problems import problems
from milepost.progress import queries as progress
from milepost.submissions import queries as submissions
from milepost.submissions.errors import AnswersNotOpen, AnswersNotShown, StackNotOffered

router = APIRouter(prefix="/labs", tags=["labs"])

_ZIP = "application/zip"


@router.get("")
async def list_labs(
    session: SessionDep, actor: CurrentLearner, path: PathFilter = None, kind: LabKind = "lab"
) -> Listing[LabSummaryOut]:
    """List the labs in the order of their path, with what the learner has done with each.

    With `kind=drill` the drills, which stand in lessons, in their place.
    """
    labs = await progress.list_lab_summaries(session, actor, path=path, kind=kind)
    return Listing(items=[LabSummaryOut.model_validate(lab) for lab in labs])


@router.get("/{lab}", responses=problems(LabNotFound))
async def show_lab(lab: LabSlug, session: SessionDep, _actor: CurrentLearner) -> LabOut:
    """Show a lab as it stands now: its brief, tasks, visible checks and starter files."""
    return LabOut.of(await catalog.get_published_lab(session, lab))


@router.get(
    "/{lab}/answers",
    responses=problems(LabNotFound, AnswersNotOpen, AnswersNotShown, StackNotOffered),
)
async def show_answers(
    lab: LabSlug,
    session: SessionDep,
    actor: CurrentLearner,
    stack: Annotated[
        str | None,
        Query(
            description="One of the lab's stacks; by default that of the newest submission that "
            "passed.",
            max_length=60,
        ),
    ] = None,
) -> AnswersOut:
    """Show the model answers and the known mistakes, once a submission of the learner's passed.

    Before that nothing of them is found, whatever is asked. Hidden checks are only counted.
    """
    answers = await submissions.get_answers(session, actor, lab=lab, stack=stack)
    return AnswersOut.model_validate(answers)


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
