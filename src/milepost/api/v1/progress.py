"""Progress in short, for scripts and the terminal.

The objectives one by one stand in `paths`.
"""

from fastapi import APIRouter

from milepost.api.v1.schemas.progress import ProgressOut
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.progress import queries

router = APIRouter(prefix="/progress", tags=["progress"])


@router.get("")
async def show_progress(session: SessionDep, actor: CurrentLearner) -> ProgressOut:
    """Show the learner's track and how far they are on every path, skill by skill."""
    return ProgressOut.model_validate(await queries.get_progress(session, actor))
