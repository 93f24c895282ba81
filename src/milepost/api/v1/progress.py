"""Progress in short and over time, for scripts and the terminal.

The objectives one by one stand in `paths`.
"""

from fastapi import APIRouter

from milepost.api.v1.schemas.history import DayTotalOut, HistoryOut, LabHistoryOut
from milepost.api.v1.schemas.me import TrackOut
from milepost.api.v1.schemas.progress import LeftOffOut, PathProgressOut, ProgressOut
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.progress import queries
from milepost.progress.queries.history import get_history
from milepost.progress.queries.left_off import find_left_off
from milepost.submissions.policy import LONGEST_PAUSE

router = APIRouter(prefix="/progress", tags=["progress"])


@router.get("")
async def show_progress(session: SessionDep, actor: CurrentLearner) -> ProgressOut:
    """Show the learner's track, how far they are on every path, and where they left off."""
    progress = await queries.get_progress(session, actor)
    left_off = await find_left_off(session, actor, progress.paths)
    return ProgressOut(
        track=TrackOut.model_validate(progress.track) if progress.track else None,
        paths=[PathProgressOut.model_validate(path) for path in progress.paths],
        left_off=LeftOffOut.model_validate(left_off) if left_off else None,
    )


@router.get("/history")
async def show_history(session: SessionDep, actor: CurrentLearner) -> HistoryOut:
    """Show how the learner's own progress came about: totals a day, and what each lab took."""
    progress = await queries.get_progress(session, actor)
    history = await get_history(session, actor, progress.paths)
    return HistoryOut(
        days=[DayTotalOut.model_validate(day) for day in history.days],
        labs=[LabHistoryOut.model_validate(lab) for lab in history.labs],
        longest_pause_seconds=round(LONGEST_PAUSE.total_seconds()),
    )
