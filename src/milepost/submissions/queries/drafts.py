"""Reads of drafts: what a learner is writing, for themselves alone.

Another person's draft is not found. A draft of a lab that is not published any more is still its
learner's, so it is read all the same.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog.models import Lab
from milepost.submissions.models import Draft
from milepost.submissions.types import DraftFacts, DraftView


async def list_drafts(session: AsyncSession, actor: Actor, *, lab: str) -> list[DraftFacts]:
    """Return which drafts of a lab the learner has, one a stack, without their files."""
    rows = await session.execute(
        select(Lab.slug, Draft.stack, Draft.version, Draft.revision, Draft.saved_at)
        .join(Lab, Lab.id == Draft.lab_id)
        .where(Draft.learner_id == actor.id, Lab.slug == lab)
        .order_by(Draft.stack)
    )
    return [DraftFacts(*row) for row in rows]


async def find_draft(
    session: AsyncSession, actor: Actor, *, lab: str, stack: str
) -> DraftView | None:
    """Return the learner's own draft of a lab in one stack, or None."""
    draft = await session.scalar(
        select(Draft)
        .join(Lab, Lab.id == Draft.lab_id)
        .where(Draft.learner_id == actor.id, Lab.slug == lab, Draft.stack == stack)
    )
    return None if draft is None else show_draft(draft, lab)


def show_draft(draft: Draft, lab: str) -> DraftView:
    """Show a draft's row, which belongs to the lab of this slug."""
    return DraftView(
        lab=lab,
        stack=draft.stack,
        version=draft.version,
        revision=draft.revision,
        saved_at=draft.saved_at,
        files=draft.files,
    )
