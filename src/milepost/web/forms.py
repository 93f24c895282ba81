"""Reading the pages' forms: a few short fields, sent as the browser sends them by default.

Larger bodies are refused before they come here (`http.request_bodies`). Invariant: a field that was
sent twice reads as one string, never as a list.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request

from milepost.accounts.types import Actor
from milepost.http.dependencies import require_account
from milepost.http.errors import BodyNotReadable, MediaTypeNotTaken
from milepost.http.middleware import CONTROL

MEDIA_TYPE = "application/x-www-form-urlencoded"
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
    """Read a form, or raise `MediaTypeNotTaken` or `BodyNotReadable`. No body is an empty form."""
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != MEDIA_TYPE:
        raise MediaTypeNotTaken(MEDIA_TYPE)
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except UnicodeDecodeError as error:
        raise BodyNotReadable("it is not UTF-8") from error
    except ValueError as error:
        raise BodyNotReadable(f"it has more than {MOST_FIELDS} fields") from error
    if any(CONTROL.search(value) for _, value in fields):
        raise BodyNotReadable("a field holds a control character")
    return dict(fields)
