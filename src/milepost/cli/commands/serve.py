"""`milepost serve`: a lab's service on this machine, to talk to with a browser or curl.

It is started as checks start it, with the libraries of its stack, but without any sandbox: it is
the person's own code. Nothing is graded here. Invariant: a command that the lab's server chose runs
only after the person has seen it and agreed.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from milepost.cli.output.console import make_console
from milepost.cli.output.problems import ExitCode, fail, fail_ours, fail_used_wrongly
from milepost.cli.processes.ports import bind_once
from milepost.cli.workspace.approvals import approve, is_approved
from milepost.cli.workspace.work_folder import WorkFolder, load_package, open_work_folder
from milepost.client import to_line
from milepost.core.config import get_settings
from milepost.engine import StackUnavailable, find_stacks_dir, load_stack
from milepost.engine.backing.registry import find_components
from milepost.engine.stacks.on_host import HostCommand, translate_command

HOST = "127.0.0.1"
GRADED_PORT = 8000  # where checks find a service, and what their curl lines say
_GRACE_SECONDS = 2


def serve(
    folder: Annotated[Path, typer.Argument(help="A folder that `milepost start` made.")] = Path(),
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where it listens, on 127.0.0.1.")
    ] = GRADED_PORT,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Run the lab's command without asking, in scripts.")
    ] = False,
) -> None:
    """Run your service here, as checks start it, until Ctrl-C."""
    work = open_work_folder(folder)
    service = _require_service(work)
    argv = _at_port(service, port)
    try:
        stack = load_stack(work.facts.stack, find_stacks_dir(get_settings().stacks_dir))
    except StackUnavailable as missing:
        fail_ours(str(missing))
    _require_free(port)
    command = translate_command(stack, argv)
    if not yes:
        _ask_once(work, service)
    _place_link(work.path, command)
    console = make_console()
    console.print(f"PORT={port} {_quote(argv)}", style="bold", soft_wrap=True)
    console.print(f"Your service: http://{HOST}:{port}, with {stack.version}. Ctrl-C stops it.")
    if port != GRADED_PORT:
        console.print(f"The curl lines of checks say {GRADED_PORT}; put {port} there.")
    console.print()
    _run(command, work.path, port)


def _require_service(work: WorkFolder) -> Sequence[str]:
    lab = load_package(work)
    entry = lab.grading.entries[work.facts.stack]
    if not entry.service:
        instead = f"Its checks run `{shlex.join(entry.program)}`." if entry.program else ""
        fail_used_wrongly(f"{lab.title} is no service that could be run.", instead)
    for component in find_components(lab.grading.services):
        if component.address is not None:
            make_console().print(
                f"Checks bring {component.name}; here, your service needs one of your own, at the"
                f" address in {component.address}."
            )
    return entry.service


def _ask_once(work: WorkFolder, service: Sequence[str]) -> None:
    """Show the command and ask, unless it was allowed in this folder before; else end here."""
    server = work.facts.server
    if is_approved(work.path, service, server):
        return
    console = make_console(stderr=True)
    console.print(f"This lab's command, chosen by {to_line(server)}:")
    console.print(f"  {_quote(service)}", style="bold", soft_wrap=True)
    console.print(f"It would run in {work.path}, outside of any sandbox, with all your rights.")
    if not sys.stdin.isatty():
        fail_used_wrongly(
            "It was not run, because there is nobody here to ask.",
            "Add `--yes` where you know the command and trust the server.",
        )
    if not typer.confirm("Run it, now and whenever you serve this folder?", err=True):
        fail_used_wrongly("Nothing was run.")
    approve(work.path, service, server)


def _quote(argv: Sequence[str]) -> str:
    """Show a command as it would be typed; what can't be seen is spelled out."""
    return " ".join(shlex.quote(word) if word.isprintable() else ascii(word) for word in argv)


def _at_port(argv: Sequence[str], port: int) -> list[str]:
    """Put the port in the place of the graded one, as in `--port 8000` or `127.0.0.1:8000`."""
    graded = re.compile(rf"(^|[:=]){GRADED_PORT}$")
    return [graded.sub(rf"\g<1>{port}", word) for word in argv]


def _require_free(port: int) -> None:
    try:
        bind_once(HOST, port)
    except OSError:
        fail_used_wrongly(
            f"Port {port} is in use on this machine, perhaps by a service started earlier.",
            f"Choose another: milepost serve --port {port + 1}",
        )


def _place_link(folder: Path, command: HostCommand) -> None:
    """Link the stack's libraries into the folder, unless the person has installed their own."""
    if command.link is None:
        return
    name, target = command.link
    place = folder / name
    with suppress(OSError):  # the program will say which library it misses
        if place.is_symlink() and place.readlink().parent == target.parent:
            place.unlink()  # ours, perhaps to an earlier version
        if not os.path.lexists(place):
            place.symlink_to(target, target_is_directory=True)


def _run(command: HostCommand, folder: Path, port: int) -> NoReturn:
    environment = os.environ | command.environment | {"PORT": str(port)}
    with subprocess.Popen(command.argv, cwd=folder, env=environment) as service:
        try:
            code = service.wait()
        except KeyboardInterrupt:  # the terminal has told the service too
            _wait_or_end(service)
            raise typer.Exit(ExitCode.INTERRUPTED) from None
    if code != 0:
        fail(f"Your service ended by itself, with {code}.")
    raise typer.Exit(ExitCode.PASSED)


def _wait_or_end(service: subprocess.Popen[bytes]) -> None:
    for end in (service.terminate, service.kill):
        try:
            service.wait(_GRACE_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            end()
