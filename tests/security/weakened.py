"""Graders and sandboxes that are wrong on purpose, to prove that the corpus would notice.

A sandbox is weakened where the engine meets it: a `bwrap` that adds a permission and then calls the
real one, or a subreaper that does not do its work. A grader is weakened by what it believes.
"""

import shutil
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path

import milepost.engine.agent
import milepost.engine.sandbox
from milepost.engine import (
    CheckInfo,
    CheckResult,
    ChecksCollected,
    Event,
    GradeReport,
    GradeRequest,
    GradingFinished,
    Limits,
    Outcome,
    Usage,
    Verdict,
)
from security.court import Grader

_GUEST_CODE = "/opt/milepost/milepost/engine/agent"
_WRAPPER = """#!/bin/sh
# Called as: bwrap --args NUMBER -- PROGRAM...
own=$(dirname "$0"); number=$2; shift 3
exec "$own/bwrap" --args "$number" {more} -- "$@"
"""
_RUN_AND_SHOW = (
    "import pathlib, subprocess\nsubprocess.run(['python', 'main.py'])\n"
    "print(pathlib.Path('result.json').read_text())\n"
)


def write_weak_bwrap(real: Path, folder: Path, more: str) -> Path:
    """Write a bubblewrap that calls the real one with more arguments; `$own` is its folder."""
    folder.chmod(0o755)
    packages = real.parents[2]
    if packages == Path("/"):
        programs = folder / "package" / "bin"
        programs.mkdir(parents=True)
        shutil.copy(real, programs / "bwrap")
    else:  # of a wheel, with libraries beside its package
        package = real.parents[1]
        for each in (package, *packages.glob(f"{package.name}.libs")):
            shutil.copytree(each, folder / each.name)
        programs = folder / package.name / real.parent.name
    weak = programs / "weak-bwrap"
    weak.write_text(_WRAPPER.format(more=more))
    weak.chmod(0o755)
    return weak


def write_untidy_launcher(folder: Path) -> None:
    """Write what makes a launcher leave everything as it is after a program and between checks."""
    own = Path(milepost.engine.agent.__file__).parent
    tidy = {
        "launcher.py": ("            empty(folder)",),
        "tidying.py": ("        os.kill(-1, signal.SIGKILL)", "        while True:"),
    }
    for name, lines in tidy.items():
        text = (own / name).read_text()
        assert all(text.count(line) == 1 for line in lines)
        for line in lines:
            indent = " " * (len(line) - len(line.lstrip()))
            idle = "while False:" if line.endswith(":") else "pass"
            text = text.replace(line, indent + idle)
        (folder / name).write_text(text)


def write_trusting_launcher(folder: Path) -> None:
    """Write what makes a launcher believe every fork of a service that waits for a check."""
    text = (Path(milepost.engine.agent.__file__).parent / "parked.py").read_text()
    (folder / "parked.py").write_text(text + _TRUSTS)


def write_idle_subreaper(folder: Path) -> Path:
    """Write a subreaper that deletes nothing, and answer where it lies."""
    own = Path(milepost.engine.sandbox.__file__).parent
    there = folder / "engine" / "sandbox"
    there.mkdir(parents=True)
    shutil.copy(own / "landlock.py", there)
    subreaper = (own / "subreaper.py").read_text()
    call = '    _remove(order["folder"])\n'
    assert subreaper.count(call) == 1
    (there / "subreaper.py").write_text(subreaper.replace(call, ""))
    return there / "subreaper.py"


_TRUSTS = """
Copy.settle = lambda *_: time.sleep(0.1) is None
Copy.has_slept = Copy.is_unchanged = lambda _: True
_count_free = _survey = lambda _: []
"""
BELIEVES_FORKS = f'--ro-bind "$own/parked.py" {_GUEST_CODE}/parked.py'
SHARES_NETWORK = "--share-net"
SHARES_FILES = '--ro-bind "{bait}" "{bait}"'
LEAVES_TRACES = " ".join(
    f'--ro-bind "$own/{name}" {_GUEST_CODE}/{name}' for name in ("launcher.py", "tidying.py")
)


class Overruled:
    """Grades with the engine, and then believes somebody else."""

    def __init__(self, engine: Grader, believes: Callable[[str], bool]) -> None:
        self._engine = engine
        self._believes = believes

    async def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Grade, and overrule the verdict by what the program printed."""
        async for event in self._engine.grade(self.prepare(request)):
            if isinstance(event, GradingFinished):
                yield GradingFinished(self._overrule(event.report))
            else:
                yield event

    def prepare(self, request: GradeRequest) -> GradeRequest:
        """Change what is asked, if need be."""
        return request

    def _overrule(self, report: GradeReport) -> GradeReport:
        printed = [
            str(getattr(piece.response, "stdout", ""))
            for c in report.checks
            for piece in c.evidence
        ]
        if not any(self._believes(text) for text in printed):
            return report
        checks = tuple(replace(check, outcome=Outcome.PASSED) for check in report.checks)
        return replace(report, verdict=Verdict.PASSED, checks=checks, limit_hit=None)


class TrustsResultFile(Overruled):
    """Believes a file that the program wrote."""

    def prepare(self, request: GradeRequest) -> GradeRequest:
        """Have the file printed after the program."""
        program = ("python", "-c", _RUN_AND_SHOW)
        entries = {request.stack: replace(request.entry, program=program)}
        return replace(request, spec=replace(request.spec, entries=entries))


class LooseLimits(Overruled):
    """Allows a hundred times as much as was asked for."""

    def prepare(self, request: GradeRequest) -> GradeRequest:
        """Raise the limits of size."""
        loose = Limits(disk_bytes=100 * request.limits.disk_bytes, files=100 * request.limits.files)
        return request.with_limits(loose)


class Decided:
    """Says the same of everything, without a look."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    async def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Say what was decided beforehand."""
        result = CheckResult("test_it", "It", "all", (), False, self._outcome)
        yield ChecksCollected((CheckInfo("test_it", "It", "all", False),))
        yield GradingFinished(
            GradeReport(
                verdict=Verdict(self._outcome.value),
                message="",
                checks=(result,),
                limit_hit=None,
                usage=Usage(),
                isolation="none",
                stack_version="",
                engine_version="",
                seed=request.seed,
            )
        )
