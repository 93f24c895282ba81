"""How a lab proves itself: its starter, right answers and wrong answers are run and compared.

What a lab is lives above, in `labs`; how one run is graded, in `engine`.
A lab is verified only if every gate passed with runs that really took place.
"""

from milepost.labs.verification.gates import GateResult, refuse_binding
from milepost.labs.verification.kept import KeptResults
from milepost.labs.verification.outcomes import RunOutcome
from milepost.labs.verification.plan import (
    ALL_GATES,
    LARGEST_SEED,
    MUTANTS,
    SPOILED_RUNS,
    Plan,
    PlannedRun,
    plan_runs,
)
from milepost.labs.verification.record import Record, render_gate, render_record, write_record
from milepost.labs.verification.runner import verify_lab
from milepost.labs.verification.runs import Progress, VerificationImpossible
from milepost.labs.verification.tools import identify_tools

__all__ = [
    "ALL_GATES",
    "LARGEST_SEED",
    "MUTANTS",
    "SPOILED_RUNS",
    "GateResult",
    "KeptResults",
    "Plan",
    "PlannedRun",
    "Progress",
    "Record",
    "RunOutcome",
    "VerificationImpossible",
    "identify_tools",
    "plan_runs",
    "refuse_binding",
    "render_gate",
    "render_record",
    "verify_lab",
    "write_record",
]
