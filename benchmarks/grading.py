"""The rows of grading: each kind of lab from POST to verdict, and how many verdicts a second.

Warm is what a learner meets who hands in again; cold is the first submission after a start, of
which there is one; pool-empty is a burst, in which later runs find no sandbox waiting.
"""

from collections.abc import Callable

from benchmarks import floors, measures
from benchmarks.measures import (
    CALLS,
    CALLS_GO,
    QUERIES,
    REQUESTS,
    REQUESTS_GO,
    REQUESTS_NODE,
    ROWS,
    Lab,
)
from benchmarks.rows import Row, percentile
from benchmarks.site import Site

REPETITIONS = 100
BOOTS = 20
BUILDS = 10
BURST = 12
IN_FLIGHT = 8
VERDICTS = 160
_EVERY = "from POST to verdict, warm"


def grading_rows(site: Site) -> list[Row]:
    """Measure every kind of lab in turn with its floor, so that both meet the same machine."""
    sandbox = Floor("F_sandbox", floors.measure_sandbox)
    boot = Floor("F_boot", floors.measure_boot)
    build = Floor("F_build", floors.measure_build)
    return [
        *lab_rows(site, CALLS, "language lab", sandbox, {50: 1.5, 95: 3}),
        *lab_rows(site, REQUESTS, "HTTP lab", boot, {50: 0.5}),
        *lab_rows(site, ROWS, "HTTP lab with PostgreSQL", boot, {50: 0.8}),
        *lab_rows(site, REQUESTS_NODE, "HTTP lab in Express", boot, {50: None}),
        *lab_rows(site, CALLS_GO, "language lab in Go", build, {50: 1.5}),
        *lab_rows(site, REQUESTS_GO, "HTTP lab in Go", boot, {50: None}),
        service_build_row(),
        *lab_rows(site, QUERIES, "SQL lab", sandbox, {50: None}),
        sustained_row(site),
    ]


class Floor:
    """A floor and its samples; of cold boots, which take long, there are fewer."""

    def __init__(self, name: str, measure: Callable[[int], list[float]]) -> None:
        self.name = name
        self._measure = measure
        self._samples: list[float] = []
        self._most = REPETITIONS if name == "F_sandbox" else BOOTS

    def sample(self) -> None:
        """Measure once more, unless there is enough."""
        if len(self._samples) < self._most:
            self._samples.extend(self._measure(1))

    @property
    def median(self) -> float:
        """The floor, in seconds."""
        return percentile(self._samples, 50)


def lab_rows(
    site: Site, lab: Lab, title: str, floor: Floor, marks: dict[int, float | None]
) -> list[Row]:
    """Measure one lab: cold, warm beside its floor, and with an empty pool."""
    cold = measures.submit_and_wait(site.client, lab)
    measures.submit_and_wait(site.client, lab)
    warm = []
    for _ in range(REPETITIONS):
        floor.sample()
        warm.append(measures.submit_and_wait(site.client, lab))
    p50, p95 = percentile(warm, 50), percentile(warm, 95)
    rows = [
        Row(
            f"{title}, 10 checks, {_EVERY}, p{percent}",
            percentile(warm, percent),
            "s",
            floor.name,
            floor.median,
            mark,
            p50=p50,
            p95=p95,
            samples=REPETITIONS,
        )
        for percent, mark in marks.items()
    ]
    empty = measures.burst(site.client, lab, count=BURST)[BURST // 2 :]
    return [
        *rows,
        Row(f"{title}, the first one, cold", cold, "s", floor.name, floor.median, None, samples=1),
        Row(
            f"{title}, with no sandbox waiting",
            percentile(empty, 50),
            "s",
            floor.name,
            floor.median,
            None,
            p50=percentile(empty, 50),
            p95=percentile(empty, 95),
            samples=len(empty),
            note="two at a time; from the run's start, without the queue",
        ),
    ]


def service_build_row() -> Row:
    """Measure the processor time of building a service with chi and pgx, as a learner's is."""
    return Row(
        "a Go service with chi and pgx is built, processor time",
        percentile(floors.measure_service_build(BUILDS), 50),
        "s",
        "",
        None,
        None,
        samples=BUILDS,
        note="0.6 s is the mark",
    )


def sustained_row(site: Site) -> Row:
    """Measure verdicts a second, beside the bare sandboxes that all cores get done."""
    floor = floors.sandboxes_a_second(seconds=4, at_once=2)
    rate, busy = measures.sustained_rate(site, verdicts=VERDICTS, in_flight=IN_FLIGHT)
    return Row(
        f"language lab, verdicts a second, {IN_FLIGHT} in flight",
        rate,
        "/s",
        "bare sandboxes a second",
        floor,
        0.4,
        lower_is_better=False,
        samples=VERDICTS,
        note=f"all cores {busy:.0%} busy",
    )
