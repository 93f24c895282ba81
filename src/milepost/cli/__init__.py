"""The command line. A command is one line in `COMMANDS`; its module is imported when asked for.

`commands` translate, like endpoints, over `workspace` (a learner's folder and login) and
`processes` (this machine's Milepost); all print through `output`. Invariant: a command ends with 0
(passed, done), 1 (failed), 2 (used wrongly) or 3 (our fault), and never in a traceback.
"""

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated

import typer

from milepost import __version__
from milepost.cli.output.problems import explained


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives in `commands` (`module:function`, or `module:app` for a group)."""

    target: str
    summary: str


COMMANDS = {
    "up": Command("up:up", "Start Milepost: database, web and grading workers."),
    "open": Command("open:open_", "Print another sign-in link."),
    "doctor": Command("doctor:doctor", "Say what is ready, and fix what is not."),
    "stacks": Command("stacks:app", "List what solutions may be written in, and install it."),
    "components": Command("components:app", "List what labs run against, and build it."),
    "web": Command("web:web", "Serve pages and API from a database, by itself."),
    "login": Command("login:login", "Let this terminal act for you on a server."),
    "logout": Command("login:logout", "End this terminal's login."),
    "labs": Command("labs:app", "List labs (`labs list`); for authors: verify them."),
    "start": Command("start:start", "Begin a lab in a folder of your own."),
    "serve": Command("serve:serve", "Run a lab's service here, as checks start it."),
    "check": Command("check:check", "Run a lab's visible checks here, offline."),
    "submit": Command("submit:submit", "Hand in, and watch the server's checks."),
    "hint": Command("hint:hint", "Open the next hint on a check that failed."),
    "answers": Command("answers:answers", "Show a lab's answers, once you have passed it."),
    "sql": Command("sql:sql", "Run SQL in a copy of a lab's database, or list its tables."),
    "status": Command("status:status", "Show how far you are, and where to start."),
    "progress": Command("progress:progress", "Show what you practised and proved, and the time."),
    "search": Command("search:search", "Find lessons, labs, errors and Milepost's source."),
    "catalog": Command("catalog:app", "For authors: which objectives are covered, and by what."),
    "courses": Command("courses:app", "List the courses suggested with skills."),
    "course": Command("courses:course", "Plan, start, finish or forget a course."),
    "regrade": Command("regrade:regrade", "Grade again what ended through a fault of Milepost's."),
    "migrate": Command("migrate:migrate", "Bring a database to this Milepost's schema."),
    "backup": Command("backup:backup", "Write the whole database into one file."),
    "restore": Command("restore:restore", "Bring a backup into a database."),
    "workers": Command("workers:app", "List the workers, or have one take no more jobs."),
    "jobs": Command("jobs:app", "List what waits and runs, or cancel one."),
    "worker": Command("worker:worker", "Grade submissions from a database's queue."),
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
    found = getattr(import_module(f"{__name__}.commands.{module}"), attribute)
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
