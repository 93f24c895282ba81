"""Grades the cheat and its twin of a case on one engine, and holds both to what the case says.

The twin comes second, so it is also the next run that must be as if nothing had happened.
"""

import json
import textwrap
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from harness.sandboxes import count_subreapers, wait_until_nothing_runs
from harness.stacks import ENTRIES
from milepost.engine import (
    Event,
    GradeReport,
    GradeRequest,
    GradingFinished,
    GradingSpec,
    Outcome,
    Verdict,
)
from milepost.engine.serialize import event_to_json
from security.case import Case, Caught
from security.host import Host
from security.labs import Lab, patient

_IMPORTS = "import pytest\nfrom milepost.engine.checks import *\n"


class Grader(Protocol):
    """What can be tried: the engine, or one that a test of the tests has weakened."""

    def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        """Grade one request."""


class Court:
    """Tries cases against one grader."""

    def __init__(
        self, grader: Grader, host: Host, labs_dir: Path, sandboxes_dir: Path | None = None
    ) -> None:
        self._grader = grader
        self._host = host
        self._labs_dir = labs_dir
        self._sandboxes_dir = sandboxes_dir  # where sandboxes are folders, and no others are

    async def hold(self, case: Case, twin_ends: Caught | None = None) -> None:
        """Raise AssertionError unless the cheat is caught as said and its twin passes.

        A twin that needs what a tier does not have must end as said too.
        """
        report = await self.grade(case.lab, case.stack, case.cheat)
        require_caught(report, case.caught)
        if case.prints is not None:
            assert _printed(report, case.caught.check) == case.prints, _explain(report)
        twin = await self.grade(patient(case.lab), case.stack, case.twin)
        if twin_ends is not None:
            require_caught(twin, twin_ends)
            return
        assert twin.verdict is Verdict.PASSED, ("the twin", _explain(twin))

    async def grade(self, lab: Lab, stack: str, files: str | Mapping[str, str]) -> GradeReport:
        """Grade files against a lab; whatever they do, the host stays whole and nothing runs on."""
        request = self.request(lab, stack, files)
        events = [event async for event in self._grader.grade(request)]
        await wait_until_nothing_runs()
        if self._sandboxes_dir is not None:
            left = [folder.name for folder in self._sandboxes_dir.iterdir()]
            assert len(left) == count_subreapers(), ("sandboxes are left of a run", left)
        said = json.dumps([event_to_json(event) for event in events])
        self._host.require_unharmed(said)
        assert isinstance(events[-1], GradingFinished)
        return events[-1].report

    def request(self, lab: Lab, stack: str, files: str | Mapping[str, str]) -> GradeRequest:
        """Build the request for files, with the host's places filled in."""
        folder = self._lay_out(lab)
        entry = ENTRIES[stack] if lab.is_served else replace(ENTRIES[stack], service=())
        return GradeRequest(
            run_id="corpus",
            lab=folder,
            stack=stack,
            spec=GradingSpec({stack: entry}, lab.limits, services=lab.services),
            files={
                self._fill_in(path, folder): self._fill_in(text, folder).encode()
                for path, text in lab.fill_in(stack, files).items()
            },
            seed=7,
        )

    def _fill_in(self, text: str, lab_folder: Path) -> str:
        for name, place in {**self._host.places, "@LAB@": str(lab_folder)}.items():
            text = text.replace(name, place)
        return textwrap.dedent(text)

    def _lay_out(self, lab: Lab) -> Path:
        """Write a lab's folder, once: its checks stay warm for as long as it does not change."""
        name = blake2b(f"{lab.checks} {lab.data}".encode(), digest_size=8).hexdigest()
        folder = self._labs_dir / f"{lab.kind}-{name}"
        if not folder.exists():
            (folder / "data").mkdir(parents=True)
            (folder / "checks.py").write_text(_IMPORTS + textwrap.dedent(lab.checks))
            for name, content in lab.data.items():
                (folder / "data" / name).write_text(content)
        return folder


def require_caught(report: GradeReport, caught: Caught) -> None:
    """Raise AssertionError unless the verdict and what brought it are exactly as said."""
    assert report.verdict is caught.verdict, _explain(report)
    first = next(check for check in report.checks if check.outcome is not Outcome.PASSED)
    assert (first.name, first.outcome) == (caught.check, caught.outcome), _explain(report)
    assert first.message.startswith(caught.says), _explain(report)
    assert report.limit_hit == caught.limit, _explain(report)


def _printed(report: GradeReport, name: str) -> object:
    """Return what the first program or call of a check has printed."""
    check = next(check for check in report.checks if check.name == name)
    responses = (piece.response for piece in check.evidence)
    return next(each.stdout for each in responses if hasattr(each, "stdout"))


def _explain(report: GradeReport) -> str:
    lines = [f"{report.verdict}, limit {report.limit_hit}: {report.message}"]
    lines += [f"  {check.name} {check.outcome}: {check.message}" for check in report.checks]
    lines += [f"  got {check.got}" for check in report.checks if check.got]
    return "\n".join(lines)
