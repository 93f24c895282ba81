"""`milepost stacks`: which stacks are ready, and installing the libraries of those that are not.

How a stack is installed is the engine's. Invariant: `install` does nothing, at once, where nothing
is missing, and leaves every installed stack as it was.
"""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.cli.calling import typeable
from milepost.cli.problems import ExitCode, fail, fail_used_wrongly
from milepost.core.config import get_settings
from milepost.engine import StackUnavailable, install_stack, list_stacks

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print it for scripts.")] = False
) -> None:
    """List every stack: its version, or why it is not ready and what fixes it."""
    stacks = list_stacks(get_settings().stacks_dir)
    if as_json:
        typer.echo(json.dumps({"stacks": [asdict(stack) for stack in stacks]}, indent=2))
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for stack in stacks:
        state = Text("ready", "green") if stack.ready else Text("not ready", "bold red")
        detail = stack.version if stack.ready else stack.reason
        table.add_row(Text(stack.name, "bold"), state, Text(detail))
        if stack.libraries:
            table.add_row("", "", Text(", ".join(stack.libraries), "dim"))
    console = Console()
    console.print(table)
    for stack in stacks:
        if not stack.ready:
            fix = typeable(stack.fix)
            console.print(Text.assemble("\n", (f"{stack.name}: ", "bold"), fix), soft_wrap=True)


@app.command()
def install(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; without any, all.")
    ] = None,
) -> None:
    """Install the libraries of stacks; afterwards they work without a network."""
    folder = get_settings().stacks_dir
    known = [stack.name for stack in list_stacks(folder)]
    for name in names or ():
        if name not in known:
            fail_used_wrongly(f"There is no stack {name!r}.", f"There is: {', '.join(known)}.")
    missing: list[StackUnavailable] = []
    for name in names or known:
        try:
            if install_stack(name, folder):
                typer.echo(f"Installed the stack {name}", err=True)
        except StackUnavailable as error:
            missing.append(error)
    for reason in missing:
        typer.echo(typeable(str(reason)), err=True)
    if missing:
        fail("Labs on these stacks can't be graded until then.", code=ExitCode.OURS)
