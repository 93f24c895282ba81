"""Letting a terminal in: the device authorization grant (RFC 8628).

The terminal asks, the person confirms its short code in a browser where they are signed in, and
the terminal redeems its own long code, once, for a token.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts import policy, queries
from milepost.accounts.errors import DeviceCodeNotFound
from milepost.accounts.models import AccessToken, DeviceAuthorization
from milepost.accounts.types import Actor, NewDeviceAuthorization, Redemption
from milepost.core.attempts import count_attempt, require_attempts_left
from milepost.core.clock import utc_now
from milepost.core.ids import new_id

_NAME_LENGTH = 80
_REMOVED_AT_ONCE = 100


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
        interval_seconds=policy.DEVICE_POLL_SECONDS,
    )
    session.add(device)
    await session.flush()
    await _remove_expired(session, now)
    return NewDeviceAuthorization(
        device_code=device_code, user_code=device.user_code, expires_at=device.expires_at
    )


async def find_waiting_device(
    session: AsyncSession, actor: Actor, *, user_code: str, is_to_change: bool = False
) -> DeviceAuthorization | None:
    """Return the terminal that waits for this code, or None. Locked if it is to change.

    A code is short enough to be guessed, so wrong ones are counted: `TooManyAttempts` refuses right
    ones too. The caller must commit, also if there is no such terminal.
    """
    await require_attempts_left(session, policy.WRONG_USER_CODES, str(actor.id))
    device = await queries.find_waiting_device(
        session, user_code=user_code, now=utc_now(), is_to_change=is_to_change
    )
    if device is None:
        await count_attempt(session, policy.WRONG_USER_CODES, str(actor.id))
    return device


async def approve_device(session: AsyncSession, actor: Actor, *, user_code: str) -> str | None:
    """Let the terminal with this code in and return its name, or None if there is no such one."""
    device = await find_waiting_device(session, actor, user_code=user_code, is_to_change=True)
    if device is None:
        return None
    device.user_id = actor.id
    device.approved_at = utc_now()
    return device.client_name


async def redeem_device_code(session: AsyncSession, *, device_code: str) -> Redemption:
    """Exchange a confirmed device code for an access token, which is returned this once.

    Of one that waits it is noted that its terminal has asked, so the caller must commit.
    """
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
        return _note_poll(device, now)
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
    return Redemption(secret, device.interval_seconds)


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


def _note_poll(device: DeviceAuthorization, now: datetime) -> Redemption:
    """Note that a terminal has asked; one that asks too soon has to wait longer from now on."""
    interval = timedelta(seconds=device.interval_seconds) - policy.POLL_LEEWAY
    was_too_soon = device.polled_at is not None and now < device.polled_at + interval
    device.polled_at = now
    if was_too_soon:
        longer = device.interval_seconds + policy.SLOW_DOWN_SECONDS
        device.interval_seconds = min(longer, policy.SLOWEST_POLL_SECONDS)
    return Redemption(None, device.interval_seconds, was_too_soon)


async def _remove_expired(session: AsyncSession, now: datetime) -> None:
    """Remove some that have expired, so that asking leaves nothing behind for good."""
    expired = (
        select(DeviceAuthorization.id)
        .where(DeviceAuthorization.expires_at <= now)
        .limit(_REMOVED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(DeviceAuthorization).where(DeviceAuthorization.id.in_(expired)))
