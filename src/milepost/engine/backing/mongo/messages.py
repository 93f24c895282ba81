"""What a check process and its engine tell each other of the check's document store.

Where a server is given, its socket comes along as a descriptor.
"""

from dataclasses import dataclass
from typing import TypeAlias, get_args

from milepost.engine.backing.messages import Done, Ended
from milepost.engine.protocol.check_process import Opening
from milepost.engine.protocol.codec import Codec


@dataclass(frozen=True, slots=True)
class OpenMongo(Opening):
    """Give the running check a server in which nothing is left of anybody."""


@dataclass(frozen=True, slots=True)
class MongoGiven:
    """The check's server, and what it is. Its socket comes along."""

    title: str
    version: str


@dataclass(frozen=True, slots=True)
class MongoLeftClean:
    """Nothing is left in the server, and nothing runs there: the next check may have it."""


@dataclass(frozen=True, slots=True)
class AskWhyMongoEnded:
    """Why has the server hung up?"""


MongoQuestion: TypeAlias = OpenMongo | MongoLeftClean | AskWhyMongoEnded
QUESTIONS: Codec[MongoQuestion] = Codec(*get_args(MongoQuestion))
GIVEN: Codec[MongoGiven] = Codec(MongoGiven)
DONE: Codec[Done] = Codec(Done)
ENDS: Codec[Ended] = Codec(Ended)
