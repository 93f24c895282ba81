"""How a command ends badly: one sentence on what happened, one on what to do next, an exit code.

Knows the kinds of errors of the packages below, not their subclasses. Invariant: nobody reads a
traceback unless MILEPOST_DEBUG is set, and nothing ends with 0 that did not do what was asked.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from http import HTTPStatus
from pathlib import Path
from typing import NoReturn

import typer

from milepost.cli.output.console import say_error
from milepost.cli.output.delivery import drop_output, flush_output, is_output_fault, prepare_output

SERVER_FIX = (
    "Start it with `milepost up`, check your connection to it, "
    "or name another with `milepost login --server URL`."
)


class ExitCode(IntEnum):
    """What a command's end says to the shell."""

    PASSED = 0
    FAILED = 1
    USED_WRONGLY = 2
    OURS = 3
    INTERRUPTED = 130


def fail(message: str, fix: str = "", *, code: ExitCode = ExitCode.FAILED) -> NoReturn:
    """End the command with a sentence, and another on what to do next."""
    say_error(message)
    if fix:
        say_error(fix)
    raise typer.Exit(code)


def fail_used_wrongly(message: str, fix: str = "") -> NoReturn:
    """End the command: what was asked can't be done, and the person can fix that."""
    fail(message, fix, code=ExitCode.USED_WRONGLY)


def fail_ours(message: str, fix: str = "") -> NoReturn:
    """End the command: Milepost or this installation is at fault."""
    fail(message, fix, code=ExitCode.OURS)


@contextmanager
def explained() -> Iterator[None]:
    """Turn every error that gets this far into its sentences and an exit code."""
    prepare_output()
    try:
        try:
            yield
        finally:
            flush_output()
    except KeyboardInterrupt:
        raise SystemExit(ExitCode.INTERRUPTED) from None
    except Exception as error:
        if os.environ.get("MILEPOST_DEBUG"):
            raise
        message, fix, code = (
            _explain_answer(error) or _explain_surroundings(error) or _explain(error)
        )
        say_error(message)
        if fix:
            say_error(fix)
        raise SystemExit(int(code)) from None


def _explain_answer(error: Exception) -> tuple[str, str, ExitCode] | None:
    """Explain what came, or did not come, from the server that a terminal talks to."""
    from milepost.client import ApiProblem, EnvironmentNotUsable, NotMilepost, ServerUnreachable

    match error:
        case ServerUnreachable():
            return str(error), error.fix or SERVER_FIX, ExitCode.OURS
        case NotMilepost():
            return str(error), error.fix or _NOT_MILEPOST_FIX, ExitCode.USED_WRONGLY
        case EnvironmentNotUsable():
            fix = f"Correct it, or take it away: `unset {error.name}`."
            return str(error), fix, ExitCode.USED_WRONGLY
        case ApiProblem(code="sign_in_required"):
            return _LOGIN_ENDED, "Run `milepost login` again.", ExitCode.USED_WRONGLY
        case ApiProblem():
            is_ours = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            return error.detail, "", ExitCode.OURS if is_ours else ExitCode.USED_WRONGLY
        case _:
            return None


def _explain_surroundings(error: Exception) -> tuple[str, str, ExitCode] | None:
    """Explain what this machine refused: a place to work in, a file, room for the output."""
    if not isinstance(error, OSError):
        return None
    if isinstance(error, BrokenPipeError):
        drop_output()
        return (
            "What reads the output has ended, so the rest of it was not read.",
            "",
            ExitCode.FAILED,
        )
    why = (error.strerror or str(error)).lower()
    if is_output_fault(error):
        drop_output()
        return f"The output could not be written: {why}.", _OUTPUT_FIX, ExitCode.USED_WRONGLY
    if isinstance(error, FileNotFoundError) and not _has_working_folder():
        gone = "The folder that you are in does not exist any more."
        return gone, "Go to another one (`cd ~`), and run the same again.", ExitCode.USED_WRONGLY
    if error.filename is None or isinstance(error.filename, int):
        return None
    name = os.fsdecode(error.filename)
    return f"{name} can't be used: {why}.", _FILE_FIX, ExitCode.USED_WRONGLY


def _has_working_folder() -> bool:
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _explain(error: Exception) -> tuple[str, str, ExitCode]:
    # Imported late: most commands end well, and some never need a database.
    from pydantic import ValidationError

    from milepost.core.backup import BackupError
    from milepost.core.config import SettingUnknown
    from milepost.core.errors import MilepostError
    from milepost.embedded import EmbeddedServerError, FolderInUse, FolderNotUsable

    match error:
        case FolderInUse() | FolderNotUsable():
            return str(error), error.fix, ExitCode.USED_WRONGLY
        case EmbeddedServerError():
            return str(error), error.fix, ExitCode.OURS
        case SettingUnknown() | BackupError():
            return error.message, "", ExitCode.USED_WRONGLY
        case MilepostError():
            return error.message, "", ExitCode.OURS
        case ValidationError():
            return _explain_settings(error), _SETTINGS_FIX, ExitCode.USED_WRONGLY
        case _:
            return _explain_database(error)


def _explain_database(error: Exception) -> tuple[str, str, ExitCode]:
    from milepost.cli.output.database_problems import explain_database_error

    problem = explain_database_error(error)
    if problem is None:
        return f"Milepost made a mistake: {error!r}", _OUR_FIX, ExitCode.OURS
    return problem.message, problem.fix, ExitCode.OURS


def _explain_settings(error: Exception) -> str:
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    reason = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"The setting {name} (MILEPOST_{name}, or its option) is not usable: {reason}."


_OUTPUT_FIX = "Make room where it goes, or send it elsewhere. What the command did is done."
_FILE_FIX = "See who may use it (`ls -ld`), and whether its disk has room."
_NOT_MILEPOST_FIX = "Check the address, and that this program is about as new as the server."
_LOGIN_ENDED = "The server does not know this terminal's login: it was ended, or has expired."
_SETTINGS_FIX = "Give it another value; docs/guides/operators.md describes every setting."
_OUR_FIX = "Run the same with MILEPOST_DEBUG=1 to see where, and please report it."
