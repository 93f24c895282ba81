"""The style sheets, scripts and pictures of the pages, and the addresses they are served under.

Every address carries a digest of the whole folder, so that browsers may keep a file for ever and
still see a new release at once. Invariant: only files that were in the static folder when the
process first looked are served, as they were when first asked for.
"""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from milepost.http.representations import Representation

FOLDER = Path(__file__).resolve().parents[1] / "static"
FOREVER = "max-age=31536000, immutable"
mimetypes.add_type("text/javascript", ".js")


@cache
def get_digest() -> str:
    """Name the present content of the static folder, in twelve characters."""
    digest = hashlib.sha256()
    for name, path in _list_files().items():
        digest.update(name.encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static_url(path: str) -> str:
    """Return the address of a static file; scripts may import each other relative to it."""
    return f"/static/{get_digest()}/{path}"


async def send_static_file(request: Request, digest: str, path: str) -> Response:
    """Return a static file, or 404."""
    if path not in _list_files():
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    caching = FOREVER if digest == get_digest() else "no-cache"
    return _load(path).respond(request, **{"Cache-Control": caching})


@cache
def _list_files() -> dict[str, Path]:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): path for path in files}


@cache
def _load(path: str) -> Representation:
    content = _list_files()[path].read_bytes()
    return Representation(
        content,
        media_type=mimetypes.guess_type(path)[0] or "application/octet-stream",
        tag=hashlib.sha256(content).hexdigest()[:32],
    )
