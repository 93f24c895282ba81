"""What checks ask of HTTP answers again and again, each with the sentence that a learner needs.

Only labs that import it load it. An answer may hold anything: each function here passes, or fails
the check in words, whatever came. What an exchange is, and its evidence, is `http`.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from milepost.engine.checks.comparing import require_equal
from milepost.engine.checks.evidence import show_value

if TYPE_CHECKING:
    from milepost.engine.checks.http.exchange import Answer

JSON = "application/json"
PROBLEM = "application/problem+json"
_QUOTED_CHARACTERS = 200
_FIELD_CHARACTERS = 40
_ADDRESS_CHARACTERS = 1000
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_TOLD = {  # what a status of success tells that came instead of another
    (204, 200): "204 promises that there is no body, and the client waits for one",
    (201, 200): "201 says that something new was made, and it was there already",
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "a text": (str,),
    "a number": (int, float),
    "a whole number": (int,),
    "true or false": (bool,),
    "a list": (list,),
    "an object": (dict,),
    "null": (type(None),),
}


class Client(Protocol):
    """Whoever sends requests: a service, one of its replicas, the balancer before them."""

    @property
    def get(self) -> Callable[..., "Answer"]:
        """Return what sends a GET to an address."""


def require_status(answer: "Answer", status: int, why: str) -> None:
    """Fail unless an answer has this status; `why` says in a clause what makes it the right one.

    The sentence begins with the status that came, and says what that one tells, where it does.
    """
    message = (
        f"Your service answered `{answer.title}` with {answer.status_code} instead of {status}."
        f" {explain_status(answer, status, why)}"
    )
    require_equal(answer.status_code, status, message)


def require_success(answer: "Answer", status: int, why: str) -> None:
    """Fail unless an answer has a status of success; that it is `status` is another check's."""
    if not is_success(answer):
        raise AssertionError(
            f"Your service answered `{answer.title}` with {answer.status_code}."
            f" {explain_status(answer, status, why)}"
        )


def is_success(answer: "Answer") -> bool:
    """Tell whether an answer has a status of success (RFC 9110 §15.3)."""
    return HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES


def explain_status(answer: "Answer", status: int, why: str) -> str:
    """Return what a status tells that came instead of another; where it tells nothing, `why`."""
    got, is_asked = int(answer.status_code), status < HTTPStatus.BAD_REQUEST
    if is_asked and got in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
        said = answer.text[:_QUOTED_CHARACTERS]
        return (
            f"{why}. Nothing was wrong with the request, and your service refused it with: {said}"
        )
    if is_asked and got == HTTPStatus.NOT_FOUND:
        return (
            f"{why}. A path for which there is no route is answered with 404 too: see whether yours"
            " is declared as in the brief"
        )
    if HTTPStatus.MULTIPLE_CHOICES <= got < HTTPStatus.BAD_REQUEST:
        return _explain_redirect(got, why)
    if got == HTTPStatus.METHOD_NOT_ALLOWED:
        return (
            "405 says that your service knows this path and has no route for"
            f" {answer.title.partition(' ')[0]} there; see for which methods the routes of this"
            " path are declared"
        )
    if got == HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"An error ended your code; what your service printed tells which, and where. {why}"
    return _TOLD.get((got, status), why)


def _explain_redirect(got: int, why: str) -> str:
    if got == HTTPStatus.NOT_MODIFIED:
        return why
    return (
        "The client stands at the address of the brief already; declare your route without a slash"
        " at its end"
    )


def require_type(answer: "Answer", kind: str = JSON) -> None:
    """Fail unless an answer says that it is of this media type, whatever its parameters."""
    named = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named != kind:
        what = "refusal of" if kind == PROBLEM else "answer to"
        tells = (
            "That type is how a client tells a refusal from an answer; set it on every refusal"
            if kind == PROBLEM
            else "Libraries look at the type before they read the body; name it whenever you send a"
            " body"
        )
        raise AssertionError(f"Your {what} `{answer.title}` is not sent as `{kind}`. {tells}")


def read_object(answer: "Answer", *names: str, **types: str) -> dict[str, Any]:
    """Read an answer that is a JSON object with these fields.

    `types` names fields with their JSON types, such as `id="a text"` or `isbn="a text or null"`.
    """
    document = answer.json()
    if not isinstance(document, dict):
        raise AssertionError(  # noqa: TRY004 - the learner's error, and no caller's
            f"Your service answered `{answer.title}` with JSON that is no object. Clients look"
            " fields up by name; send one object"
        )
    absent = [name for name in (*names, *types) if name not in document]
    if absent:
        raise AssertionError(
            f"`{absent[0]}` is missing from your answer to `{answer.title}`. A client looks for it"
            " by its name, so it is always there; what has no value is null, not missing"
        )
    for name, kind in types.items():
        require_json_type(document[name], name, kind)
    return document


def require_json_type(value: Any, name: str, kind: str, why: str = "") -> None:
    """Fail unless a value of JSON is of this type: `a text`, `a whole number`, `a list or null`.

    True is no number, and 1.0 no whole one, though Python might take them for it.
    """
    word = kind.removesuffix(" or null")
    if word not in _TYPES:
        raise ValueError(f"{kind!r} is no JSON type; there are {', '.join(_TYPES)}.")
    allowed = _TYPES[word] if word == kind else (*_TYPES[word], *_TYPES["null"])
    if type(value) not in allowed:
        rest = why or "Programs go by the type; send it as the brief shows it"
        raise AssertionError(f"Your `{name}` is {name_json_type(value)} and not {kind}. {rest}")


def name_json_type(value: Any) -> str:
    """Return in words which type of JSON a value has."""
    if isinstance(value, float):
        return "a number with a fraction"
    return next((word for word, kinds in _TYPES.items() if type(value) in kinds), "no JSON")


def require_problem(answer: "Answer", status: int, why: str) -> dict[str, Any]:
    """Fail unless an answer is a refusal with a problem document (RFC 9457); return the document.

    Its `status` repeats that of the answer, and its `title` is a text.
    """
    require_status(answer, status, why)
    require_type(answer, PROBLEM)
    document = read_object(answer, "title", "status")
    require_equal(
        document["status"],
        status,
        "Your problem document has another `status` than the answer. In a log one sees only the"
        " document; put the same number into both",
    )
    require_json_type(document["title"], "title", "a text", "People read it; say what is wrong")
    return document


def read_error_fields(answer: "Answer", why: str) -> list[str]:
    """Return the names of the fields that a refusal with 422 speaks of, each once and sorted.

    The problem document has them in `errors`, a list of objects with `field` and `message`.
    """
    errors = require_problem(answer, 422, why).get("errors")
    if not isinstance(errors, list):
        raise AssertionError(  # noqa: TRY004 - the learner's error, and no caller's
            "`errors` is missing from your problem document, or is no list. A client puts each"
            " message beside its field; list one object with `field` and `message` for every wrong"
            " field"
        )
    if not all(isinstance(each, dict) and isinstance(each.get("message"), str) for each in errors):
        raise AssertionError(
            "Your `errors` holds something without a `message`, or with one that is no text. A"
            " client shows it beside the field; say there what would be right"
        )
    named = (each.get("field") for each in errors)
    return sorted({each if isinstance(each, str) else show_value(each) for each in named})


def require_named(answer: "Answer", body: Mapping[str, Any], wrong: Collection[str]) -> None:
    """Fail unless a refusal with 422 names all fields of a body that are wrong, and no other."""
    shown = describe_fields(body, wrong)
    fields = read_error_fields(answer, f"In the body that was sent, {shown}, which is not allowed")
    require_equal(
        fields,
        sorted(wrong),
        f"Your `errors` names other fields than those that are wrong: {shown}. A person who"
        " corrects a form looks where the message stands, and wants to send it once more and not"
        " four times; name every wrong field, and no other",
    )


def describe_fields(body: Mapping[str, Any], names: Collection[str]) -> str:
    """Write what these fields of a body were, as JSON shows them, each in some forty letters."""
    written = {name: json.dumps(body[name], ensure_ascii=False) for name in names if name in body}
    values = {
        name: text if len(text) < _FIELD_CHARACTERS else f"{text[: _FIELD_CHARACTERS - 4]}…"
        for name, text in written.items()
    }
    return ", ".join(f"`{name}` was {values.get(name, 'missing')}" for name in sorted(names))


def require_address(text: Any, name: str) -> None:
    """Fail unless what a service gave is a text that can stand in an address.

    A lone surrogate, a line break or a kilobyte can't be sent back by any client.
    """
    is_short = isinstance(text, str) and len(text) <= _ADDRESS_CHARACTERS
    if not is_short or _UNSENDABLE.search(text):
        raise AssertionError(
            f"Your `{name}` can't stand in an address: it is no text, very long, or holds a line"
            " break or another sign that can't be seen. Clients send it back as it is; keep it"
            " short, and percent-encode what is no letter or digit"
        )


def list_keys(items: Any, key: str = "id") -> list[Any]:
    """Return what names each item of a page, in their order."""
    if not isinstance(items, list):
        raise AssertionError(  # noqa: TRY004 - the learner's error, and no caller's
            "Your `items` is no list. A client goes through it one by one; send a list, also of"
            " none"
        )
    if not all(isinstance(item, dict) and key in item for item in items):
        raise AssertionError(
            f"Your `items` holds something that has no `{key}`. A client reads the list to save"
            " itself a request for each; send whole ones"
        )
    return [item[key] for item in items]


def read_page(client: "Client", where: str, under: str) -> tuple[list[Any], str | None]:
    """Get a page of `items`; return their ids, and the address of the `next` page or None.

    Addresses of pages begin with `under`, such as `/books?`.
    """
    answer = client.get(where)
    require_status(answer, 200, "What there is, is shown page by page, also when there is nothing")
    page = read_object(answer, "items", "next")
    following = page["next"]
    if following is None:
        return list_keys(page["items"]), None
    if not isinstance(following, str) or not following.startswith(under):
        raise AssertionError(
            f"Your `next` does not begin with `{under}`, and is not null. A client follows it as it"
            " is; give the whole address of the next page"
        )
    require_address(following, "next")
    return list_keys(page["items"]), following


def read_pages(client: "Client", where: str, under: str, most: int) -> list[list[Any]]:
    """Follow `next` to its end, over `most` pages at most; return the ids page by page."""
    found: list[list[Any]] = []
    following: str | None = where
    while following is not None:
        if len(found) >= most:
            raise AssertionError(
                "Your `next` leads to more pages than there are. A client that follows it never"
                " gets home, or shows a last page with nothing on it; on the last page `next` is"
                " null"
            )
        ids, following = read_page(client, following, under)
        found.append(ids)
    return found
