"""Revisions: names for the state that something is in, so that what was built from it can be kept.

Whoever changes the content or a learner's progress names the new state in the same transaction,
and whoever reads takes the name before reading. So nothing that is kept under a name is older than
the name says, in any number of processes, and nobody has to be told to forget.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from milepost.core.database import Base, run
from milepost.core.ids import new_id
from milepost.core.statements import Statement

CONTENT = UUID(int=0)  # the subject that every learner shares; a learner's own is their id

_Value = TypeVar("_Value")


class Revision(Base):
    """The name of the state that a subject is in. A subject that never changed has none."""

    __tablename__ = "revisions"

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[UUID]


_NAME = Statement("""
    INSERT INTO revisions (subject, revision) VALUES (%(subject)s, %(revision)s)
    ON CONFLICT (subject) DO UPDATE SET revision = excluded.revision
""")


async def mark_changed(session: AsyncSession, subject: UUID) -> None:
    """Name the state that `subject` will be in once this transaction commits."""
    await run(session, _NAME, subject=subject, revision=new_id())


async def find_revision(session: AsyncSession, subject: UUID) -> UUID | None:
    """Find the name of the state that `subject` is in. Take it before reading what it names."""
    return await session.scalar(select(Revision.revision).where(Revision.subject == subject))


class Kept(Generic[_Value]):
    """What this process has built and need not build again, while its revision holds.

    One value a key, so a newer one takes the older one's place; of more than `most`, the one
    that was asked for longest ago goes. Values are shared: they must not be changed. Where there
    is no revision, nothing is kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Hashable, tuple[Hashable, _Value]] = OrderedDict()

    def find(self, key: Hashable, revision: Hashable | None) -> _Value | None:
        """Return what was built for `key` at exactly this revision, or None."""
        entry = self._entries.get(key)
        if entry is None or entry[0] != revision:
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def keep(self, key: Hashable, revision: Hashable | None, value: _Value) -> _Value:
        """Keep what was built for `key` from a read that began after `revision` was taken."""
        if revision is None:
            return value
        self._entries[key] = (revision, value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return value
