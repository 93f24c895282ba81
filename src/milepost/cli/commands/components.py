"""`milepost components`: what labs run against on this machine, and building what can be built.

How a component is built is its own folder's business. Invariant: `install` does nothing where
nothing is missing.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from milepost.cli.commands.options import AsJson
from milepost.cli.output.invocation import typeable
from milepost.cli.output.problems import ExitCode, fail, fail_used_wrongly
from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.hosting import NotInstalled
from milepost.engine.backing.programs import find_program
from milepost.engine.backing.registry import list_components, load

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class ComponentState:
    """A component on this machine: what it runs on, or what is missing and fixes it."""

    name: str
    ready: bool
    detail: str
    fix: str = ""


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every component: the server that it runs on, or what fixes that there is none."""
    states = list(_look_at_components())
    if as_json:
        typer.echo(json.dumps({"components": [asdict(each) for each in states]}, indent=2))
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for each in states:
        word = Text("ready", "green") if each.ready else Text("not ready", "bold red")
        table.add_row(Text(each.name, "bold"), word, Text(each.detail))
    console = Console()
    console.print(table)
    for each in states:
        if not each.ready:
            fix = typeable(each.fix)
            console.print(Text.assemble("\n", (f"{each.name}: ", "bold"), fix), soft_wrap=True)


@app.command()
def install(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Which; without any, all that can be built."),
    ] = None,
) -> None:
    """Build the servers of components that the system's package manager does not bring."""
    built = {each.name: each.install for each in list_components() if each.install is not None}
    for name in names or ():
        if name not in built:
            fail_used_wrongly(
                f"Milepost builds nothing for a component {name!r}.",
                f"It builds: {', '.join(built)}. `milepost components list` says what others need.",
            )
    for name in names or built:
        try:
            is_new = load(built[name] or "")()
        except NotInstalled as error:
            fail(str(error), code=ExitCode.OURS)
        typer.echo(f"Built the component {name}" if is_new else f"{name} is built", err=True)


def _look_at_components() -> Iterator[ComponentState]:
    for component in list_components():
        try:
            found = find_program(component)
        except EmbeddedServerError as error:
            yield ComponentState(component.name, ready=False, detail=str(error), fix=error.fix)
            continue
        detail = f"{found.title} {found.version}" if found is not None else "needs no server"
        yield ComponentState(component.name, ready=True, detail=detail)
