"""What a run needs of every service, whichever it is: to ask, to end, and to hear who is at fault.

A new kind of service is one class like this and a line in `run_services`. Invariant: a service that
fails by itself raises ServiceUnavailable, which is never the learner's fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class ServiceUnavailable(RuntimeError):
    """A service of a lab cannot be used. That is never the learner's fault."""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who may connect to a service, with their password."""

    role: str
    password: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a check process. It gets copies of the descriptors, such as a socket's."""

    body: Mapping[str, Any]
    descriptors: tuple[int, ...] = ()


class RunService(Protocol):
    """What one run has of one service."""

    async def answer(self, what: str, body: Mapping[str, Any]) -> Reply:
        """Answer a check process; `open` gives the running check what is its own."""

    async def end_check(self) -> str | None:
        """Let go of what a check had; answer the limit that learner code reached there, if any."""

    async def end_sessions(self, limit: str) -> None:
        """End what learner code does there now, because of a limit of the whole run."""

    async def stop(self) -> None:
        """Let go of everything that the run still has, and wait until it is gone."""

    def usage(self) -> Mapping[str, int]:
        """Answer the most that the run used there, by the names in Usage."""
