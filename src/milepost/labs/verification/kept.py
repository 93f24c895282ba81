"""Results that are kept from one verification of a lab to the next, and what they depend on.

A result counts again only for the same inputs: check, answer, seed, limits, and the sources of
all that grades. What can't be read counts as unknown, and nothing here ever ends a verification.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from milepost.engine import CheckResult, GradeReport, Outcome, Verdict
from milepost.engine.results import decide_verdict
from milepost.engine.serialize import report_from_json, report_to_json, result_from_json, to_json
from milepost.labs.model import Lab
from milepost.labs.verification.check_digests import CheckDigests, digest, digest_checks
from milepost.labs.verification.plan import PlannedRun

_FORMAT = 1
_DAYS = 30  # that a result is kept which nobody has asked for
_NOTES = "notes.json"


class KeptRun:
    """What is known of one run: how its checks ended, each by the digest of what it depends on."""

    def __init__(self, path: Path | None, digests: Mapping[str, str]) -> None:
        self._path = path
        self._digests = digests
        self._said = _read(path) if path is not None else {}

    @property
    def is_unbuilt(self) -> str | None:
        """Say why the compiler refused it, or None where that is not known."""
        refused = self._said.get("unbuilt")
        return refused if isinstance(refused, str) else None

    def list_known(self, names: Iterable[str]) -> dict[str, CheckResult]:
        """Return the results that these checks had with the same inputs."""
        results = {each.name: each for each in self._read_checks()}
        kept = self._said.get("kept", {})
        return {
            name: results[name]
            for name in names
            if name in results and kept.get(name) == self._digests.get(name)
        }

    def find_report(self, checks: Sequence[CheckResult]) -> GradeReport | None:
        """Return the report that these checks belong to."""
        return _compose(self._said.get("report"), checks)

    def find_contradicted(self, results: Iterable[CheckResult]) -> tuple[str, ...]:
        """Name the checks that passed before or do now, and not both, with the same inputs."""
        otherwise = self._said.get("otherwise", {})
        return tuple(
            each.name
            for each in results
            if otherwise.get(each.name)
            == [self._digests.get(each.name), each.outcome is not Outcome.PASSED]
        )

    def keep(self, report: GradeReport | None, checks: Sequence[CheckResult]) -> None:
        """Keep how these checks ended, and the report that they stand in, if there is one."""
        self._said = {
            "report": report_to_json(replace(report, checks=())) if report is not None else None,
            "checks": to_json(list(checks)),
            "kept": {each.name: self._digests.get(each.name) for each in checks},
        }
        self._write()

    def keep_unbuilt(self, reason: str) -> None:
        """Keep that the compiler refused it."""
        self._said = {"unbuilt": reason}
        self._write()

    def remember(self, results: Iterable[CheckResult]) -> None:
        """Note results that are run again each time: one that then ends otherwise is a flake."""
        passed = {
            each.name: [self._digests.get(each.name), each.outcome is Outcome.PASSED]
            for each in results
        }
        if passed:
            self._said["otherwise"] = passed
            self._write()

    def _read_checks(self) -> tuple[CheckResult, ...]:
        try:
            return tuple(result_from_json(each) for each in self._said.get("checks", ()))
        except (KeyError, TypeError, ValueError, AttributeError):
            return ()

    def _write(self) -> None:
        if self._path is not None:
            _write(self._path, self._said)


class KeptResults:
    """What is kept of one lab in a folder; without a folder, nothing is known and nothing kept."""

    def __init__(self, folder: Path | None, lab: Lab, tools: str) -> None:
        self._folder = folder / lab.slug if folder is not None else None
        self._checks: CheckDigests = digest_checks(lab)
        spec = json.dumps(lab.grading.to_json(), sort_keys=True)
        self._base = [str(_FORMAT), tools, self._checks.shared, spec]
        self.notes: dict[str, Any] = _read(self._folder / _NOTES) if self._folder else {}

    def open(self, run: PlannedRun) -> KeptRun:
        """Return what is known of a run with exactly these inputs."""
        family = self._find_family(run)
        path = None if family is None else family / f"{self._name(run)}.json"
        if run.spoil is None:
            return KeptRun(path, self._checks.own)
        spoils = {name: json.dumps(asdict(spoil)) for name, spoil in run.spoil.spoils.items()}
        return KeptRun(
            path,
            {name: f"{own} {spoils.get(name, '')}" for name, own in self._checks.own.items()},
        )

    def forget_alike(self, run: PlannedRun) -> None:
        """Forget all runs of the same answer, with whatever seed."""
        if (family := self._find_family(run)) is not None:
            shutil.rmtree(family, ignore_errors=True)

    def forget_all(self) -> None:
        """Forget what is known of the lab."""
        self.notes = {}
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Write the notes down, and drop what nobody has asked for in a long time."""
        if self._folder is None:
            return
        _write(self._folder / _NOTES, self.notes)
        oldest = time.time() - _DAYS * 24 * 3600
        for path in self._folder.rglob("*.json"):
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _find_family(self, run: PlannedRun) -> Path | None:
        return self._folder / f"{run.kind.value}-{run.name}" if self._folder is not None else None

    def _name(self, run: PlannedRun) -> str:
        parts = [*self._base, run.stack, str(run.seed), str(run.repeat)]
        parts += [part for path in sorted(run.files) for part in (path, digest(run.files[path]))]
        if run.spoil is not None:
            parts.append(f"spoiled with {run.spoil.seed}")
        return digest("\0".join(parts).encode())


def with_checks(report: GradeReport, checks: Sequence[CheckResult]) -> GradeReport:
    """Return a report as it had been, had these checks been run together."""
    if report.verdict is Verdict.LAB_BROKEN or not checks:
        return replace(report, checks=tuple(checks))
    verdict = decide_verdict([each.outcome for each in checks], report.limit_hit)
    return replace(report, checks=tuple(checks), verdict=verdict)


def _compose(document: object, checks: Sequence[CheckResult]) -> GradeReport | None:
    if not isinstance(document, Mapping):
        return None
    try:
        report = report_from_json({**document, "checks": []})
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return with_checks(replace(report, verdict=Verdict.FAILED, limit_hit=None), checks)


def _read(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        os.utime(path)
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _write(path: Path, said: Mapping[str, Any]) -> None:
    """Write a file whole or not at all; where it can't be, the run takes place again next time."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, scratch = tempfile.mkstemp(prefix=".", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(said, stream)
        Path(scratch).replace(path)
