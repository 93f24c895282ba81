"""What of a check a learner may see.

Invariant: of a hidden check a learner is shown its title and its outcome, and no more.
"""

from dataclasses import replace

from milepost.engine import CheckResult


def redact_hidden(result: CheckResult) -> CheckResult:
    """Return what a learner may see: of a hidden check, its title and outcome alone."""
    if not result.hidden:
        return result
    return replace(
        result,
        message="",
        expected=None,
        got=None,
        detail="",
        evidence=(),
        at_seconds=None,
        duration_seconds=0.0,  # how long it took says something of its inputs
        has_run=True,
        hurried=False,
    )
