"""Access tokens: a confirmed device code becomes one, and a terminal can end its own.

Other terminals' tokens are ended on the account page.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from milepost.accounts.errors import AuthorizationPending, DeviceCodeNotFound
from milepost.accounts.service import terminals
from milepost.api.v1.errors import AccessTokenRequired
from milepost.api.v1.schemas.tokens import RedeemDeviceCode, TokenOut
from milepost.http.dependencies import SessionDep, read_bearer_token
from milepost.http.problems import problems

router = APIRouter(prefix="/tokens", tags=["terminals"])


@router.post("", responses=problems(DeviceCodeNotFound, AuthorizationPending))
async def redeem_device_code(
    body: RedeemDeviceCode, session: SessionDep, response: Response
) -> TokenOut:
    """Exchange a confirmed device code for an access token, once.

    Until its person has confirmed, the answer is the problem `authorization_pending`.
    """
    response.headers["Cache-Control"] = "no-store"
    token = await terminals.redeem_device_code(session, device_code=body.device_code)
    return TokenOut(token=token)


@router.delete("/current", status_code=204, responses=problems(AccessTokenRequired))
async def revoke_current_token(request: Request, session: SessionDep) -> None:
    """End the access token that this request carries. Ending it twice is fine."""
    token = read_bearer_token(request)
    if token is None:
        raise AccessTokenRequired
    await terminals.revoke_token(session, secret=token)
