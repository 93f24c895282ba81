"""Where a learner left off on their paths: the newest piece of work there that is not finished.

A draft counts where it differs from what was last run, a run where it did not pass the lab.
Whatever is older than a pass of the same lab is finished. A run of some checks alone says nothing
of the lab, so the draft that it was made from counts in its place.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog.types import CheckTitle, TaskInfo
from milepost.core.database import run
from milepost.core.statements import Statement
from milepost.engine import Outcome, Verdict
from milepost.progress.left_off import (
    OUR_FAULTS,
    EndedCheck,
    EndedRun,
    find_check,
    say_draft,
    say_run,
)
from milepost.progress.types import LeftKind, LeftOff, PathView
from milepost.submissions.types import SubmissionKind

_MOST_RUNS, _MOST_DRAFTS = 50, 10  # what lies further back is not where somebody left off

# A draft is stored a second after it was written, so after the run that was made of it: which of
# the two is newer, its files decide.
_NEWEST = Statement("""
    WITH offered AS (
        SELECT * FROM unnest(%(labs)s::uuid[], %(stacks)s::text[]) AS offered (lab_id, stack)
    ), recent AS (
        SELECT submission.id, submission.kind, submission.stack, submission.created_at,
            version.lab_id
        FROM submissions AS submission
        JOIN lab_versions AS version ON version.id = submission.lab_version_id
        WHERE submission.learner_id = %(learner_id)s AND submission.picked_checks = '{}'
        ORDER BY submission.id DESC LIMIT %(most_runs)s
    ), passed AS (
        SELECT version.lab_id, max(submission.created_at) AS at
        FROM submissions AS submission
        JOIN gradings AS grading ON grading.submission_id = submission.id
        JOIN lab_versions AS version ON version.id = submission.lab_version_id
        WHERE submission.learner_id = %(learner_id)s AND submission.kind = 'submission'
            AND grading.verdict = 'passed'
        GROUP BY version.lab_id
    ), runs AS (
        SELECT DISTINCT ON (lab_id, stack) lab_id, stack, created_at AS at, id AS run_id, kind
        FROM recent ORDER BY lab_id, stack, id DESC
    ), newest_drafts AS (
        SELECT * FROM drafts WHERE learner_id = %(learner_id)s
        ORDER BY saved_at DESC LIMIT %(most_drafts)s
    ), changed_drafts AS (
        SELECT draft.lab_id, draft.stack, draft.saved_at AS at, last.id AS run_id
        FROM newest_drafts AS draft
        LEFT JOIN LATERAL (
            SELECT submission.id FROM submissions AS submission
            JOIN lab_versions AS version ON version.id = submission.lab_version_id
            WHERE submission.learner_id = draft.learner_id AND version.lab_id = draft.lab_id
                AND submission.stack = draft.stack AND submission.picked_checks = '{}'
            ORDER BY submission.id DESC LIMIT 1
        ) AS last ON true
        WHERE last.id IS NULL OR EXISTS (
            SELECT FROM json_each_text(draft.files) AS written (path, text)
            FULL JOIN (
                SELECT path, convert_from(content, 'UTF8') AS text FROM submission_files
                WHERE submission_id = last.id
            ) AS sent ON sent.path = written.path
            WHERE written.text IS DISTINCT FROM sent.text
        )
    ), work AS (
        SELECT true AS is_draft, lab_id, stack, at, run_id, NULL AS kind FROM changed_drafts
        UNION ALL
        SELECT false, lab_id, stack, at, run_id, kind FROM runs
    )
    SELECT work.is_draft, work.lab_id, work.stack, work.at, work.run_id, work.kind
    FROM work
    JOIN offered USING (lab_id, stack)
    LEFT JOIN passed USING (lab_id)
    WHERE passed.at IS NULL OR work.at > passed.at
    ORDER BY work.at DESC LIMIT 1
""")
_ENDED = Statement("""
    SELECT grading.verdict, (grading.build ->> 'passed')::boolean,
        version.manifest -> 'checks', version.manifest -> 'tasks',
        COALESCE((version.manifest ->> 'is_staged')::boolean, false),
        ARRAY(
            SELECT json_build_array(
                name, outcome, hidden, CASE WHEN hidden THEN result ->> 'task' END
            )
            FROM check_results
            WHERE grading_id = grading.id AND attempt = grading.attempt
            ORDER BY position
        )
    FROM gradings AS grading
    JOIN submissions AS submission ON submission.id = grading.submission_id
    JOIN lab_versions AS version ON version.id = submission.lab_version_id
    WHERE submission.id = %(run_id)s
    ORDER BY grading.id DESC LIMIT 1
""")


async def find_left_off(
    session: AsyncSession, actor: Actor, paths: Iterable[PathView]
) -> LeftOff | None:
    """Find what the learner left unfinished on these paths, in words and with where to go on.

    What is closed, or no longer offered in its stack, is left out.
    """
    labs = {
        lab.id: lab
        for path in paths
        for skill in path.skills
        for lab in (*skill.labs, *skill.drills)
        if not lab.is_closed
    }
    offered = [(lab.id, stack) for lab in labs.values() for stack in lab.stacks]
    rows = await run(
        session,
        _NEWEST,
        learner_id=actor.id,
        labs=[lab for lab, _ in offered],
        stacks=[stack for _, stack in offered],
        most_runs=_MOST_RUNS,
        most_drafts=_MOST_DRAFTS,
    )
    if not rows:
        return None
    is_draft, lab_id, stack, at, run_id, kind = rows[0]
    lab = labs[lab_id]
    if is_draft:
        state = say_draft(has_run=run_id is not None)
        return LeftOff(lab=lab, stack=stack, at=at, kind=LeftKind.DRAFT, state=state)
    left = LeftOff(
        lab=lab,
        stack=stack,
        at=at,
        kind=LeftKind.WAITING,
        state="it is being graded",
        run_id=run_id,
        is_try=kind == SubmissionKind.TRY,
    )
    rows = await run(session, _ENDED, run_id=run_id)
    ended = _to_ended(rows[0], SubmissionKind(kind)) if rows else None
    return left if ended is None else _note_end(left, ended)


def _to_ended(row: tuple[Any, ...], kind: SubmissionKind) -> EndedRun | None:
    """Return what a row of `_ENDED` tells, or None while there is no verdict."""
    verdict, is_built, known, tasks, is_staged, checks = row
    if verdict is None:
        return None
    titles = tuple(CheckTitle.model_validate(each) for each in known)
    task_of = {check.name: check.task for check in titles}
    return EndedRun(
        kind=kind,
        verdict=Verdict(verdict),
        checks=tuple(
            EndedCheck(name, task or task_of.get(name, ""), Outcome(outcome), hidden)
            for name, outcome, hidden, task in checks
        ),
        known=titles,
        tasks=tuple(TaskInfo.model_validate(each) for each in tasks),
        is_staged=is_staged,
        is_unbuilt=is_built is False,
    )


def _note_end(left: LeftOff, ended: EndedRun) -> LeftOff | None:
    """Say how a run ended; one that shows again what is passed already leaves nothing undone."""
    if ended.verdict is Verdict.PASSED:
        kind = LeftKind.NOT_SUBMITTED
        return None if left.lab.passed_at else replace(left, kind=kind, state=say_run(ended))
    if ended.verdict in OUR_FAULTS:
        return replace(left, kind=LeftKind.NOT_GRADED, state=say_run(ended))
    check = find_check(ended)
    return replace(
        left,
        kind=LeftKind.FAILED,
        state=say_run(ended),
        check=check.name if check else None,
        check_title=check.title if check else None,
    )
