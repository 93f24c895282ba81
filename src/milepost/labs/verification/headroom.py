"""How close right answers come to the limits of their lab.

What is too close is judged in `trial_gates`. Only what was really measured is compared.
"""

from dataclasses import dataclass, fields

from milepost.engine import GradeReport, Limits, Usage
from milepost.engine.stacks.descriptions import find_least_limits
from milepost.labs.verification.outcomes import Findings
from milepost.labs.verification.plan import Kind

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
    """Measure where right answers come closest to each limit of which that is known.

    Of times, the shortest that a solution took counts: the rest is what other work took from it.
    """
    closest: dict[str, Headroom] = {}
    for stack, reports in _by_solution(findings).values():
        limits = findings.lab.grading.limits_on(stack, find_least_limits(stack))
        used = [_measure(report) for report in reports]
        for name in used[0]:
            values = [each[name] for each in used]
            own = min(values) if name.endswith("_seconds") else max(values)
            room = Headroom(name, round(own, 3), getattr(limits, name))
            if name not in closest or room.share > closest[name].share:
                closest[name] = room
    return [closest[name] for name in sorted(closest)]


def _by_solution(findings: Findings) -> dict[str, tuple[str, list[GradeReport]]]:
    reports: dict[str, tuple[str, list[GradeReport]]] = {}
    for found in findings.of(Kind.SOLUTION):
        _, known = reports.setdefault(found.run.name, (found.run.stack, []))
        known.append(found.report)
    return reports


def _size(count: float) -> str:
    """Write a number of bytes as a person would."""
    if count >= _MEBIBYTE:
        return f"{count / _MEBIBYTE:.0f} MiB"
    return f"{count / _KIBIBYTE:.0f} KiB" if count >= _KIBIBYTE else f"{count:.0f} bytes"


def _measure(report: GradeReport) -> dict[str, float]:
    limits = Limits().to_document()
    used = {"run_seconds": 0.0} | {
        name: float(getattr(report.usage, field.name))
        for field in fields(Usage)
        if (name := field.name.replace("_peak", "")) in limits
    }
    for check in report.checks:
        for piece in check.evidence:
            if piece.bounded_by is not None:
                used[piece.bounded_by] = max(
                    used.get(piece.bounded_by, 0.0), piece.duration_seconds
                )
    return used
