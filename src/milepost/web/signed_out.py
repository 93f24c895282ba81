"""The page after signing out: how to come back.

Signing out itself is a button of the account's page. Invariant: readable by everybody.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.http.dependencies import SessionDep
from milepost.web.milestones import preview_road
from milepost.web.page import render_page

router = APIRouter()


@router.get("/signed-out")
async def show_signed_out(request: Request, session: SessionDep) -> HTMLResponse:
    """Say that this browser is signed out."""
    road = await preview_road(session)
    return render_page(request, "signed_out/show_signed_out.html", actor=None, **road)
