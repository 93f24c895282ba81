"""A call that learner code made over HTTP, as a check looks at it.

Who it was made to, and what was answered, is a component's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.checks.http.exchange import SentHeaders
from milepost.engine.protocol.bounded_json import parse_json

_BYTES_OF_A_CALL, _BYTES_OF_A_HEADER = 2000, 200  # that keeping one costs, beside what was sent


@dataclass(slots=True)
class Received:
    """A request as it came. `ended_at` is set once the answer was given, or could not be."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes
    at: float  # time.monotonic()
    connection: int
    ended_at: float | None = None
    was_hung_up: bool = False  # the caller did not wait for the whole answer

    def measure(self) -> int:
        """Return an estimate of the bytes that the request takes in memory."""
        headers = sum(len(name) + len(text) + _BYTES_OF_A_HEADER for name, text in self.headers)
        return len(self.target) + headers + len(self.body) + _BYTES_OF_A_CALL


@dataclass(frozen=True, slots=True)
class Call:
    """One call that learner code made. `at` is in seconds since the run began."""

    method: str
    path: str
    parameters: Mapping[str, str]  # from the path, such as {"sku": "a-1"}
    query: Mapping[str, list[str]]
    headers: SentHeaders
    body: bytes
    at: float
    number: int  # 1 for the first of its route
    connection: int  # the same for calls over one connection
    received: Received

    @property
    def was_abandoned(self) -> bool:
        """Whether the caller hung up before the whole answer had come."""
        return self.received.was_hung_up

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """Read the body as JSON; None where it is not."""
        try:
            return parse_json(self.body)
        except ValueError:
            return None
