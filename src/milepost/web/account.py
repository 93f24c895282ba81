"""The account: its track, the browsers that are signed in, the terminals that are let in.

Ending them lives in `accounts`. Invariant: a person sees and ends only their own.
"""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.accounts import policy, queries
from milepost.accounts.models import BrowserSession
from milepost.accounts.service import signing_in, terminals
from milepost.http.cookies import clear_session_cookie, read_session_cookie
from milepost.http.dependencies import CurrentLearner, MaybeLearner, SessionDep, SettingsDep
from milepost.web.forms import read_own_form
from milepost.web.page import render_page
from milepost.web.rendering.words import say_browser
from milepost.web.track_titles import describe_track

router = APIRouter(prefix="/account")


@router.get("")
async def show_account(
    request: Request, session: SessionDep, actor: CurrentLearner, settings: SettingsDep
) -> HTMLResponse:
    """Show the track, the browsers and the terminals."""
    browsers = await queries.list_sessions(session, actor)
    secret = read_session_cookie(request, settings)
    return render_page(
        request,
        "account/show_account.html",
        actor=actor,
        track_title=await describe_track(session, actor),
        browsers=[_describe(browser, secret) for browser in browsers],
        terminals=await queries.list_access_tokens(session, actor),
    )


@router.post("/sessions/{session_id}/revoke")
async def revoke_session(session_id: UUID, session: SessionDep, actor: CurrentLearner) -> Response:
    """Sign another browser out."""
    await signing_in.revoke_session(session, actor, session_id=session_id)
    return RedirectResponse("/account", status_code=303)


@router.post("/tokens/{token_id}/revoke")
async def revoke_token(token_id: UUID, session: SessionDep, actor: CurrentLearner) -> Response:
    """Shut a terminal out."""
    await terminals.revoke_token_by_id(session, actor, token_id=token_id)
    return RedirectResponse("/account", status_code=303)


@router.post("/sign-out")
async def sign_out(
    request: Request, session: SessionDep, settings: SettingsDep, actor: MaybeLearner
) -> Response:
    """Sign this browser out; asked twice, it is signed out all the same."""
    if actor is not None:
        await read_own_form(request, actor)
    secret = read_session_cookie(request, settings)
    if secret is not None:
        await signing_in.sign_out(session, secret=secret)
    response = RedirectResponse("/signed-out", status_code=303)
    clear_session_cookie(response, settings)
    return response


def _describe(browser: BrowserSession, secret: str | None) -> dict[str, object]:
    return {
        "id": browser.id,
        "name": say_browser(browser.user_agent),
        "created_at": browser.created_at,
        "expires_at": browser.expires_at,
        "is_this": secret is not None and browser.token_hash == policy.hash_secret(secret),
    }
