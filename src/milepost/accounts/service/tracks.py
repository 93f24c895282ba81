"""Choosing a track. Whether a track exists is the catalog's to know and the caller's to check.

The choice can be changed at any time; what is proven stays proven.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.models import User
from milepost.accounts.types import Actor, Track


async def choose_track(session: AsyncSession, actor: Actor, *, track: Track) -> None:
    """Set the person's language and framework."""
    user = await session.get_one(User, actor.id)
    user.track_language = track.language
    user.track_framework = track.framework
