"""Submissions: their list, one with all its evidence, and the stream of one that is being graded.

Handing in is the API's. Invariant: the stream sends the fragments that the page shows, numbered as
the grading's events are, so a browser that reconnects loses none and repeats none.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.accounts.types import Actor
from milepost.core.database import Database
from milepost.engine import Verdict
from milepost.http.dependencies import (
    CurrentLearner,
    DatabaseDep,
    ListenerDep,
    SessionDep,
    is_let_in,
)
from milepost.http.grading_events import follow_grading, read_last_event_id, stream_events
from milepost.labs import DRILL
from milepost.progress import queries as progress
from milepost.submissions import queries
from milepost.submissions.errors import CheckNotFound
from milepost.submissions.service.hints import open_hint as open_next_hint
from milepost.submissions.types import (
    CheckHints,
    GradingEvent,
    GradingView,
    SubmissionKind,
    SubmissionView,
)
from milepost.web.drills import find_practised
from milepost.web.forms import read_own_form
from milepost.web.labs import list_proves
from milepost.web.next_step import find_decisive, find_next_step, find_step_after_drill
from milepost.web.page import render_fragment, render_page
from milepost.web.rendering.environment import render_template
from milepost.web.rendering.evidence_focus import find_file
from milepost.web.rendering.file_differences import compare_files, list_blocks
from milepost.web.rendering.highlighting import highlight_lines
from milepost.web.rendering.plain_text import to_plain_text
from milepost.web.rendering.run_timeline import draw_run

router = APIRouter(prefix="/submissions")
ON_A_PAGE = 20
MOST_ATTEMPTS = 50
STEP = re.compile(r"[0-9]{1,3}")


@router.get("")
async def list_submissions(
    request: Request, session: SessionDep, actor: CurrentLearner, before: UUID | None = None
) -> HTMLResponse:
    """List what was handed in, newest first; with `before`, the older ones as a fragment."""
    found = await queries.list_submissions(session, actor, before=before, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    older = f"/submissions?before={shown[-1].id}" if len(found) > ON_A_PAGE else ""
    if "hx-request" in request.headers:
        return render_fragment("submissions/_rows.html", submissions=shown, older=older)
    return render_page(
        request,
        "submissions/list_submissions.html",
        actor=actor,
        submissions=shown,
        older=older,
    )


@router.get("/{submission_id}")
async def show_submission(
    request: Request, submission_id: UUID, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Show one submission: its verdict, every check with its evidence, its files, its run."""
    submission = await queries.get_submission(session, actor, submission_id)
    grading = await queries.get_grading(session, actor, submission.grading_id)
    files = await queries.get_submission_files(session, actor, submission_id)
    attempts = await queries.list_submissions(
        session, actor, lab=submission.lab, limit=MOST_ATTEMPTS + 1
    )
    failed = find_decisive(grading)
    return render_page(
        request,
        "submissions/show_submission.html",
        actor=actor,
        submission=submission,
        grading=grading,
        failed=failed,
        hints={each.check: each for each in grading.hints},
        opened_hints=await queries.count_opened_hints(session, actor, submission_id),
        account=actor.id,
        opened=find_file(failed.evidence if failed else (), sorted(files)),
        run=draw_run(grading.checks, (grading.usage or {}).get("wall_seconds", 0.0)),
        next_step=None,
        has_answers=await _has_answers(session, actor, submission, grading),
        attempts=attempts[:MOST_ATTEMPTS],
        has_older=len(attempts) > MOST_ATTEMPTS,
        files=[
            {"path": path, "lines": highlight_lines(_to_file_text(text), path)}
            for path, text in sorted(files.items())
        ],
    )


@router.get("/{submission_id}/differences/{other_id}")
async def show_differences(
    request: Request,
    submission_id: UUID,
    other_id: UUID,
    session: SessionDep,
    actor: CurrentLearner,
) -> HTMLResponse:
    """Show what changed from the older to the newer of two submissions, file by file."""
    older, newer = sorted((submission_id, other_id))  # identifiers sort by when they were made
    before = await queries.get_submission(session, actor, older)
    after = await queries.get_submission(session, actor, newer)
    return render_page(
        request,
        "submissions/show_differences.html",
        actor=actor,
        before=before,
        after=after,
        list_blocks=list_blocks,
        files=compare_files(
            await queries.get_submission_files(session, actor, older),
            await queries.get_submission_files(session, actor, newer),
        ),
    )


@router.get("/{submission_id}/checks/{check}")
async def show_check(
    request: Request, submission_id: UUID, check: str, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Show one check with everything that is stored of it; a fragment where a page asks."""
    submission = await queries.get_submission(session, actor, submission_id)
    grading = await queries.get_grading(session, actor, submission.grading_id)
    found = next((each for each in grading.checks if each.name == check), None)
    if found is None:
        raise CheckNotFound(check)
    context: dict[str, Any] = {
        "submission": submission,
        "check": found,
        "is_open": True,
        "whole": True,
        "hints": {each.check: each for each in grading.hints},
        "account": actor.id,
    }
    if "hx-request" in request.headers:
        return render_fragment("submissions/_check.html", **context)
    files = await queries.get_submission_files(session, actor, submission_id)
    return render_page(
        request, "submissions/show_check.html", actor=actor, paths=sorted(files), **context
    )


@router.post("/{submission_id}/hints")
async def open_hint(
    request: Request, submission_id: UUID, session: SessionDep, actor: CurrentLearner
) -> Response:
    """Open the next step of a failed check's hint; a fragment where a page asks."""
    form = await read_own_form(request, actor)
    check, step = form.get("check", ""), form.get("step", "")
    offered = await open_next_hint(
        session,
        actor,
        submission_id=submission_id,
        check=check,
        step=int(step) if STEP.fullmatch(step) else None,
    )
    if "hx-request" not in request.headers:
        address = f"/submissions/{submission_id}#check-{offered.check}"
        return RedirectResponse(address, status_code=303)
    submission = await queries.get_submission(session, actor, submission_id)
    return render_fragment(
        "submissions/_hints.html",
        offered=offered,
        submission=submission,
        account=actor.id,
        fresh=True,
    )


@router.get("/{submission_id}/events")
async def follow_submission(
    request: Request,
    submission_id: UUID,
    session: SessionDep,
    actor: CurrentLearner,
    database: DatabaseDep,
    listener: ListenerDep,
) -> Response:
    """Stream a grading as fragments of HTML, each named by what happened.

    `queued`, `started`, `check` one by one, `doubted`, `interrupted`, `verdict`.
    """
    submission = await queries.get_submission(session, actor, submission_id)
    after = read_last_event_id(request)
    if after[1] >= queries.VERDICT_POSITION:
        return Response(status_code=204)  # tells an EventSource to stay away: all has been sent

    following = follow_grading(
        database,
        listener,
        actor,
        submission.grading_id,
        is_let_in=partial(is_let_in, request, actor),
        after=after,
    )
    hints = await queries.find_hints(session, actor, submission_id)
    show = partial(_render_event, database, actor, submission, hints)
    return EventSourceResponse(stream_events(await anext(following), following, show))


async def _render_event(
    database: Database,
    actor: Actor,
    submission: SubmissionView,
    hints: Mapping[str, CheckHints],
    event: GradingEvent,
) -> str:
    if event.check is not None:
        context = {"submission": submission, "check": event.check, "is_open": False}
        context |= {"hints": hints, "account": actor.id}
        return render_template("submissions/_check.html", context)
    if event.kind == "verdict" and event.grading is not None:
        return await _render_verdict(database, actor, submission, event.grading)
    return render_template(f"submissions/_{event.kind}.html", {"grading": event.grading})


async def _render_verdict(
    database: Database, actor: Actor, submission: SubmissionView, grading: GradingView
) -> str:
    """Render the verdict with what it moved: the strip of milestones and the lab's objectives."""
    async with database.transaction() as session:
        path, skill = await progress.find_lab(session, actor, submission.lab)
        has_answers = await _has_answers(session, actor, submission, grading)
    counts = submission.kind is SubmissionKind.SUBMISSION
    is_drill = submission.lab_kind == DRILL
    step = find_step_after_drill(path, submission.lab) if is_drill else None
    context = {
        "grading": grading,
        "submission": submission,
        "failed": find_decisive(grading),
        "next_step": (step or find_next_step(path, skill.slug, submission.lab)) if counts else None,
        "has_answers": has_answers,
        "objective": find_practised(skill, submission.lab),
        "path": path,
        "lab_skill": skill.slug,
        "proves": list_proves(path, submission.lab),
    }
    return render_template("submissions/_verdict_event.html", context)


async def _has_answers(
    session: AsyncSession, actor: Actor, submission: SubmissionView, grading: GradingView
) -> bool:
    """Tell whether a submission's verdict leads to the lab's answers; a try opens none."""
    counts = submission.kind is SubmissionKind.SUBMISSION
    is_passed = counts and grading.verdict is Verdict.PASSED
    return is_passed and await queries.has_answers(session, actor, submission.lab)


def _to_file_text(text: str) -> str:
    return to_plain_text(text.replace("\r\n", "\n"))  # how lines end is the editor's affair
