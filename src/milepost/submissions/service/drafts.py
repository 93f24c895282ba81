"""Writes of drafts. A draft is replaced or deleted only by somebody who knew its newest revision.

The rule holds between any number of browsers, tabs and processes: what was read is compared again
by the statement that writes.
"""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog import queries as catalog
from milepost.catalog.models import Lab, LabVersion
from milepost.core.clock import utc_now
from milepost.core.database import run
from milepost.core.ids import new_id, new_id_after
from milepost.core.statements import Statement
from milepost.submissions import policy
from milepost.submissions.errors import DRAFT_NOT_SAVED, DraftChanged, StackNotOffered
from milepost.submissions.models import Draft
from milepost.submissions.queries.drafts import find_draft, show_draft
from milepost.submissions.types import DraftView, SourceFiles

# Whether a change was made from this revision; None stands for "there is no draft".
Knows: TypeAlias = Callable[[UUID | None], bool]
_NOTE_WORK = Statement("""
    WITH gone_on AS (
        UPDATE work_spells SET last_at = GREATEST(last_at, %(now)s)
        WHERE learner_id = %(learner_id)s AND lab_id = %(lab_id)s
            AND last_at BETWEEN %(now)s - %(pause)s AND %(now)s + %(pause)s
        RETURNING began_at
    )
    INSERT INTO work_spells (learner_id, lab_id, began_at, last_at)
    SELECT %(learner_id)s, %(lab_id)s, %(now)s, %(now)s WHERE NOT EXISTS (SELECT FROM gone_on)
    ON CONFLICT DO NOTHING
""")


async def save_draft(
    session: AsyncSession,
    actor: Actor,
    *,
    lab_slug: str,
    stack: str,
    files: SourceFiles,
    version: str | None,
    knows: Knows,
) -> tuple[DraftView, bool]:
    """Store a draft in the place of the one that its writer knew; return it, and whether it is new.

    `version` is the lab's that it was written for, by default the newest. What is stored already
    is left as it is: a save whose answer was lost can be sent again.
    """
    offer = await catalog.get_lab_offer(session, lab_slug)
    if stack not in offer.stacks:
        raise StackNotOffered(lab_slug, stack, offer.stacks)
    policy.require_acceptable(files, otherwise=DRAFT_NOT_SAVED)
    texts = {path: content.decode() for path, content in files.items()}

    current = await find_draft(session, actor, lab=lab_slug, stack=stack)
    if current is not None and current.files == texts:
        return current, False
    _require_known(current, knows)

    values = {
        "version": version or offer.content_hash,
        "revision": new_id() if current is None else new_id_after(current.revision),
        "files": texts,
        "saved_at": utc_now(),
    }
    lab_id = select(LabVersion.lab_id).where(LabVersion.id == offer.version_id).scalar_subquery()
    replaced = None if current is None else current.revision
    saved = await session.scalar(
        insert(Draft)
        .values(learner_id=actor.id, lab_id=lab_id, stack=stack, **values)
        .on_conflict_do_update(
            index_elements=["learner_id", "lab_id", "stack"],
            set_=values,
            where=Draft.revision == replaced,
        )
        .returning(Draft)
        .execution_options(populate_existing=True)
    )
    if saved is None:
        raise _changed(await find_draft(session, actor, lab=lab_slug, stack=stack))
    await _note_work(session, saved)
    return show_draft(saved, lab_slug), current is None


async def delete_draft(
    session: AsyncSession, actor: Actor, *, lab_slug: str, stack: str, knows: Knows
) -> None:
    """Delete a draft that its learner knew. Where there is none, all is done already."""
    current = await find_draft(session, actor, lab=lab_slug, stack=stack)
    if current is None:
        return
    _require_known(current, knows)
    deleted = await session.scalar(
        delete(Draft)
        .where(
            Draft.learner_id == actor.id,
            Draft.lab_id == select(Lab.id).where(Lab.slug == lab_slug).scalar_subquery(),
            Draft.stack == stack,
            Draft.revision == current.revision,
        )
        .returning(Draft.revision)
    )
    if deleted is None:
        raise _changed(await find_draft(session, actor, lab=lab_slug, stack=stack))


async def _note_work(session: AsyncSession, draft: Draft) -> None:
    """Note that its learner was at work: in the spell that goes on, or in a new one."""
    await run(
        session,
        _NOTE_WORK,
        learner_id=draft.learner_id,
        lab_id=draft.lab_id,
        now=draft.saved_at,
        pause=policy.LONGEST_PAUSE,
    )


def _require_known(current: DraftView | None, knows: Knows) -> None:
    if not knows(None if current is None else current.revision):
        raise _changed(current)


def _changed(current: DraftView | None) -> DraftChanged:
    if current is None:
        return DraftChanged(None, None)
    return DraftChanged(current.revision, current.saved_at)
