"""Learners: an account, with a browser that is signed in and a terminal that is let in."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.models import User
from milepost.accounts.queries import to_actor
from milepost.accounts.service import signing_in, terminals
from milepost.accounts.types import Actor, Track
from milepost.core.clock import utc_now
from milepost.core.ids import new_id


@dataclass(frozen=True)
class Learner:
    """A person, and the secrets that their browser and their terminal hold."""

    actor: Actor
    session: str
    token: str

    @property
    def id(self) -> UUID:
        return self.actor.id


async def make_learner(session: AsyncSession, *, name: str, track: Track | None) -> Learner:
    """Store a learner who has signed in and let a terminal in, each the way that people do."""
    user = User(
        id=new_id(),
        name=name,
        created_at=utc_now(),
        track_language=track.language if track else None,
        track_framework=track.framework if track else None,
    )
    session.add(user)
    await session.flush()
    actor = to_actor(user)
    link = await signing_in.create_sign_in_link(session, actor)
    secret = await signing_in.sign_in(session, link_secret=link, user_agent="a test's browser")
    device = await terminals.request_device_authorization(session, client_name="a test's terminal")
    await terminals.approve_device(session, actor, user_code=device.user_code)
    redeemed = await terminals.redeem_device_code(session, device_code=device.device_code)
    assert redeemed.token is not None
    return Learner(actor=actor, session=secret, token=redeemed.token)
