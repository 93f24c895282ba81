"""`make bench`: measures, prints one table, writes `build/bench.json`.

Labs with services and databases, cold and pool-empty runs and growth are not in the table yet.
"""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import floors, measures
from benchmarks.load import requests_a_second
from benchmarks.rows import Row, hardware, percentile, write_json
from benchmarks.site import Site, running_site

REPETITIONS = 100
PATH_URL = "api/v1/paths/backend-developer"
RESULT = Path("build/bench.json")


def main() -> None:
    """Measure everything that exists."""
    console = Console()
    console.print(f"[dim]{hardware()}[/dim]")
    with running_site() as site:
        rows = [*start_rows(site), *language_lab_rows(site), *web_rows(site)]
    console.print(to_table(rows))
    write_json(rows, RESULT)
    console.print(f"Written to {RESULT}.")


def start_rows(site: Site) -> list[Row]:
    """How long until the first page, at first and again."""
    return [
        Row("first `make up` to first page", site.first_start_seconds, "s", None, None, 30),
        Row("second `make up` to first page", site.second_start_seconds, "s", None, None, 4),
    ]


def language_lab_rows(site: Site) -> list[Row]:
    """A language lab with ten checks, from POST to verdict, beside a bare sandbox."""
    measures.submit_and_wait(site.client)
    bare, graded = [], []
    for _ in range(REPETITIONS):  # in turn, so that both meet the same machine
        bare.extend(floors.measure_sandbox(1))
        graded.append(measures.submit_and_wait(site.client))
    floor = percentile(bare, 50)
    p50, p95 = percentile(graded, 50), percentile(graded, 95)
    rate = measures.sustained_rate(site, verdicts=80, in_flight=8)
    return [
        Row(
            "language lab, POST to verdict, p50",
            p50,
            "s",
            "F_sandbox",
            floor,
            1.5,
            p50=p50,
            p95=p95,
            samples=REPETITIONS,
        ),
        Row(
            "language lab, POST to verdict, p95",
            p95,
            "s",
            "F_sandbox",
            floor,
            3,
            p50=p50,
            p95=p95,
            samples=REPETITIONS,
        ),
        Row(
            "sustained verdicts a second, 8 in flight",
            rate,
            "/s",
            "1 / F_sandbox",
            1 / floor,
            0.4,
            lower_is_better=False,
            samples=80,
        ),
    ]


def web_rows(site: Site) -> list[Row]:
    """Reading the path with progress, and handing in."""
    with floors.hello_server() as hello:
        floor = requests_a_second(hello, seconds=5, connections=8)
    rate = requests_a_second(
        f"{site.url.rstrip('/')}/{PATH_URL}", seconds=5, connections=8, cookie=site.cookie
    )
    reads = measures.read_latencies(site.client, f"/{PATH_URL}", count=REPETITIONS)
    posts = list(measures.submission_latencies(site.client, rate=50, count=REPETITIONS))
    return [
        Row(
            "reading the path with progress",
            rate,
            "/s",
            "F_http",
            floor,
            0.35,
            lower_is_better=False,
            p50=percentile(reads, 50),
            p95=percentile(reads, 95),
            samples=REPETITIONS,
        ),
        Row(
            "POST submission, p95 at 50 a second",
            percentile(posts, 95),
            "s",
            None,
            None,
            0.060,
            p50=percentile(posts, 50),
            p95=percentile(posts, 95),
            samples=REPETITIONS,
            note="the worker grades the same submissions meanwhile",
        ),
    ]


def to_table(rows: list[Row]) -> Table:
    """Show the rows to a person."""
    table = Table("measure", "value", "floor", "ratio", "mark", "met", "p50", "p95", "note")
    for row in rows:
        sign = "≤" if row.lower_is_better else "≥"
        floor = f"{row.floor} {row.floor_value:.4g}" if row.floor_value else "—"
        table.add_row(
            row.measure,
            f"{row.value:.4g} {row.unit}",
            floor,
            f"{row.ratio:.3g}",
            f"{sign} {row.mark:g}",
            "yes" if row.met else "no",
            f"{row.p50:.4g}" if row.p50 else "—",
            f"{row.p95:.4g}" if row.p95 else "—",
            row.note,
        )
    return table


if __name__ == "__main__":
    main()
