"""A learner's own progress over time, as plots, each with the same figures as a table.

What is known comes from `progress`, how it is laid out from `rendering.plots`. Invariant: nothing
here can be seen of another learner.
"""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.labs import DRILL
from milepost.progress import queries
from milepost.progress.history import History, LabHistory
from milepost.progress.queries.history import get_history
from milepost.submissions.policy import LONGEST_PAUSE
from milepost.web.page import render_page
from milepost.web.rendering.plots import NARROW, WIDE, Bars, Steps, draw_bars, draw_steps
from milepost.web.rendering.words import say_minutes

router = APIRouter(prefix="/progress")
WIDTHS = {"wide": WIDE, "narrow": NARROW}


@router.get("")
async def show_progress(
    request: Request, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Show what was practised and proven day by day, and what each lab took."""
    view = await queries.get_progress(session, actor)
    history = await get_history(session, actor, view.paths)
    timed = [lab for lab in history.labs if lab.worked_seconds is not None]
    return render_page(
        request,
        "progress/show_progress.html",
        actor=actor,
        paths=view.paths,
        history=history,
        timed=timed,
        pause_minutes=round(LONGEST_PAUSE.total_seconds() / 60),
        steps=_draw_days(history),
        attempts=_draw_attempts(history.labs),
        minutes=_draw_minutes(timed),
    )


def name_lab(row: LabHistory) -> str:
    """Name a lab as plots and tables do."""
    return f"{row.lab.title} (drill)" if row.lab.kind == DRILL else row.lab.title


def _draw_days(history: History) -> dict[str, Steps]:
    if not history.days:
        return {}
    days = [total.day for total in history.days]
    series = (
        [total.proven_count for total in history.days],
        [total.practised_count for total in history.days],
    )
    return {name: draw_steps(days, series, width) for name, width in WIDTHS.items()}


def _draw_attempts(labs: Sequence[LabHistory]) -> dict[str, Bars]:
    rows = [
        (
            name_lab(lab),
            float(lab.attempt_count),
            f"{lab.attempt_count}{'' if lab.passed_at else ' so far'}",
        )
        for lab in labs
    ]
    return {name: draw_bars(rows, width) for name, width in WIDTHS.items()}


def _draw_minutes(labs: Sequence[LabHistory]) -> dict[str, Bars]:
    rows = [
        (name_lab(lab), float(lab.worked_seconds or 0), say_minutes(lab.worked_seconds or 0))
        for lab in labs
    ]
    return {name: draw_bars(rows, width) for name, width in WIDTHS.items()}
