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
    """Measure what right answers used at most, for each limit of which that is known."""
    return [
        Headroom(name, round(used, 3), getattr(findings.lab.limits, name))
        for name, used in sorted(_measure(findings).items())
    ]


def _size(count: float) -> str:
    """Write a number of bytes as a person would."""
    if count >= _MEBIBYTE:
        return f"{count / _MEBIBYTE:.0f} MiB"
    return f"{count / _KIBIBYTE:.0f} KiB" if count >= _KIBIBYTE else f"{count:.0f} bytes"


def _measure(findings: Findings) -> dict[str, float]:
    limits = {field.name for field in fields(Limits)}
    most: dict[str, float] = {}
    for report in (found.report for found in findings.of(Kind.SOLUTION)):
        for field in fields(Usage):
            name = field.name.replace("_peak", "")
            if name in limits:
                most[name] = max(most.get(name, 0.0), float(getattr(report.usage, field.name)))
        longest = max(_list_times(report), default=0.0)
        most["run_seconds"] = max(most.get("run_seconds", 0.0), longest)
    return most


def _list_times(report: GradeReport) -> Iterator[float]:
    for check in report.checks:
        for piece in check.evidence:
            if piece.kind in _TIMED:
                yield piece.duration_seconds
