"""What a check process and its engine tell each other of the check's database.

Where a database is given, the folder of the server's socket comes along as a descriptor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

from milepost.engine.backing.messages import Done, Ended, Login
from milepost.engine.protocol.check_process import Opening
from milepost.engine.protocol.codec import Codec


@dataclass(frozen=True, slots=True)
class OpenDatabase(Opening):
    """Give the running check a clone of the lab's template."""


@dataclass(frozen=True, slots=True)
class DatabaseGiven:
    """The check's database, with those who may log in. The folder comes along."""

    name: str
    learner: Login
    checker: Login


@dataclass(frozen=True, slots=True)
class TemplateToFill:
    """There is no template yet: fill this one, then say TemplateFilled. The folder comes along."""

    name: str
    builder: Login


@dataclass(frozen=True, slots=True)
class TemplateFilled:
    """The template holds the lab's data now. What is the check's database?"""


@dataclass(frozen=True, slots=True)
class AskStatements:
    """What ran as the learner's role?"""


@dataclass(frozen=True, slots=True)
class Statements:
    """What ran as the learner's role, as the server's log has it."""

    found: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End the sessions of the learner's role but those of the spared processes. Why, if known?"""

    limit: str | None
    spared: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MakeSeats:
    """Make room for so many sessions that the check itself holds open in the learner's role."""

    seats: int


DatabaseQuestion: TypeAlias = (
    OpenDatabase | TemplateFilled | AskStatements | EndSessions | MakeSeats
)
DatabaseOpened: TypeAlias = DatabaseGiven | TemplateToFill
QUESTIONS: Codec[DatabaseQuestion] = Codec(*get_args(DatabaseQuestion))
OPENED: Codec[DatabaseOpened] = Codec(*get_args(DatabaseOpened))
GIVEN: Codec[DatabaseGiven] = Codec(DatabaseGiven)
STATEMENTS: Codec[Statements] = Codec(Statements)
ENDS: Codec[Ended] = Codec(Ended)
DONE: Codec[Done] = Codec(Done)
