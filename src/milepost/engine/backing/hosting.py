"""The engine's side of a component: what it keeps for all runs, and what one run has of it.

Which components there are is `registry`. Invariant: a server that fails by itself raises
ServiceUnavailable, which is never the learner's fault.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from milepost.engine.protocol.codec import Codec
from milepost.engine.request import GradeRequest
from milepost.engine.sandbox import Isolation


class LabDataBroken(RuntimeError):
    """What a lab brings or asks for can't be had of a component: its author's fault."""


class ServiceUnavailable(RuntimeError):
    """A component of a lab cannot be used. That is never the learner's fault."""


class NotInstalled(RuntimeError):
    """The server of a component could not be built. The message says why, and what fixes it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to a check process. It gets copies of the descriptors, such as a socket's."""

    message: Any  # a frozen dataclass, which the check's side expects
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as the components of its lab know it."""

    isolation: Isolation
    request: GradeRequest
    has_more_checks: Callable[[], bool]


class RunComponent(Protocol):
    """What one run has of one component."""

    questions: Codec[Any]  # what a check process may ask

    async def answer(self, question: Any) -> Reply:
        """Reply to a check process; an Opening gives the running check what is its own."""

    async def end_check(self) -> str | None:
        """Release what a check had; returns the limit that learner code reached there, if any."""

    async def end_sessions(self, limit: str) -> None:
        """End what learner code does there now, because of a limit of the whole run."""

    async def stop(self) -> None:
        """Release everything that the run still has, and wait until it is gone."""

    def usage(self) -> Mapping[str, int]:
        """Return the most that the run used there, by the names in Usage."""


class Host(ABC):
    """What an engine has of one component. It is made when the first lab needs it."""

    def __init__(self, runtime_dir: Path) -> None:
        self.runtime_dir = runtime_dir

    @abstractmethod
    async def open(self, run: Run) -> RunComponent:
        """Open what a run has of it. Raises ServiceUnavailable where it can't be had."""

    async def aclose(self) -> None:  # noqa: B027 - most have nothing that runs share
        """End what runs have shared."""
