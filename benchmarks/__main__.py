"""`make bench`: measures, prints one table, writes `build/bench.json`.

What is measured stands in `grading`, `web`, `browser` and, where `--growth` asks for it, `growth`;
`--against REF` compares with another revision instead, `--peers` with other graders. Nothing here
can fail a build.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import against
from benchmarks.browser import browser_rows
from benchmarks.grading import grading_rows
from benchmarks.growth import growth_rows
from benchmarks.peers import peer_rows
from benchmarks.rows import Row, hardware, write_json
from benchmarks.site import running_site
from benchmarks.trees import checked_out
from benchmarks.web import start_rows, web_rows

RESULT = Path("build/bench.json")
COMPARED = Path("build/against.json")
_WIDTH = 180  # of the table in a file or a log


def main() -> None:
    """Measure what was asked for, or everything but what takes long."""
    asked = _read_arguments()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(f"[dim]{hardware()}[/dim]")
    if asked.against:
        _compare(console, asked)
    else:
        _measure(console, asked)


def _measure(console: Console, asked: argparse.Namespace) -> None:
    with running_site() as site:
        rows = (
            peer_rows(site)
            if asked.peers
            else [
                *start_rows(site),
                *grading_rows(site),
                *web_rows(site),
                *browser_rows(site),
                *(growth_rows(site) if asked.growth else []),
            ]
        )
    console.print(to_table(rows))
    write_json(rows, RESULT)
    console.print(f"Written to {RESULT}.")


def _compare(console: Console, asked: argparse.Namespace) -> None:
    with (
        checked_out(asked.against) as tree,
        running_site(tree) as before,
        running_site() as now,
    ):
        console.print(f"[dim]{against.floor_line()}; {asked.rounds} rounds in turn[/dim]")
        chosen = [each for each in against.list_measures(now) if asked.only in each.title]
        done = []
        for comparison in against.compare(before, now, chosen, rounds=asked.rounds):
            done.append(comparison)
            console.print(against.to_line(comparison))
        console.print(against.to_table(done, before, now))
    against.write_json(done, COMPARED)
    console.print(f"Written to {COMPARED}.")


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Milepost.")
    parser.add_argument("--growth", action="store_true", help="also with a million learners")
    parser.add_argument("--peers", action="store_true", help="other graders beside Milepost")
    parser.add_argument("--against", metavar="REF", help="compare with this revision, in turn")
    parser.add_argument("--rounds", type=int, default=against.ROUNDS, help="of --against")
    parser.add_argument("--only", default="", metavar="TEXT", help="rows of --against that name it")
    return parser.parse_args()


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
