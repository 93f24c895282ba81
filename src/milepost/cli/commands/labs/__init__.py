"""`milepost labs`: which labs there are, and what one has done with each.

Authors' and operators' commands are in the same group and live in modules of their own.
"""

from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from milepost.cli.commands.labs.new import new
from milepost.cli.commands.labs.preview import preview
from milepost.cli.commands.labs.reopen import reopen
from milepost.cli.commands.labs.reports import reports
from milepost.cli.commands.labs.run import run
from milepost.cli.commands.labs.verify import verify
from milepost.cli.output.console import make_console, plain, print_json, say, sign, style
from milepost.cli.output.words import name_any
from milepost.cli.workspace.connection import connect
from milepost.client import LabSummary

app = typer.Typer(rich_markup_mode=None, no_args_is_help=False)
app.command("verify")(verify)
app.command("run")(run)
app.command("reopen")(reopen)
app.command("reports")(reports)
app.command("new")(new)
app.command("preview")(preview)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@app.callback(invoke_without_command=True)
def labs(context: typer.Context) -> None:
    """List labs; and, for authors, make them prove themselves."""
    if context.invoked_subcommand is None:
        list_labs()


@app.command("list")
def list_labs(
    as_json: AsJson = False,
    drills: Annotated[
        bool, typer.Option("--drills", help="List the drills of lessons in place of the labs.")
    ] = False,
) -> None:
    """List the labs of the server, in the order of their path."""
    with connect() as client:
        found = client.list_drills() if drills else client.list_labs()
    if as_json:
        print_json([lab.model_dump(mode="json") for lab in found])
        return
    console = make_console()
    if not found:
        kind = "drill" if drills else "lab"
        say(console, f"No {kind} is published yet. `milepost doctor` names those that can't be.")
    for lab in found:
        _print_lab(console, lab)
    if found:
        console.print()
        say(console, f"Begin one with `milepost start {found[0].slug}`.")


def _print_lab(console: Console, lab: LabSummary) -> None:
    state = "passed" if lab.passed_at is not None else lab.last_verdict or "not_run"
    heading = Text.assemble(sign(console, state), " ", (lab.slug, "bold"), "  ", plain(lab.title))
    console.print(heading)
    facts = Text(f"{lab.difficulty}, {lab.minutes} minutes, {name_any(lab.stacks)}", style="dim")
    if lab.is_challenge:
        facts.append(f", challenge of {lab.skill}")
    facts.append(f", {_say_state(lab)}", style=style(state) or "dim")
    console.print(Padding(facts, (0, 0, 0, 2)))


def _say_state(lab: LabSummary) -> str:
    if lab.passed_at is not None:
        return f"passed on {lab.passed_at.astimezone():%d %B %Y}"
    if lab.last_verdict is None:
        return "not tried yet"
    return f"last verdict: {lab.last_verdict.replace('_', ' ')}"
