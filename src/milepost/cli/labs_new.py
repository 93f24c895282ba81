"""`milepost labs new`: begins a lab that is whole, so that its author only has to replace it.

What is written lives in `labs.scaffold`.
"""

from pathlib import Path
from typing import Annotated

import typer

from milepost.cli.calling import find_call
from milepost.cli.problems import fail_used_wrongly
from milepost.labs import ScaffoldRefused, list_scaffold_stacks, write_new_lab


def new(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="What the lab will be called.")],
    skill: Annotated[str, typer.Option(help="The skill's folder, such as 1-language.")],
    stack: Annotated[
        list[str] | None,
        typer.Option(help=f"Several times for several: {', '.join(list_scaffold_stacks())}."),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(help="What is started beside the learner's code: postgres, redis, …"),
    ] = None,
    content: Annotated[
        Path, typer.Option(envvar="MILEPOST_CONTENT_DIR", help="The folder of all paths.")
    ] = Path("content"),
) -> None:
    """Begin a lab: a small one that loads and is verified, to replace piece by piece."""
    folder = _find_skill(skill, content)
    try:
        stacks = tuple(dict.fromkeys(stack or ["python"]))
        made = write_new_lab(folder, slug, stacks, tuple(service or ()))
    except ScaffoldRefused as refused:
        fail_used_wrongly(str(refused), refused.fix)
    typer.echo(f"{made} holds a small lab that works. Replace it piece by piece:")
    for path in sorted(each for each in made.rglob("*") if each.is_file()):
        typer.echo(f"  {path.relative_to(made)}")
    typer.echo(f"See that it is verified: {find_call()} labs verify {slug}")


def _find_skill(named: str, content: Path) -> Path:
    found = [folder for folder in sorted(content.glob("*/*/")) if (folder / "skill.toml").is_file()]
    fitting = [folder for folder in found if named in (folder.name, folder.name.partition("-")[2])]
    if Path(named).is_dir():
        return Path(named)
    if len(fitting) != 1:
        names = ", ".join(str(folder.relative_to(content)) for folder in found) or "none"
        fail_used_wrongly(f"There is not one skill {named!r}.", f"There is: {names}.")
    return fitting[0]
