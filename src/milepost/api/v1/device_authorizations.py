"""Asking for a terminal to be let in (RFC 8628): anybody may ask.

Nothing is granted before a signed-in person confirms the code in a browser.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from milepost.accounts.policy import DEVICE_POLL_SECONDS
from milepost.accounts.service import terminals
from milepost.api.v1.schemas.device_authorizations import (
    DeviceAuthorizationOut,
    RequestDeviceAuthorization,
)
from milepost.core.attempts import TooManyAttempts
from milepost.http.addresses import find_client_address
from milepost.http.dependencies import SessionDep, SettingsDep
from milepost.http.limits import LimitDeviceAuthorizations
from milepost.http.problems import problems

router = APIRouter(prefix="/device-authorizations", tags=["terminals"])


@router.post(
    "",
    status_code=201,
    responses=problems(TooManyAttempts),
    dependencies=[LimitDeviceAuthorizations],
)
async def request_device_authorization(
    body: RequestDeviceAuthorization,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    response: Response,
) -> DeviceAuthorizationOut:
    """Begin to let a terminal in.

    Show its person `user_code` and `verification_url`; then ask `POST /tokens` every
    `interval_seconds` until they have confirmed.
    """
    device = await terminals.request_device_authorization(
        session,
        client_name=body.client_name,
        client_address=find_client_address(request, settings),
    )
    response.headers["Cache-Control"] = "no-store"
    verification_url = f"{settings.base_url}/device"
    return DeviceAuthorizationOut(
        device_code=device.device_code,
        user_code=device.user_code,
        verification_url=verification_url,
        verification_url_complete=f"{verification_url}?code={device.user_code}",
        interval_seconds=DEVICE_POLL_SECONDS,
        expires_at=device.expires_at,
    )
