"""Letting a terminal in: the person confirms the code that the terminal shows (RFC 8628 §3.3).

The terminal's side is the API's. Invariant: a code in the address only fills the field; nothing is
granted without the button.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.accounts.errors import DeviceCodeNotFound
from milepost.accounts.service import terminals
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.web.forms import read_form
from milepost.web.page import render_page

router = APIRouter(prefix="/device")
TEMPLATE = "device/show_device.html"


@router.get("")
async def show_device(request: Request, actor: CurrentLearner, code: str = "") -> HTMLResponse:
    """Show the code to confirm."""
    return render_page(request, TEMPLATE, actor=actor, code=code[:20], problem="", approved="")


@router.post("")
async def approve_device(
    request: Request, session: SessionDep, actor: CurrentLearner
) -> HTMLResponse:
    """Let the terminal with this code in."""
    code = (await read_form(request)).get("code", "")
    try:
        name = await terminals.approve_device(session, actor, user_code=code)
    except DeviceCodeNotFound as error:
        return render_page(
            request, TEMPLATE, actor=actor, status_code=404, code=code[:20],
            problem=error.message, approved="",
        )  # fmt: skip
    return render_page(
        request, TEMPLATE, actor=actor, code=code, problem="", approved=name or "The terminal"
    )
