"""Reading the pages' forms: a few short fields, sent as the browser sends them by default.

Larger bodies are refused before they come here (`http.middleware`). Invariant: a field that was
sent twice reads as one string, never as a list.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request

from milepost.accounts.types import Actor
from milepost.http.dependencies import require_account

MOST_FIELDS = 20
ACCOUNT = "account"  # whom the form was made for, as `_account.html` writes it


async def read_own_form(request: Request, actor: Actor) -> dict[str, str]:
    """Read a form that changes something of `actor`'s, or raise `AccountChanged`.

    A page that was opened before another account signed in must not act for that one.
    """
    form = await read_form(request)
    require_account(actor, form.get(ACCOUNT))
    return form


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
