"""The session cookie: `HttpOnly`, `SameSite=Lax`; over https `Secure` with the `__Host-` prefix.

The prefix (RFC 6265bis §4.1.3) ties the cookie to this host and to https.
"""

from starlette.requests import Request
from starlette.responses import Response

from milepost.accounts.policy import SESSION_LIFETIME
from milepost.core.config import Settings


def _name(settings: Settings) -> str:
    return "__Host-milepost" if settings.is_https else "milepost"


def read_session_cookie(request: Request, settings: Settings) -> str | None:
    """Return the session's secret that the browser sent."""
    return request.cookies.get(_name(settings))


def set_session_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Give the browser the secret of its session."""
    response.set_cookie(
        _name(settings),
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
        _name(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax"
    )
