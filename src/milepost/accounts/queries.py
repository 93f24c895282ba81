"""Reads of accounts: who owns a secret, and what is signed in.

A secret that was revoked, used or has expired finds nobody.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from milepost.accounts import policy
from milepost.accounts.models import AccessToken, BrowserSession, DeviceAuthorization, User
from milepost.accounts.types import Actor, Revisions, Track
from milepost.core.announcements import announcement
from milepost.core.clock import utc_now
from milepost.core.database import Database
from milepost.core.revisions import CONTENT, Revision
from milepost.core.statements import Statement


def to_actor(user: User) -> Actor:
    """Return the person as one who acts."""
    track = None
    if user.track_language and user.track_framework:
        track = Track(language=user.track_language, framework=user.track_framework)
    return Actor(id=user.id, name=user.name, track=track)


async def find_actor_by_session(database: Database, *, secret: str) -> Actor | None:
    """Return who is signed in with a browser's secret."""
    return await _find_actor(database, _OWNER_OF_SESSION, secret)


async def find_actor_by_token(database: Database, *, secret: str) -> Actor | None:
    """Return for whom a terminal's token acts."""
    return await _find_actor(database, _OWNER_OF_TOKEN, secret)


async def find_first_user(session: AsyncSession) -> User | None:
    """Return the oldest account: in solo use, the only one."""
    return await session.scalar(select(User).order_by(User.id).limit(1))


async def get_actor(session: AsyncSession, user_id: UUID) -> Actor:
    """Return the person with this id, as they are now."""
    user = await session.get_one(User, user_id)
    return to_actor(user)


async def list_sessions(session: AsyncSession, actor: Actor) -> list[BrowserSession]:
    """Return the browsers that are signed in, newest first."""
    rows = await session.scalars(
        select(BrowserSession)
        .where(
            BrowserSession.user_id == actor.id,
            BrowserSession.revoked_at.is_(None),
            BrowserSession.expires_at > utc_now(),
        )
        .order_by(BrowserSession.id.desc())
    )
    return list(rows)


async def list_access_tokens(session: AsyncSession, actor: Actor) -> list[AccessToken]:
    """Return the terminals that are let in, newest first."""
    rows = await session.scalars(
        select(AccessToken)
        .where(
            AccessToken.user_id == actor.id,
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > utc_now(),
        )
        .order_by(AccessToken.id.desc())
    )
    return list(rows)


async def find_waiting_device(
    session: AsyncSession, *, user_code: str, now: datetime, is_to_change: bool
) -> DeviceAuthorization | None:
    """Return the terminal that waits for this code, or None. Locked if it is to change."""
    waiting = select(DeviceAuthorization).where(
        DeviceAuthorization.user_code == policy.normalise_user_code(user_code),
        DeviceAuthorization.approved_at.is_(None),
        DeviceAuthorization.expires_at > now,
    )
    device: DeviceAuthorization | None = await session.scalar(
        waiting.with_for_update() if is_to_change else waiting
    )
    return device


def announce_end_of(model: type[BrowserSession] | type[AccessToken]) -> ColumnElement[None]:
    """Return the column by which ending a row tells whatever its owner has open."""
    return announcement(func.concat(policy.ACCESS_TOPIC, cast(model.user_id, Text)))


def _owner(model: type[BrowserSession] | type[AccessToken]) -> Statement:
    """Who owns secrets that were not revoked, and the revisions of what they are shown."""
    content, progress = aliased(Revision), aliased(Revision)
    return Statement(
        select(
            model.token_hash,
            model.expires_at,
            User.id,
            User.name,
            User.track_language,
            User.track_framework,
            content.revision,
            progress.revision,
        )
        .join(model, model.user_id == User.id)
        .outerjoin(content, content.subject == CONTENT)
        .outerjoin(progress, progress.subject == User.id)
        .where(
            model.token_hash == any_(bindparam("keys", type_=ARRAY(model.token_hash.type))),
            model.revoked_at.is_(None),
        )
    )


_OWNER_OF_SESSION = _owner(BrowserSession)
_OWNER_OF_TOKEN = _owner(AccessToken)


async def _find_actor(database: Database, owner: Statement, secret: str) -> Actor | None:
    row = await database.reader.find_by_key(owner, policy.hash_secret(secret))
    if row is None:
        return None
    _, expires_at, user_id, name, language, framework, content, progress = row
    if expires_at <= utc_now():
        return None
    track = Track(language, framework) if language and framework else None
    return Actor(user_id, name, track, Revisions(content, progress))
