"""`milepost start`: a folder to work in, with the first files, the brief and the visible checks.

Which files those are is chosen in `beginnings`; how it becomes a git repository is `repository`.
Invariant: nothing of the learner's is ever overwritten; `--renew` replaces only what Milepost wrote
itself.
"""

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from milepost.cli.output.console import make_console, plain, say
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.output.words import name_any, name_stack
from milepost.cli.processes.settings import is_in_checkout
from milepost.cli.workspace.beginnings import choose_files
from milepost.cli.workspace.connection import connect, get_lab
from milepost.cli.workspace.repository import make_repository
from milepost.cli.workspace.work_folder import (
    create_work_folder,
    describe,
    load_package,
    open_work_folder,
    renew_work_folder,
    require_free,
)
from milepost.client import Client, Lab

_CLOSED = (
    "{title} is closed for now: one of its own checks was found at fault, so the server grades "
    "nothing new here until it is fixed. You can begin all the same."
)


def start(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The lab, as `milepost labs list` names it.")
    ],
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; by default a new folder of the lab's name.")
    ] = None,
    stack: Annotated[
        str | None, typer.Option(help="What to write it in; by default what your track says.")
    ] = None,
    renew: Annotated[
        bool,
        typer.Option(help="Fetch a lab's newest checks and brief into a folder you work in."),
    ] = False,
    draft: Annotated[
        bool | None,
        typer.Option(
            "--draft/--starter",
            help="Begin with what you wrote on the lab's page, or with the starter; by default "
            "you are asked.",
        ),
    ] = None,
    git: Annotated[
        bool, typer.Option(help="Make the folder a git repository, if it is in none.")
    ] = True,
) -> None:
    """Begin a lab: write its starter files, its brief and its visible checks into a folder."""
    if renew and draft is not None:
        fail_used_wrongly(
            "--renew leaves your files as they are, so it takes neither --draft nor --starter.",
            "To begin with the draft, name another folder: `milepost start LAB FOLDER --draft`.",
        )
    with connect() as client:
        found = get_lab(client, lab)
        if found.closed_at is not None:
            say(make_console(stderr=True), _CLOSED.format(title=found.title))
        if renew:
            _renew(client, found, folder)
        else:
            target = folder or Path(found.slug)
            _begin(client, found, target, stack, wants_draft=draft)
            if git:
                _keep_in_git(client, found, target)
            if is_in_checkout(target):
                _warn_of_checkout(found)


def _begin(
    client: Client, lab: Lab, folder: Path, stack: str | None, *, wants_draft: bool | None
) -> None:
    chosen = _choose_stack(client, lab, stack)
    require_free(folder, lab.slug)
    files = choose_files(client, lab, chosen, wants_draft=wants_draft)
    facts = describe(lab, stack=chosen, server=client.url, files=files)
    create_work_folder(folder, lab, facts, client.download_package(lab.slug), files=files)
    console = make_console()
    begun = "begins" if files == lab.starter[chosen] else "goes on with your draft"
    console.print(
        f"{plain(lab.title)} {begun} in {folder}, written in {name_stack(chosen)}.", soft_wrap=True
    )
    others = [name for name in lab.stacks if name != chosen]
    if others and stack is None:
        console.print(f"It can be solved in {name_any(others)} too: add `--stack {others[0]}`.")
    console.print()
    _print_steps(console, folder, files)


def _print_steps(console: Console, folder: Path, files: Collection[str]) -> None:
    work = open_work_folder(folder)
    stack = work.facts.stack
    steps = (
        [("go there", f"cd {shlex.quote(str(folder))}")] if folder.resolve() != Path.cwd() else []
    )
    steps += [
        ("read", f"{work.facts.brief}  what to build, and what is checked"),
        ("write", ", ".join(sorted(files))),
    ]
    if load_package(work).grading.entries[stack].service:
        steps.append(("run", "`milepost serve`  your service, here, with its libraries"))
    steps += [
        ("check", "`milepost check`  the visible checks, here; on every save with --watch"),
        ("hand in", "`milepost submit`  all checks, on the server"),
    ]
    for word, what in steps:
        say(console, f"  {word:<9} {what}")


def _keep_in_git(client: Client, lab: Lab, folder: Path) -> None:
    message = f"Begin the lab {plain(lab.title)}"
    said = make_repository(folder, message=message, ask_name=lambda: client.get_me().name)
    console = make_console()
    console.print()
    console.print(plain(said))


def _warn_of_checkout(lab: Lab) -> None:
    console = make_console()
    console.print()
    say(
        console,
        "This folder lies in Milepost's own, whose `make check` and git now see your files too. "
        f"A better place: `milepost start {lab.slug} ~/{lab.slug}`.",
    )


def _renew(client: Client, lab: Lab, folder: Path | None) -> None:
    work = open_work_folder(folder or Path.cwd())
    if work.facts.lab != lab.slug:
        fail_used_wrongly(
            f"{work.path} is the folder of {work.facts.lab}, not of {lab.slug}.",
            f"Run `milepost start {work.facts.lab} --renew` here.",
        )
    if work.facts.stack not in lab.stacks:
        fail_used_wrongly(
            f"{lab.title} is not graded in {name_stack(work.facts.stack)} any more.",
            f"Begin it anew in {name_any(lab.stacks)}.",
        )
    facts = describe(lab, stack=work.facts.stack, server=client.url)
    is_brief_new = renew_work_folder(work, lab, facts, client.download_package(lab.slug))
    console = make_console()
    if facts.version == work.facts.version:
        console.print("The checks and the brief were the newest already.")
    else:
        console.print(
            "The checks and the brief are the lab's newest now. Your files are as before."
        )
    if not is_brief_new:
        console.print(
            f"{work.facts.brief} is yours by now, so it was left as it is. The newest brief: "
            f"{client.url}/labs/{lab.slug}",
            soft_wrap=True,
        )


def _choose_stack(client: Client, lab: Lab, asked: str | None) -> str:
    if asked is not None and asked not in lab.stacks:
        fail_used_wrongly(
            f"{lab.title} is not graded in {asked}.", f"Choose one of: {', '.join(lab.stacks)}."
        )
    if asked is not None or len(lab.stacks) == 1:
        return asked or lab.stacks[0]
    return next(
        (stack for stack in _track_stacks(client, lab) if stack in lab.stacks), lab.stacks[0]
    )


def _track_stacks(client: Client, lab: Lab) -> list[str]:
    """Return the stacks of the learner's track, the framework's first."""
    track = client.get_me().track
    path = next((path for path in client.list_paths() if path.slug == lab.path), None)
    if track is None or path is None:
        return []
    frameworks = [row.stack for row in path.frameworks if row.slug == track.framework]
    languages = [row.stack for row in path.languages if row.slug == track.language]
    return [stack for stack in (*frameworks, *languages) if stack is not None]
