"""What a check process and its engine tell each other of the check's Redis.

Where a server is given, its socket comes along as a descriptor.
"""

from dataclasses import dataclass
from typing import TypeAlias, get_args

from milepost.engine.backing.messages import Done, Ended, Login
from milepost.engine.protocol.check_process import Opening
from milepost.engine.protocol.codec import Codec


@dataclass(frozen=True, slots=True)
class OpenRedis(Opening):
    """Give the running check a server that nobody has used."""


@dataclass(frozen=True, slots=True)
class RedisGiven:
    """The check's server, with those who may log in. Its socket comes along."""

    learner: Login
    checker: Login


@dataclass(frozen=True, slots=True)
class PauseRedis:
    """Stop the server where it stands."""


@dataclass(frozen=True, slots=True)
class ResumeRedis:
    """Let the server go on."""


@dataclass(frozen=True, slots=True)
class StopRedis:
    """End the server."""


@dataclass(frozen=True, slots=True)
class StartRedis:
    """Start an empty server for the same logins. Its socket comes along."""


@dataclass(frozen=True, slots=True)
class AskWhyRedisEnded:
    """Why has the server hung up?"""


RedisQuestion: TypeAlias = (
    OpenRedis | PauseRedis | ResumeRedis | StopRedis | StartRedis | AskWhyRedisEnded
)
QUESTIONS: Codec[RedisQuestion] = Codec(*get_args(RedisQuestion))
GIVEN: Codec[RedisGiven] = Codec(RedisGiven)
DONE: Codec[Done] = Codec(Done)
ENDS: Codec[Ended] = Codec(Ended)
