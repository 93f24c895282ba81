"""Closing a lab whose own checks are at fault, and opening it again.

It is the version that is closed: publishing a fixed one opens the lab by itself, and what was
graded before stays as it is.
"""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog.errors import LabNotFound
from milepost.catalog.models import Lab, LabVersion
from milepost.core.clock import utc_now
from milepost.core.revisions import CONTENT, mark_changed


async def close_version(session: AsyncSession, version_id: UUID, *, reason: str) -> None:
    """Close a version for whatever is new; the first reason stays."""
    await session.execute(
        update(LabVersion)
        .where(LabVersion.id == version_id, LabVersion.closed_at.is_(None))
        .values(closed_at=utc_now(), closed_reason=reason)
    )
    await mark_changed(session, CONTENT)


async def reopen_lab(session: AsyncSession, slug: str) -> bool:
    """Open a lab's current version again. False if it was open; raises `LabNotFound`."""
    version_id = await session.scalar(select(Lab.version_id).where(Lab.slug == slug))
    if version_id is None:
        raise LabNotFound(slug)
    reopened = await session.scalar(
        update(LabVersion)
        .where(LabVersion.id == version_id, LabVersion.closed_at.is_not(None))
        .values(closed_at=None, closed_reason=None)
        .returning(LabVersion.id)
    )
    await mark_changed(session, CONTENT)
    return reopened is not None
