"""How close right answers come to the limits of their lab.

What is too close is judged in `trial_gates`. Only what was really measured is compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from milepost.engine import GradeReport, Limits, Usage
from milepost.labs.verification.outcomes import Findings
from milepost.labs.verification.plan import Kind

_TIMED = ("program", "call", "exchange", "statement")  # what `run_seconds` is about
_KIBIBYTE = 1024
_MEBIBYTE = 1024 * _KIBIBYTE


@dataclass(frozen=True, slots=True)
class Headroom:
    """The most that a right answer used of one limit."""

    limit: str  # a field of Limits
    used: float
    allowed: float

    @property
    def share(self) -> float:
        """Tell the share of the limit that was used."""
        return self.used / self.allowed

    def describe(self) -> str:
        """Write it down as a person would."""
        words = self.limit.replace("_bytes", "").replace("_", " ")
        if self.limit.endswith("_bytes"):
            amounts = f"{_size(self.used)} of {_size(self.allowed)} of {words}"
        else:
            amounts = f"{round(self.used, 1):g} of {self.allowed:g} {words}"
        return f"{amounts} ({self.share:.0%})"


def measure_headroom(findings: Findings) -> list[Headroom]:
    """Measure what right answers used at most, for each limit of which that is known.

    Of times, the shortest that a solution took counts: the rest is what other work took from it.
    """
    most: dict[str, float] = {}
    for reports in _by_solution(findings).values():
        used = [_measure(report) for report in reports]
        for name in used[0]:
            values = [each[name] for each in used]
            own = min(values) if name.endswith("_seconds") else max(values)
            most[name] = max(most.get(name, 0.0), own)
    limits = findings.lab.limits
    return [
        Headroom(name, round(used, 3), getattr(limits, name)) for name, used in sorted(most.items())
    ]


def _by_solution(findings: Findings) -> dict[str, list[GradeReport]]:
    reports: dict[str, list[GradeReport]] = {}
    for found in findings.of(Kind.SOLUTION):
        reports.setdefault(found.run.name, []).append(found.report)
    return reports


def _size(count: float) -> str:
    """Write a number of bytes as a person would."""
    if count >= _MEBIBYTE:
        return f"{count / _MEBIBYTE:.0f} MiB"
    return f"{count / _KIBIBYTE:.0f} KiB" if count >= _KIBIBYTE else f"{count:.0f} bytes"


def _measure(report: GradeReport) -> dict[str, float]:
    limits = {field.name for field in fields(Limits)}
    used = {
        name: float(getattr(report.usage, field.name))
        for field in fields(Usage)
        if (name := field.name.replace("_peak", "")) in limits
    }
    return {**used, "run_seconds": max(_list_times(report), default=0.0)}


def _list_times(report: GradeReport) -> Iterator[float]:
    for check in report.checks:
        for piece in check.evidence:
            if piece.kind in _TIMED:
                yield piece.duration_seconds
