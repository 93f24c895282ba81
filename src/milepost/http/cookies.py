"""The session cookie: `HttpOnly`, `SameSite=Lax`; over https `Secure` with the `__Host-` prefix.

The prefix (RFC 6265bis §4.1.3) ties the cookie to this host and to https.
"""

from starlette.requests import Request
from starlette.responses import Response

from milepost.accounts.policy import SESSION_LIFETIME
from milepost.core.config import Settings


def name_session_cookie(settings: Settings) -> str:
    """Return what the session's cookie is called in this installation."""
    return "__Host-milepost" if settings.is_https else "milepost"


def read_session_cookie(request: Request, settings: Settings) -> str | None:
    """Return the session's secret that the browser sent."""
    return request.cookies.get(name_session_cookie(settings))


def set_session_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Give the browser the secret of its session."""
    response.set_cookie(
        name_session_cookie(settings),
        secret,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(
        name_session_cookie(settings),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )
