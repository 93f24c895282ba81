"""How often a client may ask for what needs no sign-in; why these numbers, is ADR 31.

Only what a classroom behind one address does not do by itself is refused. Invariant: who holds a
right secret is never refused here, whatever others at the same address have tried.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from fastapi import Depends
from starlette.requests import Request

from milepost.accounts.errors import DeviceCodeNotFound, SignInLinkNotValid
from milepost.core.attempts import Allowance, count_attempt
from milepost.core.config import Settings
from milepost.http.addresses import find_client_address
from milepost.http.dependencies import DatabaseDep, SessionDep, SettingsDep

DEVICE_AUTHORIZATIONS = Allowance("device_authorization", 120, timedelta(minutes=10))
WRONG_SECRETS = Allowance("wrong_secret", 120, timedelta(minutes=10))
_ONE_SITE_BITS = 64  # of an IPv6 address: whoever has one has all that share these bits


async def count_device_authorization(
    request: Request, session: SessionDep, settings: SettingsDep
) -> None:
    """Count a terminal that asks to be let in, or raise `TooManyAttempts`."""
    await count_attempt(session, DEVICE_AUTHORIZATIONS, find_client_network(request, settings))


async def count_wrong_secret(
    request: Request, database: DatabaseDep, settings: SettingsDep
) -> AsyncIterator[None]:
    """Count a link or code that nobody was given; raise `TooManyAttempts` in its place at last."""
    try:
        yield
    except (SignInLinkNotValid, DeviceCodeNotFound):
        async with database.transaction() as session:  # the request's own was rolled back
            await count_attempt(session, WRONG_SECRETS, find_client_network(request, settings))
        raise


LimitDeviceAuthorizations = Depends(count_device_authorization)
LimitWrongSecrets = Depends(count_wrong_secret, scope="function")


def find_client_network(request: Request, settings: Settings) -> str:
    """Return the client's address, of IPv6 its first half; nothing where it is not known."""
    told = find_client_address(request, settings)
    address = ip_address(told) if told else None
    if not isinstance(address, IPv6Address):
        return told
    return str(IPv6Address(int(address) >> _ONE_SITE_BITS << _ONE_SITE_BITS))
