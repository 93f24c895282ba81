"""The pages: each area of the site is a module here, its templates a folder of the same name.

What a page shows comes from the domains; what it looks like lives in `rendering`, `templates` and
`static`. Invariant: `/labs/*` is `labs.py`, and a route's function is its template's name.
"""

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse

from milepost.web import (
    account,
    api_docs,
    device,
    home,
    labs,
    paths,
    progress,
    search,
    sign_in,
    signed_out,
    source,
    submissions,
    track,
)
from milepost.web.problem import show_problem
from milepost.web.rendering.static_files import send_static_file

__all__ = ["mount_static", "router", "show_problem"]

router = APIRouter(default_response_class=HTMLResponse)
for area in (
    home, sign_in, signed_out, track, paths, progress, labs, submissions, search, source, device,
    account, api_docs,
):  # fmt: skip
    router.include_router(area.router)


def mount_static(app: FastAPI) -> None:
    """Serve the style sheets and scripts; readable by everybody, as the sign-in page needs them."""
    app.add_api_route("/static/{digest}/{path:path}", send_static_file, include_in_schema=False)
