"""The source viewer: this project's own files, offline, for lessons to link to.

Which files may be read is decided in `rendering.sources`. Invariant: what may not be read and what
does not exist answer alike.
"""

from functools import cache
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

import milepost
from milepost.http.dependencies import CurrentLearner
from milepost.web.errors import SourceNotFound
from milepost.web.page import render_page
from milepost.web.rendering.highlighting import highlight_lines
from milepost.web.rendering.plain_text import to_plain_text
from milepost.web.rendering.sources import ProjectSource

router = APIRouter(prefix="/source")


@cache
def get_project_source() -> ProjectSource:
    """Return the project that is running: the folder above `src`."""
    return ProjectSource(Path(milepost.__file__).resolve().parents[2])


def find_source_address(reference: str) -> str | None:
    """Return the viewer's address of a symbol as lessons name it, or None if there is none."""
    place = get_project_source().find_symbol(reference)
    return f"/source/{quote(place.path)}#L{place.line}" if place else None


@router.get("/{path:path}")
async def show_source(request: Request, path: str, actor: CurrentLearner) -> HTMLResponse:
    """Show a file with numbered lines, or list a folder."""
    path = path.rstrip("/")
    source = get_project_source()
    entries = source.list_folder(path)
    text = source.find_file(path) if entries is None else None
    if entries is None and text is None:
        raise SourceNotFound(path)
    parts = path.split("/")
    folders = [("Source", "/source/")]
    folders += [
        (parts[i], f"/source/{quote('/'.join(parts[: i + 1]))}") for i in range(len(parts) - 1)
    ]
    return render_page(
        request,
        "source/show_source.html",
        actor=actor,
        path=path,
        name=parts[-1],
        folders=folders,
        entries=entries,
        lines=highlight_lines(to_plain_text((text or "").replace("\r\n", "\n")), path),
    )
