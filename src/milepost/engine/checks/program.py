"""The `program` fixture: runs the learner's program the way a person would in a terminal.

What the program does is only reported: an exit code or an output is for the check to judge.
"""

import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.evidence import clean, describe_input, to_text
from milepost.engine.checks.faults import OutputNotJson, ProgramTimedOut
from milepost.engine.checks.guest_client import RunningProgram
from milepost.engine.checks.streams import Plan
from milepost.engine.evidence.program import ProgramInput, ProgramOutput, RanProgram
from milepost.engine.protocol.bounded_json import parse_json

_SHOWN = 400
_LONGEST_REPEAT = 1000  # what one would still paste into a terminal
_PLAIN = {ord("\n"): "\\n", ord("\\"): "\\\\", ord("%"): "%%"}


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """How one run of the program ended. A negative exit code is the signal that ended it."""

    exit_code: int
    stdout: str
    stderr: str
    duration_seconds: float

    def json(self) -> Any:
        """Read standard output as JSON; what is not JSON fails the check with a sentence."""
        try:
            return parse_json(self.stdout.encode())
        except ValueError as error:
            shown = clean(self.stdout)[:_SHOWN] or "(nothing)"
            raise OutputNotJson(
                f"The program should print JSON, but its output is not JSON: {error}.",
                detail=f"It printed:\n{shown}\n\nOn standard error:\n{clean(self.stderr)[:_SHOWN]}",
            ) from None


class Program:
    """The learner's program."""

    def __init__(self, check: CheckContext) -> None:
        self._check = check

    def run(
        self,
        *arguments: str,
        stdin: str | bytes | None = None,
        files: Mapping[str, str | bytes] | None = None,
        seconds: float | None = None,
    ) -> ProgramRun:
        """Run it once with arguments and input, beside the given files, and wait for its end.

        Raises ProgramTimedOut after `seconds` (else the lab's limit) and LimitReached when it
        uses too much. A program that fails is no error: look at its exit code.
        """
        since = time.monotonic()
        argv = (*self._check.settings.entry.program, *arguments)
        given = _as_bytes(stdin or b"")
        written = {path: _as_bytes(content) for path, content in (files or {}).items()}
        guest = self._check.get_clean_guest()
        for path, content in written.items():
            guest.write(path, content)
        running = self._check.start_program(
            Plan(argv),
            {**self._check.settings.program_environment, **self._check.environment},
            stdin=given,
        )
        request = ProgramInput(
            argv=argv,
            stdin=describe_input(given) if given else None,
            files={path: describe_input(content) for path, content in written.items()},
        )
        run: ProgramRun | None = None
        try:
            self._finish(running, argv, seconds)
            run = self._check.take("program", _read_run(running))
        finally:
            running.close()
            repeat = _write_repeat(shlex.join(argv), given, written)
            self._record(running, run, since, request, repeat)
        return run

    def _finish(
        self, running: RunningProgram, argv: tuple[str, ...], seconds: float | None
    ) -> None:
        allowed = seconds or self._check.settings.limits.run_seconds
        if not running.pump_to_end(time.monotonic() + allowed):
            running.kill()
            raise ProgramTimedOut(
                f"`{shlex.join(argv)}` was still running after {allowed:g} seconds "
                "and was stopped.",
                limit="run_seconds",
            )

    def _record(
        self,
        running: RunningProgram,
        run: ProgramRun | None,
        since: float,
        request: ProgramInput,
        repeat: str | None,
    ) -> None:
        self._check.note_usage(running)
        line = shlex.join(request.argv)
        printed = running.captured
        piece = RanProgram(
            title=line,
            request=request,
            response=ProgramOutput(
                exit_code=_find_code(running) if run is None else run.exit_code,
                stdout=to_text(bytes(printed["stdout"])) if run is None else run.stdout,
                stderr=to_text(bytes(printed["stderr"])) if run is None else run.stderr,
            ),
            repeat=repeat,
        )
        self._check.recorder.record(piece, since=since)


def _find_code(running: RunningProgram) -> int | None:
    return None if running.exit is None else running.exit.code


def _read_run(running: RunningProgram) -> ProgramRun:
    ended = running.exit
    if ended is None:
        raise RuntimeError("this program runs still")
    return ProgramRun(
        exit_code=ended.code,
        stdout=running.captured["stdout"].decode(errors="replace"),
        stderr=running.captured["stderr"].decode(errors="replace"),
        duration_seconds=ended.seconds,
    )


def _write_repeat(line: str, stdin: bytes, files: Mapping[str, bytes]) -> str | None:
    """Return a shell line that makes the files, gives the input and runs the program.

    There is none where it would be too long, or would need folders: a line that names files which
    the learner does not have repeats nothing.
    """
    if len(stdin) + sum(map(len, files.values())) > _LONGEST_REPEAT or any(
        "/" in path for path in files
    ):
        return None
    made = [
        f"printf {_as_format(content)} > {shlex.quote(path)}" for path, content in files.items()
    ]
    ran = f"printf {_as_format(stdin)} | {line}" if stdin else line
    repeat = " && ".join([*made, ran])
    return repeat if len(repeat) <= _LONGEST_REPEAT else None


def _as_format(content: bytes) -> str:
    """Write bytes as a format of `printf`, which takes a leading `-` for an option."""
    shown = (
        _PLAIN.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")  # noqa: PLR2004 - ASCII that is seen
        for byte in content
    )
    text = "".join(shown)
    return shlex.quote(f"\\055{text[1:]}" if text.startswith("-") else text)


def _as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
