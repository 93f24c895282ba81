"""Grading as a library: give it a lab and a learner's files, get events and a verdict.

It knows no database, no settings and no HTTP.
What happens to a verdict afterwards is the business of `grading`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from milepost.engine.errors import IsolationUnavailable, StackUnavailable
from milepost.engine.evidence.contract import Evidence
from milepost.engine.grading.blame import (
    blame_answer,
    count_as_failed,
    is_lab_at_fault,
    list_broken,
)
from milepost.engine.grading.grader import Grader, await_report
from milepost.engine.grading_spec import Entry, GradingSpec
from milepost.engine.limits import Limits
from milepost.engine.request import GradeRequest, Spoil, SpoilPlan
from milepost.engine.results import (
    BuildFinished,
    BuildReport,
    CheckFinished,
    CheckInfo,
    CheckResult,
    ChecksCollected,
    CheckStarted,
    Event,
    GradeReport,
    GradingFinished,
    Outcome,
    Usage,
    Verdict,
    decide_verdict,
)

if TYPE_CHECKING:
    from milepost.engine.grading.engine import Engine
    from milepost.engine.sandbox.isolation import Tier
    from milepost.engine.sandbox.probe import IsolationStatus
    from milepost.engine.sandbox_specs import probe_isolation
    from milepost.engine.stacks import (
        StackStatus,
        find_stacks_dir,
        install_stack,
        list_stacks,
        load_stack,
    )

__all__ = [
    "BuildFinished",
    "BuildReport",
    "CheckFinished",
    "CheckInfo",
    "CheckResult",
    "CheckStarted",
    "ChecksCollected",
    "Engine",
    "Entry",
    "Event",
    "Evidence",
    "GradeReport",
    "GradeRequest",
    "Grader",
    "GradingFinished",
    "GradingSpec",
    "IsolationStatus",
    "IsolationUnavailable",
    "Limits",
    "Outcome",
    "Spoil",
    "SpoilPlan",
    "StackStatus",
    "StackUnavailable",
    "Tier",
    "Usage",
    "Verdict",
    "await_report",
    "blame_answer",
    "count_as_failed",
    "decide_verdict",
    "find_stacks_dir",
    "install_stack",
    "is_lab_at_fault",
    "list_broken",
    "list_stacks",
    "load_stack",
    "probe_isolation",
]

# Check processes import this package too, and need nothing of what starts processes: loading it
# only when asked for saves each of them 65 ms.
_LOADED_ON_DEMAND = {
    "Engine": "milepost.engine.grading.engine",
    "IsolationStatus": "milepost.engine.sandbox.probe",
    "StackStatus": "milepost.engine.stacks",
    "Tier": "milepost.engine.sandbox.isolation",
    "find_stacks_dir": "milepost.engine.stacks",
    "install_stack": "milepost.engine.stacks",
    "list_stacks": "milepost.engine.stacks",
    "load_stack": "milepost.engine.stacks",
    "probe_isolation": "milepost.engine.sandbox_specs",
}


def __getattr__(name: str) -> Any:
    if name not in _LOADED_ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LOADED_ON_DEMAND[name]), name)
