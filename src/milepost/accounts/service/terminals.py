"""Letting a terminal in: the device authorization grant (RFC 8628).

The terminal asks, the person confirms its short code in a browser where they are signed in, and
the terminal redeems its own long code, once, for a token.
"""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts import policy, queries
from milepost.accounts.errors import AuthorizationPending, DeviceCodeNotFound
from milepost.accounts.models import AccessToken, DeviceAuthorization
from milepost.accounts.types import Actor, NewDeviceAuthorization
from milepost.core.clock import utc_now
from milepost.core.ids import new_id

_NAME_LENGTH = 80


async def request_device_authorization(
    session: AsyncSession, *, client_name: str, client_address: str = ""
) -> NewDeviceAuthorization:
    """Begin to let a terminal in. Nothing is granted until a person confirms.

    Its name is what it says of itself; its address is where the request came from.
    """
    now = utc_now()
    device_code = policy.new_secret()
    device = DeviceAuthorization(
        id=new_id(),
        device_code_hash=policy.hash_secret(device_code),
        user_code=policy.new_user_code(),
        client_name=client_name[:_NAME_LENGTH],
        client_address=client_address[:_NAME_LENGTH],
        created_at=now,
        expires_at=now + policy.DEVICE_CODE_LIFETIME,
    )
    session.add(device)
    await session.flush()
    return NewDeviceAuthorization(
        device_code=device_code, user_code=device.user_code, expires_at=device.expires_at
    )


async def approve_device(session: AsyncSession, actor: Actor, *, user_code: str) -> str:
    """Let the terminal with this code in, and return its name."""
    now = utc_now()
    device = await queries.get_waiting_device(session, user_code=user_code, now=now)
    device.user_id = actor.id
    device.approved_at = now
    return device.client_name


async def redeem_device_code(session: AsyncSession, *, device_code: str) -> str:
    """Exchange a confirmed device code for an access token, which is returned this once."""
    now = utc_now()
    device = await session.scalar(
        select(DeviceAuthorization)
        .where(
            DeviceAuthorization.device_code_hash == policy.hash_secret(device_code),
            DeviceAuthorization.redeemed_at.is_(None),
            DeviceAuthorization.expires_at > now,
        )
        .with_for_update()
    )
    if device is None:
        raise DeviceCodeNotFound
    if device.user_id is None:
        raise AuthorizationPending
    device.redeemed_at = now
    secret = policy.new_secret()
    session.add(
        AccessToken(
            id=new_id(),
            user_id=device.user_id,
            token_hash=policy.hash_secret(secret),
            name=device.client_name,
            created_at=now,
            expires_at=now + policy.ACCESS_TOKEN_LIFETIME,
        )
    )
    return secret


async def revoke_token(session: AsyncSession, *, secret: str) -> None:
    """End the token of this secret."""
    await session.execute(
        update(AccessToken)
        .where(AccessToken.token_hash == policy.hash_secret(secret))
        .values(revoked_at=utc_now())
        .returning(queries.announce_end_of(AccessToken))
    )


async def revoke_token_by_id(session: AsyncSession, actor: Actor, *, token_id: UUID) -> None:
    """End one of the person's own tokens; another person's is left alone."""
    await session.execute(
        update(AccessToken)
        .where(AccessToken.id == token_id, AccessToken.user_id == actor.id)
        .values(revoked_at=utc_now())
        .returning(queries.announce_end_of(AccessToken))
    )
