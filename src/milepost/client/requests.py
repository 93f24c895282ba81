"""One request and its answer: connection faults, problems and nonsense become our own errors.

Everything that the client sends goes through here. Invariant: no answer is read without an end,
in bytes or, unless it is a stream of events, in time.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from milepost.client.errors import ApiProblem, NotMilepost, ServerUnreachable

Answer = TypeVar("Answer", bound=BaseModel)
_REASONS = {
    httpx.ConnectError: "nothing listens there",
    httpx.ConnectTimeout: "it did not answer in time",
    httpx.ReadTimeout: "it took too long to answer",
    httpx.RemoteProtocolError: "it hung up",
    httpx.ReadError: "the connection broke",
}
# A lab's package has 32 MiB at most, and a verdict with all its evidence less.
_MOST_BYTES = 64 * 1024 * 1024
_MOST_SECONDS = 300.0
_LONGEST_DETAIL = 2000
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
            is_stream = response.request.url.path.endswith(STREAM)
            seconds = None if is_stream else _MOST_SECONDS
            response.stream = _Bounded(response.stream, url, seconds=seconds)

    return bound


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turn whatever keeps a request from its server into `ServerUnreachable`."""
    try:
        yield
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise ServerUnreachable(url, "that is no http or https address") from error
    except httpx.TransportError as error:
        reason = _REASONS.get(type(error), str(error) or type(error).__name__)
        raise ServerUnreachable(url, reason) from error


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
        raise NotMilepost(url, f"it answered {response.status_code} without saying why") from error
    raise problem


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
