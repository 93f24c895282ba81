"""The rows of two trees measured in turn, so that both meet the same machine at the same time.

Both run beside each other, one of them idle, and take turns measure by measure. A round gives one
ratio of each measure; their median is the result, and their least and greatest say how far to
trust it.
"""

import json
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from benchmarks import floors, measures
from benchmarks.browser import first_check_latencies
from benchmarks.load import requests_a_second
from benchmarks.rows import hardware, percentile
from benchmarks.site import Site
from benchmarks.web import PATH_URL

ROUNDS = 5
_LABS = (
    ("language lab", measures.CALLS, 24),
    ("FastAPI lab", measures.REQUESTS, 8),
    ("FastAPI lab with PostgreSQL", measures.ROWS, 5),
    ("Express lab", measures.REQUESTS_NODE, 5),
    ("language lab in Go", measures.CALLS_GO, 5),
    ("Go lab", measures.REQUESTS_GO, 5),
    ("SQL lab", measures.QUERIES, 10),
)
_VERDICTS, _IN_FLIGHT = 48, 8
_COUNTED = 16  # verdicts whose processor time is taken
_REFILL_SECONDS = 0.6  # until the sandboxes that a verdict used up are replaced
_IDLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing to measure on a site; lower is better unless it says otherwise."""

    title: str
    unit: str
    take: Callable[[Site], float]
    lower_is_better: bool = True
    warm_up: Callable[[Site], object] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a measure came to on both sites, a value a round, with the floor of that round."""

    measure: str
    unit: str
    lower_is_better: bool
    before: tuple[float, ...]
    now: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """Now beside before, of each round."""
        return [now / before for now, before in zip(self.now, self.before, strict=True)]


def list_measures(site: Site) -> list[Measure]:
    """List what can be measured on this machine."""
    listed = [
        Measure(
            f"{title}, 10 checks, p50",
            "s",
            lambda site, lab=lab, count=count: _median_verdict(site, lab, count),
            warm_up=lambda site, lab=lab: _median_verdict(site, lab, 2),
        )
        for title, lab, count in _LABS
    ]
    listed += [
        Measure(f"verdicts a second, {_IN_FLIGHT} in flight", "/s", _verdict_rate, False),
        Measure("reading the path with progress", "/s", _path_rate, False),
    ]
    if site.group is not None:
        listed += [
            Measure("processor time a verdict, language lab", "s", _verdict_processor_seconds),
            Measure("processor time a minute, idle", "s", _idle_processor_seconds),
        ]
    if chromium := os.environ.get("MILEPOST_CHROMIUM") or shutil.which("chromium"):
        listed.append(
            Measure(
                "submit to first check in the browser, p95",
                "s",
                lambda site: percentile([*first_check_latencies(site, chromium, count=20)], 95),
            )
        )
    return listed


def compare(
    before: Site, now: Site, measures: Sequence[Measure], *, rounds: int
) -> Iterator[Comparison]:
    """Take every measure on both sites in turn, and yield what it came to.

    What one of them can't do, such as a stack that came later, is left out.
    """
    for measure in measures:
        if not all(_can_take(measure, site) for site in (before, now)):
            continue
        values: dict[str, list[float]] = {before.url: [], now.url: []}
        for number in range(rounds):
            for site in (before, now) if number % 2 == 0 else (now, before):
                values[site.url].append(measure.take(site))
        yield Comparison(
            measure.title,
            measure.unit,
            measure.lower_is_better,
            tuple(values[before.url]),
            tuple(values[now.url]),
        )


def _can_take(measure: Measure, site: Site) -> bool:
    """Warm up for a measure; False where the site's revision has nothing to measure."""
    try:
        if measure.warm_up is not None:
            measure.warm_up(site)
    except RuntimeError:  # no verdict that counts
        return False
    return True


def floor_line() -> str:
    """Return this machine's floors, beside which absolute times mean something."""
    sandbox = statistics.median(floors.measure_sandbox(20))
    boot = statistics.median(floors.measure_boot(8))
    return f"F_sandbox {sandbox * 1e3:.1f} ms, F_boot {boot * 1e3:.0f} ms (medians)"


def to_table(comparisons: Iterable[Comparison], before: Site, now: Site) -> Table:
    """Show comparisons to a person: medians, and the ratio with its spread."""
    table = Table("measure", before.tree.revision, now.tree.revision, "ratio", "spread", "better")
    for each in comparisons:
        ratio = statistics.median(each.ratios)
        better = ratio < 1 if each.lower_is_better else ratio > 1
        table.add_row(
            each.measure,
            f"{statistics.median(each.before):.4g} {each.unit}",
            f"{statistics.median(each.now):.4g} {each.unit}",
            f"{ratio:.2f}",
            f"{min(each.ratios):.2f} to {max(each.ratios):.2f}",
            "yes" if better else "no",
        )
    return table


def to_line(each: Comparison) -> str:
    """Return a comparison as one line for the person who waits."""
    return (
        f"{each.measure}: {statistics.median(each.ratios):.2f} x"
        f" ({min(each.ratios):.2f} to {max(each.ratios):.2f})"
    )


def write_json(comparisons: Sequence[Comparison], file: Path) -> None:
    """Write every value of every round for machines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = [{**asdict(each), "ratios": each.ratios, "hardware": hardware()} for each in comparisons]
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _median_verdict(site: Site, lab: measures.Lab, count: int) -> float:
    return statistics.median(measures.submit_and_wait(site.client, lab) for _ in range(count))


def _verdict_rate(site: Site) -> float:
    rate, _ = measures.sustained_rate(site, verdicts=_VERDICTS, in_flight=_IN_FLIGHT)
    return rate


def _path_rate(site: Site) -> float:
    url = f"{site.url.rstrip('/')}/{PATH_URL}"
    return requests_a_second(url, seconds=3, connections=8, cookie=site.cookie)


def _verdict_processor_seconds(site: Site) -> float:
    """Return what a verdict takes, sandboxes for the next one included."""
    used = _processor_seconds(site)
    for _ in range(_COUNTED):
        measures.submit_and_wait(site.client)
        time.sleep(_REFILL_SECONDS)
    return (_processor_seconds(site) - used) / _COUNTED


def _idle_processor_seconds(site: Site) -> float:
    used, began = _processor_seconds(site), time.monotonic()
    time.sleep(_IDLE_SECONDS)
    return (_processor_seconds(site) - used) / (time.monotonic() - began) * 60


def _processor_seconds(site: Site) -> float:
    if site.group is None:
        raise RuntimeError("Processor time is only known of a site in a control group.")
    return site.group.processor_seconds
