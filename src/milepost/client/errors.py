"""What can go wrong between a client and a server, each told so that a person can act on it.

A problem (RFC 9457) keeps the server's own code and sentence; the others are found on this side.
"""

from typing import Any

_SERVER_ERRORS = 500


class ApiProblem(Exception):
    """The server refused, and said why. `code` keeps its meaning; `detail` is for a person."""

    def __init__(self, *, code: str, detail: str, status: int, data: dict[str, Any]) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status
        self.data = data


class ServerUnreachable(Exception):
    """Nothing answers at the server's address. `fix` is what may help, where that is known."""

    def __init__(self, url: str, reason: str, fix: str = "") -> None:
        super().__init__(f"Milepost does not answer at {url} ({reason}).")
        self.url = url
        self.reason = reason
        self.fix = fix


class NotMilepost(Exception):
    """Something answers at the address, but not as a Milepost does."""

    def __init__(self, url: str, reason: str, fix: str = "") -> None:
        super().__init__(f"What answers at {url} is no Milepost that this program knows: {reason}.")
        self.url = url
        self.reason = reason
        self.fix = fix


class EnvironmentNotUsable(Exception):
    """A variable of the environment that says how servers are reached can't be followed."""

    def __init__(self, name: str, value: str, reason: str) -> None:
        super().__init__(f"The environment's {name}, {value}, can't be used: {reason}.")
        self.name = name


def is_passing(error: ServerUnreachable | ApiProblem) -> bool:
    """Whether trying again may help."""
    return isinstance(error, ServerUnreachable) or error.status >= _SERVER_ERRORS
