"""Runs of examples: a lesson's code, or statements in a lab's database. Nothing is recorded.

A run is stored and queued in the request's one transaction, and is gone ten minutes later.
"""

from uuid import UUID

from fastapi import APIRouter

from milepost.api.v1.schemas.example_runs import ExampleRunOut, RunExample
from milepost.catalog.errors import LabNotFound
from milepost.core.attempts import TooManyAttempts
from milepost.examples import queries, service
from milepost.examples.errors import (
    ExampleNotAccepted,
    ExampleNotRunnable,
    ExampleRunNotFound,
    ExampleRunsWaiting,
    ExampleTooLarge,
    LabHasNoDatabase,
)
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.errors import AccountChanged
from milepost.http.problems import problems
from milepost.submissions.errors import StackNotOffered

router = APIRouter(prefix="/example-runs", tags=["example runs"])


@router.post(
    "",
    status_code=202,
    responses=problems(
        ExampleNotRunnable,
        ExampleNotAccepted,
        ExampleTooLarge,
        LabNotFound,
        LabHasNoDatabase,
        StackNotOffered,
        ExampleRunsWaiting,
        TooManyAttempts,
        AccountChanged,
    ),
)
async def run_example(
    body: RunExample, session: SessionDep, actor: CurrentLearner
) -> ExampleRunOut:
    """Run code once, in the sandbox that submissions are graded in, behind all of these.

    Answers at once; ask for the run until it has finished.
    """
    code = {"language": body.language, "code": body.code, "before": body.before}
    if body.lab is None:
        if body.stack is not None or body.shows_plan:
            raise ExampleNotAccepted("A stack or a plan is asked for in a lab. Name it in `lab`.")
        run = await service.request_run(session, actor, **code)
    else:
        run = await service.request_lab_run(
            session, actor, lab=body.lab, stack=body.stack, shows_plan=body.shows_plan, **code
        )
    return ExampleRunOut.model_validate(run)


@router.get("/{run}", responses=problems(ExampleRunNotFound))
async def show_example_run(run: UUID, session: SessionDep, actor: CurrentLearner) -> ExampleRunOut:
    """Show where a run stands, and what it printed."""
    return ExampleRunOut.model_validate(await queries.get_run(session, actor, run))
