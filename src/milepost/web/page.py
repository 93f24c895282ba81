"""The frame around every page: who reads it, where they are, and the answer that carries it.

What stands inside the frame is each area's own. Invariant: a page is rendered only here, so every
page has its nonce, its navigation and the same escaping.
"""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.accounts.types import Actor
from milepost.web.rendering.environment import render_template


@dataclass(frozen=True, slots=True)
class Page:
    """What the frame needs to know."""

    actor: Actor | None
    nonce: str
    area: str
    address: str
    in_lab: bool = False
    has_checks: bool = False
    has_drill: bool = False


def render_page(
    request: Request,
    template: str,
    *,
    actor: Actor | None,
    status_code: int = 200,
    **context: Any,
) -> HTMLResponse:
    """Answer with a page; its area is the template's folder, which is also the route's module."""
    area = template.partition("/")[0]
    has_drill = context.get("drill") is not None
    page = Page(
        actor=actor,
        nonce=getattr(request.state, "csp_nonce", ""),
        area=area,
        address=request.url.path,
        in_lab=template == "labs/show_lab.html",
        has_checks=has_drill
        or template in ("labs/show_lab.html", "submissions/show_submission.html"),
        has_drill=has_drill,
    )
    html = render_template(template, {"page": page, **context})
    return HTMLResponse(html, status_code=status_code)


def render_fragment(template: str, **context: Any) -> HTMLResponse:
    """Answer with a part of a page, for a page that swaps it in."""
    return HTMLResponse(render_template(template, context))
