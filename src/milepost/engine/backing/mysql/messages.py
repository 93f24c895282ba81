"""What a check process and its engine tell each other of the check's MariaDB.

Where a server is given, its socket comes along as a descriptor. What is in it, and what ran there,
the check asks the server itself.
"""

from dataclasses import dataclass
from typing import TypeAlias, get_args

from milepost.engine.backing.messages import Ended, Login
from milepost.engine.protocol.check_process import Opening
from milepost.engine.protocol.codec import Codec

DATABASE = "shop"
LEARNER, CHECKER = "learner", "checker"


@dataclass(frozen=True, slots=True)
class OpenMysql(Opening):
    """Give the running check a server on a copy of the lab's data."""


@dataclass(frozen=True, slots=True)
class MysqlGiven:
    """The check's server, with those who may log in. Its socket comes along."""

    learner: Login
    checker: Login


@dataclass(frozen=True, slots=True)
class DataToFill:
    """Nobody has filled the lab's data yet: fill this server's, then say DataFilled.

    Its socket comes along.
    """

    builder: Login


@dataclass(frozen=True, slots=True)
class DataFilled:
    """The data is complete. What is the check's server?"""


@dataclass(frozen=True, slots=True)
class AskWhyMysqlEnded:
    """Why has the server hung up?"""


MysqlQuestion: TypeAlias = OpenMysql | DataFilled | AskWhyMysqlEnded
MysqlOpened: TypeAlias = MysqlGiven | DataToFill
QUESTIONS: Codec[MysqlQuestion] = Codec(*get_args(MysqlQuestion))
OPENED: Codec[MysqlOpened] = Codec(*get_args(MysqlOpened))
GIVEN: Codec[MysqlGiven] = Codec(MysqlGiven)
ENDS: Codec[Ended] = Codec(Ended)
