"""The API's reference as a page: readable offline, without any script, by everybody.

It is drawn from `/api/openapi.json` by `rendering.reference`. Invariant: it shows what this very
process serves.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.http.dependencies import MaybeLearner, SettingsDep
from milepost.web.page import render_page
from milepost.web.rendering.markdown import render_markdown
from milepost.web.rendering.reference import describe_api
from milepost.web.source import find_source_address

router = APIRouter(prefix="/api/docs")


@router.get("")
async def show_api_docs(
    request: Request, actor: MaybeLearner, settings: SettingsDep
) -> HTMLResponse:
    """Show every operation: what it does and takes, beside a request and its answers."""
    document = request.app.openapi()
    return render_page(
        request,
        "api_docs/show_api_docs.html",
        actor=actor,
        info=document["info"],
        groups=describe_api(document, base_url=settings.base_url),
        prose=lambda text: render_markdown(text, find_source=find_source_address).body,
    )
