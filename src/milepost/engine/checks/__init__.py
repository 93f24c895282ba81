"""What authors of labs import: `check`, `note`, and the errors that a check may expect.

Checks run in a process and a sandbox of their own. They see learner code only through fixtures
(`program`, `solution`, `service`, `postgres`, `sql`, `redis`, `upstream`), which record evidence.
"""

from milepost.engine.checks.evidence import note
from milepost.engine.checks.faults import (
    AnswerNotHttp,
    AnswerNotJson,
    HeaderMissing,
    LimitReached,
    NotSendable,
    ProgramTimedOut,
    QueryTimedOut,
    RedisTimedOut,
    ServiceEnded,
    ServiceNotReached,
    ServiceTimedOut,
    SolutionRaised,
    SolutionTimedOut,
    UpstreamNotCalled,
)
from milepost.engine.checks.mark import check
from milepost.engine.checks.program import Program, ProgramRun
from milepost.engine.checks.replies import Reply
from milepost.engine.checks.rows import Rows
from milepost.engine.checks.solution import Solution, SolutionObject

__all__ = [
    "AnswerNotHttp",
    "AnswerNotJson",
    "HeaderMissing",
    "LimitReached",
    "NotSendable",
    "Program",
    "ProgramRun",
    "ProgramTimedOut",
    "QueryTimedOut",
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
    "check",
    "note",
]
