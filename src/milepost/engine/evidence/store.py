"""A command to a key-value store as evidence, and the reply to it.

What learner code ran is read from the store's own log, which knows no replies.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from milepost.engine.evidence.contract import NOTHING, STORE, Evidence, Lane, Nothing


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command as one would type it."""

    command: str = ""


@dataclass(frozen=True, slots=True)
class CommandReply:
    """What the store replied."""

    value: Any


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """The store refused the command, or its reply could not be read."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCommand(Evidence):
    """A command and its reply; of what learner code ran, the reply is not known."""

    kind: Literal["command"] = field(default="command", init=False)
    request: CommandLine
    response: CommandReply | CommandRefused | Nothing = NOTHING

    lane: ClassVar[Lane | None] = STORE

    def summarise(self) -> str:
        """Return the reply."""
        match self.response:
            case CommandReply(value=value):
                from milepost.engine.visible import write_json

                return write_json(value)
            case CommandRefused():
                return "refused"
            case _:
                return ""
