"""A learner's own progress over time, from what is stored of it: one query, however much it is.

Tries are left out, since they are deleted after a day. Invariant: nobody reads another's.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.core.clock import utc_now
from milepost.core.database import run
from milepost.core.statements import Statement
from milepost.progress.history import (
    Attempt,
    History,
    Reached,
    Work,
    measure_lab,
    total_days,
)
from milepost.progress.types import Mark, PathView

_ATTEMPT, _WORK = "attempt", "work"
_MOST_SUBMISSIONS = 5000  # of the newest

# Rows of (what, lab or objective, when it began, when it ended, whether it passed).
_SIGNS = Statement("""
    SELECT 'proven', objective_id, proven_at, proven_at, true
    FROM objective_proofs WHERE learner_id = %(learner_id)s
    UNION ALL
    SELECT 'practised', objective_id, practised_at, practised_at, true
    FROM objective_practices WHERE learner_id = %(learner_id)s
    UNION ALL
    SELECT 'work', lab_id, began_at, last_at, false
    FROM work_spells WHERE learner_id = %(learner_id)s
    UNION ALL
    SELECT 'work', lab_id, opened_at, opened_at, false
    FROM opened_hints WHERE learner_id = %(learner_id)s
    UNION ALL
    SELECT 'attempt', version.lab_id, submission.created_at, submission.created_at, judged.passed
    FROM (
        SELECT * FROM submissions
        WHERE learner_id = %(learner_id)s AND kind = 'submission'
        ORDER BY id DESC LIMIT %(most)s
    ) AS submission
    JOIN lab_versions AS version ON version.id = submission.lab_version_id
    JOIN LATERAL (
        SELECT bool_or(verdict = 'passed') AS passed FROM gradings
        WHERE submission_id = submission.id
            AND verdict IN ('passed', 'failed', 'timed_out', 'crashed')
    ) AS judged ON judged.passed IS NOT NULL
""")


async def get_history(session: AsyncSession, actor: Actor, paths: Iterable[PathView]) -> History:
    """Return how the learner's progress on these paths came about, as far as it is known."""
    skills = [skill for path in paths for skill in path.skills]
    objectives = {objective.id for skill in skills for objective in skill.objectives}
    reached: list[Reached] = []
    attempts: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    work: defaultdict[UUID, list[Work]] = defaultdict(list)
    rows = await run(session, _SIGNS, learner_id=actor.id, most=_MOST_SUBMISSIONS)
    for what, subject, began_at, ended_at, is_passed in rows:
        if what == _ATTEMPT:
            attempts[subject].append(Attempt(began_at, is_passed))
        elif what == _WORK:
            work[subject].append(Work(began_at, ended_at))
        elif subject in objectives:
            reached.append(Reached(Mark(what), began_at))
    labs = (
        measure_lab(lab, attempts[lab.id], work[lab.id])
        for skill in skills
        for lab in (*skill.drills, *skill.labs)
    )
    return History(
        days=total_days(reached, utc_now().date()), labs=tuple(each for each in labs if each)
    )
