"""`milepost sql`: statements in a copy of a lab's database, on the server; nothing is recorded.

The server decides which labs have a database and what may be run there.
"""

import sys
import time
from itertools import chain, repeat
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from milepost.cli.commands.options import AsJson
from milepost.cli.output.console import make_console, plain, print_json, say
from milepost.cli.output.problems import ExitCode, fail, fail_used_wrongly
from milepost.cli.output.tables import print_tables
from milepost.cli.workspace.connection import connect, get_lab
from milepost.client import ApiProblem, Client, ConsoleResult

LARGEST_BYTES = 64 * 1024  # as on the server, which has the last word
_PAUSES = (0.15, 0.25, 0.4, 0.7)
_LONGEST_PAUSE = 1.0
_USED_WRONGLY = {"lab_has_no_database", "stack_not_offered", "example_not_accepted"}
_EXITS = {"exited": ExitCode.PASSED, "not_run": ExitCode.OURS}


def sql(
    lab: Annotated[str, typer.Argument(help="A lab or drill that has a database.")],
    statement: Annotated[
        str | None,
        typer.Argument(help="What to run. It can come from standard input, as a file does."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show how the one statement is carried out.")
    ] = False,
    stack: Annotated[
        str | None, typer.Option(help="Of a lab on several databases: `sql` or `mysql`.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run SQL in a copy of a lab's database, or list its tables. Nothing of it is recorded."""
    code = _read_statements(statement, needs_some=plan)
    with connect() as client:
        console = make_console(stderr=True)
        result = _run(client, console, lab=lab, code=code, stack=stack, shows_plan=plan)
    if as_json:
        print_json(result.model_dump(mode="json"))
    else:
        _print(make_console(), result, is_look=not code)
    raise typer.Exit(_EXITS.get(result.ending, ExitCode.FAILED))


def _read_statements(given: str | None, *, needs_some: bool) -> str:
    """Return what is to be run; empty where only the tables are asked for."""
    code = given
    if code is None:
        code = "" if sys.stdin is None or sys.stdin.isatty() else _read_input()
    if not code.strip():
        if given is not None or needs_some:
            fail_used_wrongly(
                "There is no statement to run.",
                'Write one: `milepost sql bookshop "SELECT 1"`. Without any, tables are listed.',
            )
        return ""
    if len(code.encode("utf-8", "surrogateescape")) > LARGEST_BYTES:
        _fail_too_large()
    if any("\udc80" <= letter <= "\udcff" for letter in code):
        fail_used_wrongly("The statements are not UTF-8 text.", "Save the file as UTF-8.")
    return code


def _read_input() -> str:
    content = sys.stdin.buffer.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        _fail_too_large()
    return content.decode("utf-8", "surrogateescape")


def _fail_too_large() -> None:
    fail_used_wrongly(
        f"That is more than the {LARGEST_BYTES:,} bytes that a console takes.",
        "Run a part of it, or all of it in a database on your own machine.",
    )


def _run(
    client: Client, console: Console, *, lab: str, code: str, stack: str | None, shows_plan: bool
) -> ConsoleResult:
    """Return what came of the statements, once the server has run them."""
    get_lab(client, lab)
    try:
        run = client.run_statements(lab=lab, code=code, stack=stack, shows_plan=shows_plan)
    except ApiProblem as problem:
        _explain(client, problem)
        raise
    told = ""
    pauses = chain(_PAUSES, repeat(_LONGEST_PAUSE))
    while run.result is None:
        if run.waits_because and run.waits_because != told:
            told = run.waits_because
            say(console, told)
        time.sleep(next(pauses))
        run = client.get_console_run(run.id)
    return run.result


def _explain(client: Client, problem: ApiProblem) -> None:
    """End the command where the person can do something about what the server says."""
    if problem.code in _USED_WRONGLY:
        fail_used_wrongly(problem.detail)
    if problem.code == "request_not_valid":
        fail(
            f"The Milepost at {client.url} is too old to have consoles.",
            "Whoever runs it can update it.",
        )


def _print(console: Console, result: ConsoleResult, *, is_look: bool) -> None:
    if result.stdout:
        console.print(Text(plain(result.stdout)), soft_wrap=True)
    if result.is_cut:
        say(console, "There is more than is shown here.")
    if is_look and result.tables is not None:
        print_tables(console, result.tables)
    errors = make_console(stderr=True)
    if result.message:
        say(errors, result.message)
    if result.stderr:
        errors.print(Text(plain(result.stderr)), soft_wrap=True)
