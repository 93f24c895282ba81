"""The style sheets, scripts and pictures of the pages, and the addresses they are served under.

Every address carries a digest of the whole folder, so that browsers may keep a file for ever and
still see a new release at once. Invariant: only files inside the static folder are answered.
"""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from starlette.responses import FileResponse, Response

FOLDER = Path(__file__).resolve().parents[1] / "static"
FOREVER = "public, max-age=31536000, immutable"
mimetypes.add_type("text/javascript", ".js")


@cache
def get_digest() -> str:
    """Name the present content of the static folder, in twelve characters."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static_url(path: str) -> str:
    """Return the address of a static file; scripts may import each other relative to it."""
    return f"/static/{get_digest()}/{path}"


def answer_static_file(digest: str, path: str) -> Response:
    """Answer with a static file, or 404."""
    found = (FOLDER / path).resolve()
    if not found.is_relative_to(FOLDER) or not found.is_file():
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    caching = FOREVER if digest == get_digest() else "no-cache"
    return FileResponse(found, headers={"Cache-Control": caching})
