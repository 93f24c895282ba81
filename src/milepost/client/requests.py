"""One request and its answer: connection faults, problems and nonsense become our own errors.

Everything that the client sends goes through here.
"""

from collections.abc import Iterator
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
            detail=str(told["detail"]),
            status=response.status_code,
            data=told,
        )
    except (ValueError, KeyError, TypeError) as error:
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
    except (ValueError, KeyError, TypeError) as error:
        raise NotMilepost(url, "it answered something else than a list") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"]) or "its answer"
    return f"{where}: {fault['msg']}"
