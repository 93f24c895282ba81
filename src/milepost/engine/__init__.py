"""Grading as a library: give it a lab and a learner's files, get events and a verdict.

It knows no database, no settings and no HTTP.
What happens to a verdict afterwards is the business of `grading`.
"""

from milepost.engine.errors import IsolationUnavailable, StackUnavailable
from milepost.engine.request import Entry, GradeRequest, Limits
from milepost.engine.results import (
    CheckFinished,
    CheckInfo,
    CheckResult,
    ChecksCollected,
    CheckStarted,
    Event,
    Evidence,
    GradeReport,
    GradingFinished,
    Outcome,
    Usage,
    Verdict,
    decide_verdict,
)

__all__ = [
    "CheckFinished",
    "CheckInfo",
    "CheckResult",
    "CheckStarted",
    "ChecksCollected",
    "Entry",
    "Event",
    "Evidence",
    "GradeReport",
    "GradeRequest",
    "GradingFinished",
    "IsolationUnavailable",
    "Limits",
    "Outcome",
    "StackUnavailable",
    "Usage",
    "Verdict",
    "decide_verdict",
]
