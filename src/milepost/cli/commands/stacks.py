"""`milepost stacks`: which stacks are ready, and installing the libraries of those that are not.

How a stack is installed and tested is the engine's. Invariant: `install` does nothing, at once,
where nothing is missing and all has passed, and leaves every installed stack as it was.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.cli.commands.options import AsJson
from milepost.cli.output.invocation import typeable
from milepost.cli.output.problems import ExitCode, fail, fail_used_wrongly
from milepost.cli.processes.selftests import try_new_stacks
from milepost.core.config import Settings, get_settings
from milepost.engine import StackUnavailable, install_stack, list_stacks

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
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
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Which; without any, all but the large ones."),
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="The large ones too.")] = False,
) -> None:
    """Install the libraries of stacks, so that they work without a network, and test them here."""
    settings = get_settings()
    folder = settings.stacks_dir
    stacks = list_stacks(folder)
    known = [stack.name for stack in stacks]
    for name in names or ():
        if name not in known:
            fail_used_wrongly(f"There is no stack {name!r}.", f"There is: {', '.join(known)}.")
    left_out = [s.name for s in stacks if s.on_demand and not (s.ready or every or names)]
    chosen = names or [name for name in known if name not in left_out]
    problems = [*_install_all(chosen, folder), *_test_all(chosen, settings)]
    for problem in problems:
        typer.echo(typeable(problem), err=True)
    for name in left_out:
        hint = f"Large, so installed on demand: milepost stacks install {name}"
        typer.echo(typeable(hint), err=True)
    if problems:
        fail("Labs on these stacks can't be graded until then.", code=ExitCode.OURS)


def _install_all(names: Sequence[str], folder: Path | None) -> Iterator[str]:
    """Install stacks; return why some could not be, with what fixes it."""
    for name in names:
        try:
            if install_stack(name, folder):
                typer.echo(f"Installed the stack {name}", err=True)
        except StackUnavailable as missing:
            yield str(missing)


def _test_all(names: Sequence[str], settings: Settings) -> Iterator[str]:
    """Test the stacks that have not passed here yet; return what is wrong with which."""
    tested = try_new_stacks(names, settings)
    for stack in list_stacks(settings.stacks_dir):
        if stack.name in tested and stack.ready:
            typer.echo(f"Tested the stack {stack.name}", err=True)
        elif stack.name in tested:
            yield str(StackUnavailable(stack.name, stack.reason, stack.fix))
