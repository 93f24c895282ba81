"""`milepost catalog`: what the content files hold, for authors who plan what to write next.

Nothing here asks a server: it reads the folder of all paths, as publishing would.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.catalog.coverage import Coverage, measure_coverage
from milepost.catalog.errors import ContentInvalid
from milepost.cli.commands.options import AsJson
from milepost.cli.output.console import make_console, print_json, say
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.output.suggestions import suggest
from milepost.labs import load_labs

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def catalog() -> None:
    """Tell authors what the content files hold."""


@app.command("coverage")
def show_coverage(
    *,
    skill: Annotated[str | None, typer.Option(help="Only this skill, by its slug.")] = None,
    content: Annotated[
        Path, typer.Option(envvar="MILEPOST_CONTENT_DIR", help="The folder of all paths.")
    ] = Path("content"),
    as_json: AsJson = False,
) -> None:
    """Show which objectives have a lesson, a drill, and labs that prove them in some stack."""
    labs, broken = load_labs(content)
    try:
        rows = list(measure_coverage(content, labs))
    except ContentInvalid as error:
        fail_used_wrongly(str(error))
    if not rows:
        fail_used_wrongly(
            f"There is no path in {content}.", "Name the folder of all paths with --content."
        )
    skills = list(dict.fromkeys(row.skill for row in rows))
    if skill is not None and skill not in skills:
        fail_used_wrongly(f"There is no skill {skill!a}.", suggest(skill, skills))
    rows = [row for row in rows if skill in {None, row.skill}]
    for each in broken:
        say(make_console(stderr=True), f"{each.path} is not counted: {each.problems[0]}")
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    console = make_console()
    for name in dict.fromkeys(row.skill for row in rows):
        _print_skill(console, name, [row for row in rows if row.skill == name])


def _print_skill(console: Console, name: str, rows: Sequence[Coverage]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(name, no_wrap=True)
    for heading in ("lesson", "drill", "labs", "stacks"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            Text(row.objective),
            "yes" if row.lesson else Text("no", "dim"),
            "yes" if row.drill is not None else Text("no", "dim"),
            Text(", ".join(row.labs)) if row.labs else Text("none", "dim"),
            Text(", ".join(row.stacks), "dim"),
        )
    console.print(table)
    say(console, _sum_up(rows))
    console.print()


def _sum_up(rows: Sequence[Coverage]) -> str:
    lessons, drills = sum(row.lesson for row in rows), sum(row.drill is not None for row in rows)
    proven = sum(bool(row.labs) for row in rows)
    return (
        f"Of {len(rows)} objectives {proven} can be proven and {drills} practised;"
        f" {lessons} have a lesson."
    )
