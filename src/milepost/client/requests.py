"""One request and its answer: connection faults, problems and malformed answers become our errors.

Everything that the client sends goes through here. Invariant: no answer is read without an end,
in bytes or, unless it is a stream of events, in time.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from milepost.client.connecting import explain_fault, find_proxy
from milepost.client.errors import ApiProblem, NotMilepost, ServerUnreachable

Answer = TypeVar("Answer", bound=BaseModel)
# A lab's package has 32 MiB at most, and a verdict with all its evidence less.
_MOST_BYTES = 64 * 1024 * 1024
_MOST_SECONDS = 60.0
_MOST_DOWNLOAD_SECONDS = 600.0
_LONGEST_DETAIL = 2000
_PROXY_STATUSES = {
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
PACKAGE = "/package"  # how the address of a download ends
STREAM = "/events"  # how the address of a stream ends


class _Bounded(httpx.SyncByteStream):
    """The body of an answer, which is given up where it goes on beyond all reason."""

    def __init__(self, body: httpx.SyncByteStream, url: str, *, seconds: float | None) -> None:
        self._body = body
        self._url = url
        self._seconds = seconds

    def __iter__(self) -> Iterator[bytes]:
        read, began_at = 0, time.monotonic()
        for chunk in self._body:
            read += len(chunk)
            if read > _MOST_BYTES:
                raise NotMilepost(self._url, f"it answered more than {_MOST_BYTES:,} bytes")
            if self._seconds is not None and time.monotonic() - began_at > self._seconds:
                raise ServerUnreachable(self._url, "its answer came too slowly")
            yield chunk

    def close(self) -> None:
        self._body.close()


def bounding(url: str) -> Callable[[httpx.Response], None]:
    """Return the hook that bounds every answer of a server before it is read."""

    def bound(response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            # It was asked for none, and what is packed has no size until it is unpacked.
            raise NotMilepost(url, "it packed an answer that was to be plain")
        if isinstance(response.stream, httpx.SyncByteStream):
            seconds = _find_deadline(response.request.url.path)
            response.stream = _Bounded(response.stream, url, seconds=seconds)

    return bound


def _find_deadline(path: str) -> float | None:
    """Return the seconds that an answer may take as a whole; a stream lasts as long as it does."""
    if path.endswith(STREAM):
        return None
    return _MOST_DOWNLOAD_SECONDS if path.endswith(PACKAGE) else _MOST_SECONDS


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turn what keeps a request from its server into `ServerUnreachable`."""
    try:
        yield
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        fix = "An address begins with http:// or https://, as in http://127.0.0.1:8000."
        raise ServerUnreachable(url, "that is no http or https address", fix) from error
    except httpx.TransportError as error:
        raise explain_fault(error, url) from error


def require_success(response: httpx.Response, *, url: str) -> None:
    """Raise the problem that a response tells, if it tells one. Its body must have been read."""
    if response.is_success:
        return
    try:
        told = response.json()
        problem = ApiProblem(
            code=str(told["code"]),
            detail=str(told["detail"])[:_LONGEST_DETAIL],
            status=response.status_code,
            data=told,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _explain_status(response, url) from error
    raise problem


def _explain_status(response: httpx.Response, url: str) -> ServerUnreachable | NotMilepost:
    """Return what a refusal means that is not one of Milepost's own problems."""
    status = response.status_code
    if status in _PROXY_STATUSES:
        fix = "It may be starting; try again in a moment."
        reason = f"a proxy in front of it answered {status}, as when it is not running"
        return ServerUnreachable(url, reason, fix)
    if response.has_redirect_location:
        target = response.headers["location"]
        return NotMilepost(
            url,
            f"it sends every request on to {target}",
            f"If you trust that address, log in to it: `milepost login --server {_origin(target)}`."
            if "://" in target
            else "",
        )
    proxy = find_proxy(url)
    fix = f"The proxy {proxy} stands between; NO_PROXY leaves it out." if proxy else ""
    return NotMilepost(url, f"it answered {status} without saying why", fix)


def _origin(address: str) -> str:
    """Return an address without its path."""
    return "/".join(address.split("/")[:3])


def read_answer(response: httpx.Response, model: type[Answer], *, url: str) -> Answer:
    """Read a successful response as `model`, or say that this is no Milepost."""
    require_success(response, url=url)
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        raise NotMilepost(url, _first_fault(error)) from error


def read_items(response: httpx.Response, model: type[Answer], *, url: str) -> list[Answer]:
    """Read the `items` of a list."""
    require_success(response, url=url)
    try:
        told: Any = response.json()
        return [model.model_validate(item) for item in told["items"]]
    except ValidationError as error:
        raise NotMilepost(url, _first_fault(error)) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotMilepost(url, "it answered something else than a list") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"]) or "its answer"
    return f"{where}: {fault['msg']}"
