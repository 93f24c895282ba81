#!/usr/bin/env bash
# FastAPI 0.165.0 and starlette 1.10.0 (PyPI): what a middleware learns of the route that answered.
# Expected: scope["route"].path is the template of the whole address, with the prefix of an included router.
# Seen: it is the router's own part only, so figures labelled by it mix routes of different prefixes.
# Prints the address asked for and the path that the scope holds, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fastapi==0.165.0 starlette==1.10.0
seen=$("$folder/venv/bin/python" - <<'PYTHON'
import asyncio

from fastapi import APIRouter, FastAPI

router = APIRouter()


@router.get("/labs/{slug}")
def show_lab(slug: str) -> str:
    return slug


app = FastAPI()
app.include_router(router, prefix="/api/v1")
scope = {
    "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
    "path": "/api/v1/labs/sums", "raw_path": b"/api/v1/labs/sums", "root_path": "", "query_string": b"",
    "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
}


async def ask() -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            print(message["status"], end=" ")

    await app(scope, receive, send)


asyncio.run(ask())
print(scope["route"].path)
PYTHON
)
printf 'GET /api/v1/labs/sums: status and path of the route: %s\n' "$seen"
[ "$seen" = "200 /labs/{slug}" ] || { echo "This has changed."; exit 1; }
