"""The rules of handing in: which files and which choice of checks are accepted.

Files are text. Their names must mean one file on every system, and never leave the folder.
"""

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

from milepost.engine import Verdict
from milepost.labs.names import find_clash, find_path_problem
from milepost.submissions.errors import (
    NOTHING_SENT,
    CheckNotOffered,
    FileNotAccepted,
    NothingSubmitted,
    SubmissionNotWhole,
    SubmissionTooLarge,
)
from milepost.submissions.types import GradingStatus, SourceFiles, SubmissionKind

MOST_FILES = 60
LARGEST_FILE_BYTES = 256 * 1024
LARGEST_TOTAL_BYTES = 1024 * 1024
CANCELLED = (
    "This grading was cancelled by the operator of this Milepost before it had a verdict. Your "
    "work is kept and no attempt was used: submit it again, or ask the operator why."
)
TRY_LIFETIME = timedelta(days=1)
LONGEST_PAUSE = timedelta(minutes=15)  # in work; after a longer one, what follows is a new spell


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


def find_status(verdict: Verdict | None, attempt: int, retry_at: datetime | None) -> GradingStatus:
    """Return where a grading stands whose newest run is number `attempt`."""
    if verdict is not None:
        return GradingStatus.FINISHED
    is_waiting = attempt == 0 or retry_at is not None
    return GradingStatus.QUEUED if is_waiting else GradingStatus.RUNNING


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
