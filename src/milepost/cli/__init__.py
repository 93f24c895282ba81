"""The command line. A command is one line in `COMMANDS`; its module is imported when asked for.

Commands translate, like endpoints: they call services, the client or the engine. Invariant: a
command ends with 0 (passed, done), 1 (failed), 2 (used wrongly) or 3 (our fault), and never in a
traceback.
"""

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated

import typer

from milepost import __version__
from milepost.cli.problems import explained


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives (`module:function`, or `module:app` for a group) and what it does."""

    target: str
    summary: str


COMMANDS = {
    "up": Command("milepost.cli.up:up", "Start Milepost: database, web and grading workers."),
    "open": Command("milepost.cli.open:open_", "Print another sign-in link."),
    "doctor": Command("milepost.cli.doctor:doctor", "Say what is ready, and fix what is not."),
    "stacks": Command(
        "milepost.cli.stacks:app", "List what solutions may be written in, and install it."
    ),
    "web": Command("milepost.cli.web:web", "Serve pages and API from a database, by itself."),
    "login": Command("milepost.cli.login:login", "Let this terminal act for you on a server."),
    "logout": Command("milepost.cli.login:logout", "End this terminal's login."),
    "labs": Command("milepost.cli.labs:app", "List labs (`labs list`); for authors: verify them."),
    "start": Command("milepost.cli.start:start", "Begin a lab in a folder of your own."),
    "serve": Command("milepost.cli.serve:serve", "Run a lab's service here, as checks start it."),
    "check": Command("milepost.cli.check:check", "Run a lab's visible checks here, offline."),
    "submit": Command("milepost.cli.submit:submit", "Hand in, and watch the server's checks."),
    "status": Command("milepost.cli.status:status", "Show how far you are, and where to start."),
    "courses": Command("milepost.cli.courses:app", "List the courses suggested with skills."),
    "course": Command("milepost.cli.courses:course", "Plan, start, finish or forget a course."),
    "regrade": Command(
        "milepost.cli.regrade:regrade", "Grade again what ended through a fault of Milepost's."
    ),
    "migrate": Command(
        "milepost.cli.migrate:migrate", "Bring a database to this Milepost's schema."
    ),
    "backup": Command("milepost.cli.backup:backup", "Write the whole database into one file."),
    "restore": Command("milepost.cli.restore:restore", "Bring a backup into a database."),
    "workers": Command(
        "milepost.cli.workers:app", "List the workers, or have one take no more jobs."
    ),
    "jobs": Command("milepost.cli.jobs:app", "List what waits and runs, or cancel one."),
    "worker": Command("milepost.cli.worker:worker", "Grade submissions from a database's queue."),
}


def main() -> None:
    """Run the command that the arguments name."""
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    with explained():
        compose(asked)()


def compose(asked: str | None) -> typer.Typer:
    """Return the application, with the command that is asked for loaded and the others named."""
    app = typer.Typer(
        name="milepost",
        help="A self-hosted, hands-on path to backend engineering.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for name, command in COMMANDS.items():
        if name == asked:
            _add(app, name, command)
        else:
            app.command(name, help=command.summary)(_not_loaded)
    return app


def _add(app: typer.Typer, name: str, command: Command) -> None:
    module, attribute = command.target.split(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name, help=command.summary)
    else:
        app.command(name)(found)


def _not_loaded() -> None:
    raise RuntimeError("Only the command that is asked for is loaded")


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"Milepost {__version__}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version),
    ] = False,
) -> None:
    """A self-hosted, hands-on path to backend engineering."""
