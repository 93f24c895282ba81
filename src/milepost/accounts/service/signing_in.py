"""Signing in by a link that is confirmed with a button, and signing out.

A link is spent only by the confirmation, so a browser or chat that fetches it ahead of the
person can't burn it. Confirming makes a fresh session; a session is never reused or carried over.
"""

from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts import policy, queries
from milepost.accounts.errors import SignInLinkNotValid
from milepost.accounts.models import BrowserSession, SignInLink, User
from milepost.accounts.types import Actor
from milepost.core.clock import utc_now
from milepost.core.ids import new_id

_FIRST_ACCOUNT_LOCK = 6_417_001
_USER_AGENT_LENGTH = 200


async def get_or_create_owner(session: AsyncSession, *, name: str) -> Actor:
    """Return the account of the person who runs this installation, made at the first call."""
    await session.execute(text(f"SELECT pg_advisory_xact_lock({_FIRST_ACCOUNT_LOCK})"))
    user = await queries.find_first_user(session)
    if user is None:
        user = User(id=new_id(), name=name, created_at=utc_now())
        session.add(user)
        await session.flush()
    return queries.to_actor(user)


async def create_sign_in_link(session: AsyncSession, actor: Actor) -> str:
    """Return the secret of a new link for `actor`; it lives half an hour and works once."""
    secret = policy.new_secret()
    now = utc_now()
    session.add(
        SignInLink(
            id=new_id(),
            user_id=actor.id,
            token_hash=policy.hash_secret(secret),
            created_at=now,
            expires_at=now + policy.SIGN_IN_LINK_LIFETIME,
        )
    )
    await session.flush()
    return secret


async def require_sign_in_link(session: AsyncSession, *, secret: str) -> SignInLink:
    """Return the link that this secret opens, without spending it."""
    link = await session.scalar(
        select(SignInLink)
        .where(
            SignInLink.token_hash == policy.hash_secret(secret),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > utc_now(),
        )
        .with_for_update()
    )
    if link is None:
        raise SignInLinkNotValid
    return link


async def sign_in(session: AsyncSession, *, link_secret: str, user_agent: str) -> str:
    """Spend a link and return the secret of a new browser session."""
    link = await require_sign_in_link(session, secret=link_secret)
    now = utc_now()
    link.used_at = now
    secret = policy.new_secret()
    session.add(
        BrowserSession(
            id=new_id(),
            user_id=link.user_id,
            token_hash=policy.hash_secret(secret),
            user_agent=user_agent[:_USER_AGENT_LENGTH],
            created_at=now,
            expires_at=now + policy.SESSION_LIFETIME,
        )
    )
    return secret


async def sign_out(session: AsyncSession, *, secret: str) -> None:
    """End the session of this secret, wherever it is used."""
    await session.execute(
        update(BrowserSession)
        .where(BrowserSession.token_hash == policy.hash_secret(secret))
        .values(revoked_at=utc_now())
        .returning(queries.announce_end_of(BrowserSession))
    )


async def revoke_session(session: AsyncSession, actor: Actor, *, session_id: UUID) -> None:
    """End one of the person's own sessions; another person's is left alone."""
    await session.execute(
        update(BrowserSession)
        .where(BrowserSession.id == session_id, BrowserSession.user_id == actor.id)
        .values(revoked_at=utc_now())
        .returning(queries.announce_end_of(BrowserSession))
    )
