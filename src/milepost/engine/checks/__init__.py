"""What authors of labs import: `check`, `note`, `exactly`, values, and errors that may be expected.

Checks run in a process and a sandbox of their own. They see learner code only through fixtures
(`program`, `solution`, `service`, and those of components), which record evidence.
"""

from milepost.engine.checks.comparing import exactly
from milepost.engine.checks.evidence import note
from milepost.engine.checks.faults import (
    AnswerNotHttp,
    AnswerNotJson,
    FileNotThere,
    HeaderMissing,
    KeyMissing,
    LimitReached,
    NotSendable,
    ParameterMissing,
    ProgramTimedOut,
    QueryTimedOut,
    RedisRefused,
    RedisTimedOut,
    ServiceEnded,
    ServiceNotReached,
    ServiceTimedOut,
    SolutionRaised,
    SolutionTimedOut,
    UpstreamNotCalled,
    ValueNotCarried,
)
from milepost.engine.checks.mark import check
from milepost.engine.checks.program import Program, ProgramRun
from milepost.engine.checks.replies import Reply
from milepost.engine.checks.rows import Rows
from milepost.engine.checks.solution import Observed, Solution, SolutionObject
from milepost.engine.checks.values import UNDEFINED, BigInt, Instance, Map

__all__ = [
    "UNDEFINED",
    "AnswerNotHttp",
    "AnswerNotJson",
    "BigInt",
    "FileNotThere",
    "HeaderMissing",
    "Instance",
    "KeyMissing",
    "LimitReached",
    "Map",
    "NotSendable",
    "Observed",
    "ParameterMissing",
    "Program",
    "ProgramRun",
    "ProgramTimedOut",
    "QueryTimedOut",
    "RedisRefused",
    "RedisTimedOut",
    "Reply",
    "Rows",
    "ServiceEnded",
    "ServiceNotReached",
    "ServiceTimedOut",
    "Solution",
    "SolutionObject",
    "SolutionRaised",
    "SolutionTimedOut",
    "UpstreamNotCalled",
    "ValueNotCarried",
    "check",
    "exactly",
    "note",
]
