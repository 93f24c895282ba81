"""A measured row, and the two forms in which rows are told: a table and a JSON file.

A mark is a ratio to a floor, or a plain time where no floor exists. A row without a mark is told
beside those that have one: what a first or an unlucky run costs.
"""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: what, beside which floor, against which mark."""

    measure: str
    value: float
    unit: str
    floor: str | None
    floor_value: float | None
    mark: float | None
    lower_is_better: bool = True
    p50: float | None = None
    p95: float | None = None
    samples: int = 0
    note: str = ""

    @property
    def ratio(self) -> float:
        """The value beside its floor, or the value itself where there is none."""
        return self.value / self.floor_value if self.floor_value else self.value

    @property
    def met(self) -> bool | None:
        """Whether the mark is reached; None without a mark."""
        if self.mark is None:
            return None
        return self.ratio <= self.mark if self.lower_is_better else self.ratio >= self.mark


def percentile(samples: Sequence[float], percent: int) -> float:
    """Return the sample below which `percent` of all lie (inclusive method)."""
    return statistics.quantiles(samples, n=100, method="inclusive")[percent - 1]


def hardware() -> str:
    """Say on what this was measured."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {model}, Linux {platform.release()}, Python {platform.python_version()}"


def write_json(rows: Sequence[Row], file: Path) -> None:
    """Write the rows for machines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = [
        {**asdict(row), "ratio": row.ratio, "met": row.met, "hardware": hardware()} for row in rows
    ]
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
