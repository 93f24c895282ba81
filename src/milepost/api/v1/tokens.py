"""Access tokens: a confirmed device code becomes one, and a terminal can end its own.

Other terminals' tokens are ended on the account page.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from milepost.accounts.errors import AuthorizationPending, DeviceCodeNotFound, SlowDown
from milepost.accounts.service import terminals
from milepost.api.v1.errors import AccessTokenRequired
from milepost.api.v1.schemas.tokens import RedeemDeviceCode, TokenOut
from milepost.core.attempts import TooManyAttempts
from milepost.http.dependencies import DatabaseDep, SessionDep, read_bearer_token
from milepost.http.limits import LimitWrongSecrets
from milepost.http.problems import problems

router = APIRouter(prefix="/tokens", tags=["terminals"])


@router.post(
    "",
    responses=problems(DeviceCodeNotFound, AuthorizationPending, SlowDown, TooManyAttempts),
    dependencies=[LimitWrongSecrets],
)
async def redeem_device_code(
    body: RedeemDeviceCode, database: DatabaseDep, response: Response
) -> TokenOut:
    """Exchange a confirmed device code for an access token, once.

    Until its person has confirmed, the answer is the problem `authorization_pending`, or
    `slow_down` if the terminal asks sooner than it was told to. Both carry the
    `interval_seconds` to wait until it asks again.
    """
    async with database.transaction() as session:  # that it has asked is kept, whatever it gets
        redemption = await terminals.redeem_device_code(session, device_code=body.device_code)
    if redemption.token is None:
        refusal = SlowDown if redemption.was_too_soon else AuthorizationPending
        raise refusal(redemption.interval_seconds)
    response.headers["Cache-Control"] = "no-store"
    return TokenOut(token=redemption.token)


@router.delete(
    "/current",
    status_code=204,
    responses=problems(AccessTokenRequired),
    openapi_extra={"security": [{"token": []}]},
)
async def revoke_current_token(request: Request, session: SessionDep) -> None:
    """End the access token that this request carries. Ending it twice is fine."""
    token = read_bearer_token(request)
    if token is None:
        raise AccessTokenRequired
    await terminals.revoke_token(session, secret=token)
