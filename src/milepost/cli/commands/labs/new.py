"""`milepost labs new`: begins a lab or drill that is whole and only has to be replaced.

What is written lives in `labs.scaffolding`.
"""

from pathlib import Path
from typing import Annotated

import typer

from milepost.cli.output.invocation import find_call
from milepost.cli.output.problems import fail_used_wrongly
from milepost.labs import (
    ScaffoldRefused,
    Wanted,
    list_kinds,
    list_scaffold_services,
    list_scaffold_stacks,
    write_new_lab,
)

_Objectives = Annotated[
    list[str],
    typer.Option(
        "--objective",
        help="What it proves, such as language.loops; several times for several.",
        show_default=False,
    ),
]
_Stacks = Annotated[
    list[str] | None,
    typer.Option(
        "--stack", help=f"Several times for several: {', '.join(list_scaffold_stacks())}."
    ),
]
_Services = Annotated[
    list[str] | None,
    typer.Option(
        "--service",
        help=f"What runs beside the learner's code: {', '.join(list_scaffold_services())}."
        " The lab begins with a check that uses it.",
    ),
]
_Kind = Annotated[
    str,
    typer.Option(
        help="What checks do, where a stack has several: "
        + ", ".join(f"{kind.name} ({kind.says})" for kind in list_kinds())
        + ".",
        show_default=False,
    ),
]


def new(
    slug: Annotated[
        str,
        typer.Argument(
            metavar="SLUG",
            help="What the lab will be called; a drill is named after its objective.",
            show_default=False,
        ),
    ] = "",
    *,
    objective: _Objectives,
    stack: _Stacks = None,
    service: _Services = None,
    drill: Annotated[
        bool, typer.Option("--drill", help="Begin the drill of the objective, for its lesson.")
    ] = False,
    kind: _Kind = "",
    content: Annotated[
        Path, typer.Option(envvar="MILEPOST_CONTENT_DIR", help="The folder of all paths.")
    ] = Path("content"),
) -> None:
    """Begin a lab or drill: a small one that loads and is verified, to replace piece by piece."""
    wanted = Wanted(
        objectives=objective,
        stacks=tuple(dict.fromkeys(stack or ["python"])),
        slug=slug,
        services=tuple(service or ()),
        kind=kind,
        is_drill=drill,
    )
    try:
        made = write_new_lab(content, wanted)
    except ScaffoldRefused as refused:
        fail_used_wrongly(str(refused), refused.fix)
    typer.echo(f"{made} holds a small {'drill' if drill else 'lab'} that works:")
    for path in sorted(each for each in made.rglob("*") if each.is_file()):
        typer.echo(f"  {path.relative_to(made)}")
    name = f"drill-{made.name}" if drill else made.name
    typer.echo("Replace it piece by piece. See it as a learner does, and then prove it:")
    typer.echo(f"  {find_call()} labs preview {name}")
    typer.echo(f"  {find_call()} labs verify {name}")
