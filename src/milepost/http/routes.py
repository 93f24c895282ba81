"""What the application's routes take: which methods there are at an address, with its other slash.

It asks the routes themselves, so nothing here has to be kept in step with them.
"""

from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Match
from starlette.types import Scope

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def list_methods(request: Request) -> list[str]:
    """List the methods that the address of a request takes, for `Allow` (RFC 9110 §10.2.1)."""
    return _list_methods(request.app, request.scope)


def find_other_slash(request: Request) -> str | None:
    """Return the address with a slash more or less at its end, if that one takes the request.

    It is a path without a scheme and a host: those that the application sees may be a proxy's.
    """
    path = request.scope["path"]
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    # Two slashes at the beginning would lead to another host.
    if not other.strip("/") or other.startswith("//"):
        return None
    scope = {**request.scope, "path": other, "raw_path": other.encode()}
    if request.method not in _list_methods(request.app, scope):
        return None
    query = request.scope["query_string"].decode("latin-1")
    return quote(other) + (f"?{query}" if query else "")


def _list_methods(app: Starlette, scope: Scope) -> list[str]:
    methods = [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]
    return ["GET", "HEAD", *methods[1:]] if methods[:1] == ["GET"] else methods
