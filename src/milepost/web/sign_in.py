"""Signing in by a link, confirmed with a button so that a prefetch can't use it up.

How links and sessions are made lives in `accounts`. Invariant: only the POST spends the link, and
the session that the browser had before ends with it.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.accounts.service import signing_in
from milepost.http.cookies import read_session_cookie, set_session_cookie
from milepost.http.dependencies import MaybeLearner, SessionDep, SettingsDep
from milepost.http.limits import LimitWrongSecrets
from milepost.web.milestones import preview_road
from milepost.web.page import render_page

router = APIRouter(prefix="/sign-in", dependencies=[LimitWrongSecrets])


@router.get("/{token}")
async def show_sign_in(
    request: Request, token: str, session: SessionDep, actor: MaybeLearner
) -> HTMLResponse:
    """Show the button that signs in; the link is looked at, not spent."""
    await signing_in.require_sign_in_link(session, secret=token)
    road = await preview_road(session)
    page = render_page(request, "sign_in/show_sign_in.html", actor=actor, **road)
    page.headers["Cache-Control"] = "no-store"  # it holds the link's secret
    return page


@router.post("/{token}")
async def sign_in(
    request: Request, token: str, session: SessionDep, settings: SettingsDep
) -> Response:
    """Spend the link and begin a fresh session."""
    agent = request.headers.get("user-agent", "")
    secret = await signing_in.sign_in(session, link_secret=token, user_agent=agent)
    earlier = read_session_cookie(request, settings)
    if earlier is not None:
        await signing_in.sign_out(session, secret=earlier)
    response = RedirectResponse("/", status_code=303)
    set_session_cookie(response, settings, secret)
    return response
