"""What spoiled answers say of a lab's checks, as a part of gate 5.

How answers are spoiled lives in the engine, which ones in `spoiled`. A check that passes on a
spoiled answer is at no fault: it may not look at that element.
"""

from collections.abc import Iterator, Sequence

from milepost.engine import Outcome
from milepost.labs.verification.outcomes import Findings
from milepost.labs.verification.spoiled import SpoiledTrial

_MOST_ALIKE = 3
_SHOWN = 60


def judge_spoiled(findings: Findings) -> Iterator[str]:
    """Say where a check falls over, once for each line of it and error."""
    if not findings.solutions_pass:
        return  # gate 5 says so already
    for stack in findings.lab.stacks:
        if not any(trial.stack == stack for trial in findings.spoiled_trials):
            yield (
                f"{stack}: no answer of a solution could be spoiled, so nothing shows that checks"
                " can judge wrong ones. Ask the learner's code for something that has a value."
            )
    for alike in group_breaks(findings.spoiled_trials):
        first = alike[0]
        where = f" ({first.file} line {first.line})" if first.line is not None else ""
        value = f"`{first.became[:_SHOWN]}` instead of `{first.was[:_SHOWN]}`"
        also = ", ".join(dict.fromkeys(f"{each.place}: {each.kind}" for each in alike[1:]))
        more = f" So it does with {also}." if also else ""
        yield (
            f"{first.check}{where} falls over instead of judging where the answer of"
            f" solutions/{first.solution} is spoiled in `{first.place}` ({first.kind}: {value}):"
            f" {first.error.rstrip('.')}. A learner's code can answer so.{more} Assert first what"
            " the check relies on: the type of the value, its characters, its length."
        )


def describe_spoiled(findings: Findings) -> Iterator[str]:
    """Count what was spoiled, stack by stack, and how the checks took it."""
    for stack in findings.lab.stacks:
        tried = [trial for trial in findings.spoiled_trials if trial.stack == stack]
        if tried:
            passed = sum(trial.outcome is Outcome.PASSED for trial in tried)
            broke = sum(trial.broke for trial in tried)
            kinds = len({trial.kind for trial in tried})
            yield (
                f"{stack}: {len(tried)} answers spoiled in {kinds} ways: {broke} broke a check,"
                f" {len(tried) - passed - broke} were refused, {passed} made no difference"
            )


def group_breaks(trials: Sequence[SpoiledTrial]) -> list[list[SpoiledTrial]]:
    """Group the trials that broke a check by what broke: check, line and type of the error."""
    groups: dict[tuple[str, int | None, str], list[SpoiledTrial]] = {}
    for trial in trials:
        if trial.broke:
            key = (trial.check, trial.line, trial.error.partition(":")[0])
            groups.setdefault(key, []).append(trial)
    return [group[: _MOST_ALIKE + 1] for group in groups.values()]
