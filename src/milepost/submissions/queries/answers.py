"""A lab's answers for a learner who has passed it: the one place that decides who may see them.

Pages, the API and terminals show what is read here. Invariant: without a recorded passing
submission of this learner to this lab there is no answer, and hidden checks are only counted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, undefer

from milepost.accounts.types import Actor
from milepost.catalog import queries as catalog
from milepost.catalog.answers import KnownFlaw, ModelAnswer, read_answers
from milepost.catalog.models import Lab, LabSolutions, LabVersion
from milepost.engine import Verdict
from milepost.labs import LAB
from milepost.submissions.errors import AnswersNotOpen, AnswersNotShown, StackNotOffered
from milepost.submissions.models import Grading, Submission
from milepost.submissions.queries.submissions import get_submission_files
from milepost.submissions.types import AnswersView, Mistake, SubmissionKind

_KEPT = "Its author keeps the answers to this lab to themselves."
_NOT_STORED = (
    "No answers were stored with the version of this lab that you passed. Pass it as it stands now"
    " to see today's."
)


async def get_answers(
    session: AsyncSession, actor: Actor, *, lab: str, stack: str | None = None
) -> AnswersView:
    """Return the answers to a lab that the learner has passed, of the version that they passed.

    In the stack asked for, else in that of their newest passing submission. Raises `LabNotFound`,
    `AnswersNotOpen` before passing, `AnswersNotShown`, and after passing `StackNotOffered`.
    """
    passed = await _find_passed(session, actor, lab, stack)
    if passed is None:
        raise AnswersNotOpen((await catalog.get_lab_offer(session, lab)).title)
    manifest, title = passed.manifest, passed.title
    stacks = tuple(manifest["stacks"])
    shown = stack or passed.stack
    if shown not in stacks:
        raise StackNotOffered(lab, shown, stacks)
    if not (passed.shows and passed.shows_now):
        raise AnswersNotShown(title, _KEPT)
    stored = await session.scalar(
        select(LabSolutions)
        .where(LabSolutions.lab_version_id == passed.version_id)
        .options(undefer(LabSolutions.package), undefer(LabSolutions.flaws))
    )
    if stored is None:
        raise AnswersNotShown(title, _NOT_STORED)
    answers = read_answers(stored.package, stored.flaws or (), stacks)
    is_own = passed.stack == shown
    return AnswersView(
        lab=lab,
        lab_title=title,
        lab_kind=manifest.get("kind", LAB),
        version=passed.content_hash,
        stack=shown,
        stacks=stacks,
        submission_id=passed.id,
        own=await get_submission_files(session, actor, passed.id) if is_own else None,
        solutions=tuple(each for each in answers.solutions if each.stack == shown),
        mistakes=_list_mistakes(answers.flaws, answers.solutions, manifest, shown),
    )


async def has_answers(session: AsyncSession, actor: Actor, lab: str) -> bool:
    """Tell whether there are answers to a lab that this learner may see."""
    rows = await session.execute(_select_passed(actor, lab, None))
    passed = rows.one_or_none()
    return passed is not None and passed.shows and passed.shows_now and passed.are_stored


async def _find_passed(
    session: AsyncSession, actor: Actor, lab: str, stack: str | None
) -> Row[Any] | None:
    """Find the newest submission that passed, before all in this stack, with its version."""
    facts = (
        Submission.id,
        Submission.stack,
        LabVersion.id.label("version_id"),
        LabVersion.title,
        LabVersion.content_hash,
        LabVersion.manifest,
    )
    rows = await session.execute(_select_passed(actor, lab, stack, *facts))
    found: Row[Any] | None = rows.one_or_none()
    return found


def _select_passed(actor: Actor, lab: str, stack: str | None, *facts: Any) -> Select[Any]:
    """Select these facts of that submission, and whether its answers may be shown."""
    current = aliased(LabVersion)
    shown = LabVersion.manifest["shows_answers"].astext.cast(Boolean)
    shown_now = current.manifest["shows_answers"].astext.cast(Boolean)
    return (
        select(
            *facts,
            func.coalesce(shown, True).label("shows"),
            func.coalesce(shown_now, True).label("shows_now"),
            LabSolutions.lab_version_id.is_not(None).label("are_stored"),
        )
        .select_from(Submission)
        .join(Submission.lab_version)
        .join(LabVersion.lab)
        .outerjoin(current, current.id == Lab.version_id)
        .outerjoin(LabSolutions, LabSolutions.lab_version_id == LabVersion.id)
        .where(
            Submission.learner_id == actor.id,
            Submission.kind == SubmissionKind.SUBMISSION,
            Lab.slug == lab,
            Submission.gradings.any(Grading.verdict == Verdict.PASSED),
        )
        .order_by((Submission.stack == (stack or "")).desc(), Submission.id.desc())
        .limit(1)
    )


def _list_mistakes(
    flaws: Sequence[KnownFlaw],
    solutions: Sequence[ModelAnswer],
    manifest: Mapping[str, Any],
    stack: str,
) -> tuple[Mistake, ...]:
    """List the known wrong answers of a stack, then those that only other stacks have."""
    own = [flaw for flaw in flaws if flaw.stack == stack]
    known = {flaw.title for flaw in own}
    others = {flaw.title: flaw for flaw in flaws if flaw.title not in known}
    titles = {check["name"]: check["title"] for check in manifest["checks"]}
    files = {solution.name: solution.files for solution in solutions}
    return tuple(
        _to_mistake(flaw, files.get(flaw.over, {}), titles) for flaw in (*own, *others.values())
    )


def _to_mistake(flaw: KnownFlaw, right: Mapping[str, str], titles: Mapping[str, str]) -> Mistake:
    touched = flaw.changed.keys() | set(flaw.removed)
    seen_by = tuple(titles[name] for name in flaw.fails if name in titles)
    return Mistake(
        title=flaw.title,
        text=flaw.text,
        stack=flaw.stack,
        over=flaw.over,
        checks=seen_by,
        hidden_check_count=len(flaw.fails) - len(seen_by),
        before={path: text for path, text in right.items() if path in touched},
        after=flaw.changed,
    )
