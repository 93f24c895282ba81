"""What can go wrong between a client and a server, each told so that a person can act on it.

A problem (RFC 9457) keeps the server's own code and sentence; the others are found on this side.
"""

from typing import Any


class ApiProblem(Exception):
    """The server refused, and said why. `code` keeps its meaning; `detail` is for a person."""

    def __init__(self, *, code: str, detail: str, status: int, data: dict[str, Any]) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status
        self.data = data


class ServerUnreachable(Exception):
    """Nothing answers at the server's address."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"Milepost does not answer at {url} ({reason}).")
        self.url = url
        self.reason = reason


class NotMilepost(Exception):
    """Something answers at the address, but not as a Milepost does."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"What answers at {url} is no Milepost that this program knows: {reason}.")
        self.url = url
        self.reason = reason
