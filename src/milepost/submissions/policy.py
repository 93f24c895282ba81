"""The rules of handing in: which files are accepted, and what a learner may see of a check.

Files are text. Their names must mean one file on every system, and never leave the folder.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from milepost.catalog.types import LabOffer
from milepost.core.fleet import (
    ISOLATED,
    WorkerState,
    WorkerView,
    service_need,
    stack_need,
)
from milepost.core.queue import Place
from milepost.engine import CheckResult, Outcome, Verdict
from milepost.engine.stacks.descriptions import name_stack
from milepost.labs.names import find_clash, find_path_problem
from milepost.submissions.errors import (
    NOTHING_SENT,
    CheckNotOffered,
    FileNotAccepted,
    NothingSubmitted,
    SubmissionNotWhole,
    SubmissionTooLarge,
)
from milepost.submissions.types import GradingStatus, Misconception, SourceFiles, SubmissionKind

MOST_FILES = 60
LARGEST_FILE_BYTES = 256 * 1024
LARGEST_TOTAL_BYTES = 1024 * 1024
CANCELLED = (
    "This grading was cancelled by the operator of this Milepost before it had a verdict. Your "
    "work is kept and no attempt was used: submit it again, or ask the operator why."
)
TRY_LIFETIME = timedelta(days=1)


def require_acceptable(files: SourceFiles, *, otherwise: str = NOTHING_SENT) -> None:
    """Raise unless `files` can be stored and laid out in a work folder, naming the first fault.

    What did not happen therefore is told by `otherwise`, a sentence.
    """
    if not files:
        raise NothingSubmitted
    _require_sizes(files, otherwise)
    for path, content in files.items():
        problem = find_path_problem(path) or _find_content_problem(path, content)
        if problem:
            raise FileNotAccepted(path, problem, otherwise=otherwise)
    clash = find_clash(files) or _find_file_that_is_a_folder(files)
    if clash:
        raise FileNotAccepted("", clash, otherwise=otherwise)


def require_pickable(
    names: Collection[str], visible: Collection[str], *, lab: str, kind: SubmissionKind
) -> None:
    """Raise unless a run of this kind may be one of the checks with these names alone.

    A submission runs all of them, and what is hidden cannot be picked.
    """
    if kind is SubmissionKind.SUBMISSION:
        raise SubmissionNotWhole
    for name in names:
        if name not in visible:
            raise CheckNotOffered(lab, name)


def estimate_wait(place: Place, typical_seconds: float | None) -> float | None:
    """Return in about how many seconds a waiting job begins; None where nobody can know.

    Its turn comes when as many jobs have ended as it stands behind the free slots.
    """
    if place.position is None or not place.slots:
        return None
    behind = place.position - max(place.slots - place.running, 0)
    if behind <= 0:
        return 0.0
    return None if typical_seconds is None else round(behind * typical_seconds / place.slots, 1)


def list_needs(offer: LabOffer, stack: str) -> tuple[str, ...]:
    """Return what a worker must have to grade a lab in this stack, in the fleet's words.

    Servers run in the isolated tier only, be they the learner's or the lab's.
    """
    has_servers = bool(offer.services) or stack in offer.serving_stacks
    return (
        stack_need(stack),
        *([ISOLATED] if has_servers else []),
        *(service_need(name) for name in sorted(offer.services)),
    )


def explain_wait(needs: Collection[str], workers: Iterable[WorkerView]) -> str:
    """Say to a learner why no worker takes a grading with these needs, and what lets it begin."""
    living = [worker for worker in workers if worker.state is not WorkerState.LOST]
    if not living:
        return (
            "No grading worker is running, so this waits; nothing of it is lost. The operator of "
            "this Milepost starts one with `milepost worker`, or everything with `milepost up`."
        )
    resting = [worker for worker in living if worker.state is WorkerState.RESTING]
    if any(all(worker.has(need) for need in needs) for worker in resting):
        return (
            "The grading workers that could take this rest for up to five minutes, because their "
            "latest runs ended through faults of Milepost's own. They try again by themselves; "
            "until then this waits, and nothing of it is lost. `milepost workers` shows the "
            "operator of this Milepost what went wrong."
        )
    taking = [w for w in living if w.state in {WorkerState.READY, WorkerState.UNFIT}] + resting
    if not taking:
        return (
            "Every grading worker that is running has stopped taking work, for maintenance or an "
            "upgrade, so this waits; nothing of it is lost. `milepost workers` shows the operator "
            "of this Milepost why."
        )
    return (
        f"No grading worker that is running can grade this: {_name_lack(needs, taking)} "
        "It waits, nothing of it is lost, and it begins once a worker can. The operator of this "
        f"Milepost can help: {_name_remedy(needs, taking)}"
    )


def _name_lack(needs: Collection[str], workers: Sequence[WorkerView]) -> str:
    if not any(worker.isolation for worker in workers):
        return "code can't be isolated on their machines."
    lacking = [need for need in needs if not any(w.has(need) for w in workers)]
    names = [_name_need(need) for need in lacking]
    if not names:
        return "none of them has everything that it needs."
    return f"it needs {' and '.join(names)}, which none of them has ready."


def _name_need(need: str) -> str:
    if need == ISOLATED:
        return "the isolated tier, since servers run in it"
    kind, _, name = need.partition(":")
    return f"the {kind} {name_stack(name) if kind == 'stack' else name}"


def _name_remedy(needs: Collection[str], workers: Sequence[WorkerView]) -> str:
    kind, _, name = next(
        (need for need in needs if not any(w.has(need) for w in workers)), ""
    ).partition(":")
    if kind == "stack" and any(worker.isolation for worker in workers):
        return f"`milepost stacks install {name}` on a worker's machine."
    return "`milepost workers` and, on a worker's machine, `milepost doctor` say what is missing."


def find_status(verdict: Verdict | None, attempt: int, retry_at: datetime | None) -> GradingStatus:
    """Return where a grading stands whose newest run is number `attempt`."""
    if verdict is not None:
        return GradingStatus.FINISHED
    is_waiting = attempt == 0 or retry_at is not None
    return GradingStatus.QUEUED if is_waiting else GradingStatus.RUNNING


def redact_hidden(result: CheckResult) -> CheckResult:
    """Return what a learner may see: of a hidden check, its title and outcome alone."""
    if not result.hidden:
        return result
    return replace(
        result,
        message="",
        expected=None,
        got=None,
        detail="",
        evidence=(),
        at_seconds=None,
        duration_seconds=0.0,  # how long it took says something of its inputs
        has_run=True,
        hurried=False,
    )


def find_misconceptions(
    known: Iterable[Mapping[str, Any]],
    outcomes: Mapping[str, Outcome],
    unsure: Collection[str] = (),
) -> tuple[Misconception, ...]:
    """Return the known wrong answers that fail exactly the checks that failed here.

    `known` are a lab version's, each with the names of the checks that it `fails`. Checks that did
    not run, as hidden ones in a try, are not compared, nor `unsure` ones, which had little time.
    Where a run ended early, several may fit; then nobody can tell which, and there is none.
    """
    compared = {
        name: outcome
        for name, outcome in outcomes.items()
        if outcome is not Outcome.NOT_RUN and name not in unsure
    }
    failing = {name for name, outcome in compared.items() if outcome is not Outcome.PASSED}
    alike = {
        flaw["text"]: Misconception(title=flaw["title"], text=flaw["text"])
        for flaw in known
        if failing and compared.keys() & set(flaw["fails"]) == failing
    }
    ended_early = len(compared) < len(outcomes)
    return () if ended_early and len(alike) > 1 else tuple(alike.values())


def _require_sizes(files: SourceFiles, otherwise: str) -> None:
    if len(files) > MOST_FILES:
        raise SubmissionTooLarge(
            f"It has {len(files)} files, and {MOST_FILES} are the most. "
            "Leave out what the lab does not need, such as installed packages.",
            otherwise=otherwise,
            files=len(files),
            limit=MOST_FILES,
        )
    for path, content in files.items():
        if len(content) > LARGEST_FILE_BYTES:
            raise SubmissionTooLarge(
                f"{path[:80]!a} has {len(content):,} bytes, "
                f"and {LARGEST_FILE_BYTES:,} are the most for one file. "
                "Shorten it; data that a program made is no part of a solution.",
                otherwise=otherwise,
                path=path[:80],
                limit=LARGEST_FILE_BYTES,
            )
    total = sum(len(content) for content in files.values())
    if total > LARGEST_TOTAL_BYTES:
        raise SubmissionTooLarge(
            f"Its files have {total:,} bytes together, and {LARGEST_TOTAL_BYTES:,} are the most. "
            "Leave out data that programs made.",
            otherwise=otherwise,
            limit=LARGEST_TOTAL_BYTES,
        )


def _find_content_problem(path: str, content: bytes) -> str | None:
    """Say what keeps a file from being text, and in which line."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return (
            f"{path} is not UTF-8 text: see its line {line}. "
            "Save it as UTF-8, or leave it out if it is binary."
        )
    for place, char in enumerate(text):
        if unicodedata.category(char) == "Cc" and char not in "\t\n\r\f":
            line = text.count("\n", 0, place) + 1
            return (
                f"{path} holds {_name_control(char)} in line {line}, as binary files do. "
                "Delete the character, or leave the file out."
            )
    return None


def _name_control(char: str) -> str:
    named = {"\0": "a NUL character", "\x1a": "a Ctrl-Z (the end mark of old DOS files)"}
    return named.get(char, f"the control character U+{ord(char):04X}")


def _find_file_that_is_a_folder(files: SourceFiles) -> str | None:
    for path in files:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder in files:
                return f"{folder!r} is a file and also the folder of {path!r}. Rename one of them."
    return None
