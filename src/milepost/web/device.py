"""Letting a terminal in: the person confirms the code that the terminal shows (RFC 8628 §3.3).

The terminal's side is the API's. Invariant: a code in the address only shows which terminal asks,
from where and since when; nothing is granted without the button below that.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.accounts.errors import DeviceCodeNotFound
from milepost.accounts.service import terminals
from milepost.accounts.types import Actor
from milepost.http.addresses import find_client_address
from milepost.http.dependencies import CurrentLearner, SessionDep, SettingsDep
from milepost.web.forms import read_own_form
from milepost.web.page import render_page

router = APIRouter(prefix="/device")
TEMPLATE = "device/show_device.html"
_LONGEST_CODE = 20


@router.get("")
async def show_device(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: CurrentLearner,
    code: str = "",
) -> HTMLResponse:
    """Ask for a code, or show the terminal that waits for the one that was given."""
    if not code:
        return render_page(request, TEMPLATE, actor=actor, code="")
    device = await terminals.find_waiting_device(session, actor, user_code=code)
    if device is None:
        return _render_not_found(request, actor, code)
    here = find_client_address(request, settings)
    return render_page(
        request,
        TEMPLATE,
        actor=actor,
        code=code,
        device=device,
        is_from_here=device.client_address == here,
    )


@router.post("")
async def approve_device(
    request: Request, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Let the terminal with this code in."""
    code = (await read_own_form(request, actor)).get("code", "")
    name = await terminals.approve_device(session, actor, user_code=code)
    if name is None:
        return _render_not_found(request, actor, code)
    return render_page(request, TEMPLATE, actor=actor, approved=name or "The terminal")


def _render_not_found(request: Request, actor: Actor, code: str) -> HTMLResponse:
    return render_page(
        request,
        TEMPLATE,
        actor=actor,
        status_code=404,
        code=code[:_LONGEST_CODE],
        problem=DeviceCodeNotFound().message,
    )
