"""Reading the pages' forms: a few short fields, sent as the browser sends them by default.

Larger bodies are refused before they come here (`http.middleware`). Invariant: a field that was
sent twice reads as one string, never as a list.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """Read an `application/x-www-form-urlencoded` body; anything else reads as no fields."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        return {}
    body = await request.body()
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}
