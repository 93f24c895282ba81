"""`make bench`: measures, prints one table, writes `build/bench.json`.

What is measured stands in `grading`, `web`, `browser` and, where `--growth` asks for it, `growth`;
nothing here can fail a build.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.browser import browser_rows
from benchmarks.grading import grading_rows
from benchmarks.growth import growth_rows
from benchmarks.rows import Row, hardware, write_json
from benchmarks.site import running_site
from benchmarks.web import start_rows, web_rows

RESULT = Path("build/bench.json")
GROWTH = "--growth"
_WIDTH = 180  # of the table in a file or a log


def main() -> None:
    """Measure everything that exists."""
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(f"[dim]{hardware()}[/dim]")
    with running_site() as site:
        rows = [
            *start_rows(site),
            *grading_rows(site),
            *web_rows(site),
            *browser_rows(site),
            *(growth_rows(site) if GROWTH in sys.argv[1:] else []),
        ]
    console.print(to_table(rows))
    write_json(rows, RESULT)
    console.print(f"Written to {RESULT}.")


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
            f"{sign} {row.mark:g}" if row.mark is not None else "—",
            {True: "yes", False: "no", None: "—"}[row.met],
            f"{row.p50:.4g}" if row.p50 else "—",
            f"{row.p95:.4g}" if row.p95 else "—",
            row.note,
        )
    return table


if __name__ == "__main__":
    main()
