"""The `program` fixture: runs the learner's program the way a person would in a terminal.

What the program does is only reported: an exit code or an output is for the check to judge.
"""

import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.checks.evidence import clean, describe_file
from milepost.engine.checks.faults import OutputNotJson, ProgramTimedOut
from milepost.engine.checks.guest import RunningProgram
from milepost.engine.checks.run import CheckRun
from milepost.engine.checks.streams import Plan
from milepost.engine.guest.bounded_json import parse_json

_SHOWN = 400


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

    def __init__(self, check: CheckRun) -> None:
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
        argv = (*self._check.settings.program, *arguments)
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
        request = {
            "argv": list(argv),
            "stdin": describe_file(given) if given else None,
            "files": {path: describe_file(content) for path, content in written.items()},
        }
        run: ProgramRun | None = None
        try:
            self._finish(running, argv, seconds)
            run = self._check.take("program", _read_run(running))
        finally:
            running.close()
            self._record(running, run, since, request)
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
        request: Mapping[str, Any],
    ) -> None:
        self._check.note_usage(running)
        line = shlex.join(request["argv"])
        self._check.recorder.record(
            "program",
            line,
            since=since,
            request=request,
            response={
                "exit_code": (running.exit or {}).get("code") if run is None else run.exit_code,
                "stdout": bytes(running.captured["stdout"]) if run is None else run.stdout,
                "stderr": bytes(running.captured["stderr"]) if run is None else run.stderr,
            },
            repeat=f"{line} < input.txt" if request["stdin"] else line,
        )


def _read_run(running: RunningProgram) -> ProgramRun:
    how = running.exit or {}
    return ProgramRun(
        exit_code=int(how["code"]),
        stdout=running.captured["stdout"].decode(errors="replace"),
        stderr=running.captured["stderr"].decode(errors="replace"),
        duration_seconds=float(how["seconds"]),
    )


def _as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
