"""Reads a folder of answers to one lab, such as last year's submissions: one file or folder each.

Whether an answer can be handed in at all is decided by the rules of a submission. One that can't be
read, or fits no stack, is listed with the reason.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from milepost.cli.workspace.source_files import (
    FileNotUsable,
    find_missing,
    is_left_by_tools,
    read_file,
    walk,
)
from milepost.core.errors import MilepostError
from milepost.labs import Lab
from milepost.submissions.errors import NOTHING_SENT
from milepost.submissions.policy import require_acceptable


@dataclass(frozen=True, slots=True)
class AnswerFiles:
    """One answer: what would be graded, or the reason why it can't be."""

    name: str
    stack: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    reason: str = ""


def read_answers(folder: Path, lab: Lab, stack: str | None) -> list[AnswerFiles]:
    """Read every answer in a folder, in the order of names. OSError if it can't be listed."""
    entries = sorted(each for each in folder.iterdir() if not is_left_by_tools(each.name))
    return [_read_answer(entry, lab, stack) for entry in entries]


def _read_answer(place: Path, lab: Lab, stack: str | None) -> AnswerFiles:
    name = os.fsencode(place.name).decode("utf-8", "backslashreplace")
    try:
        found, files = _read_files(place, lab, stack)
        require_acceptable(files)
    except FileNotUsable as refusal:
        return AnswerFiles(name, reason=f"{refusal} {refusal.fix}".strip())
    except MilepostError as refusal:
        return AnswerFiles(name, reason=refusal.message.removeprefix(NOTHING_SENT).strip())
    except OSError as error:
        return AnswerFiles(name, reason=f"It can't be read: {error.strerror}.")
    return AnswerFiles(name, found, files)


def _read_files(place: Path, lab: Lab, stack: str | None) -> tuple[str, dict[str, bytes]]:
    """Return the stack and the files of an answer; raises FileNotUsable."""
    wanted = [stack] if stack else list(lab.stacks)
    if place.is_dir() and not place.is_symlink():
        keep = frozenset(path for each in wanted for path in lab.starter_files(each))
        files = {path: read_file(file, path) for path, file in walk(place, "", keep=keep)}
        return _require_one(list(_list_fitting(files, lab, wanted)), lab, wanted), files
    content = read_file(place, place.name)
    only = dict(_list_only_files(place.suffix, lab, wanted))
    found = _require_one(list(only), lab, wanted)
    return found, {only[found]: content}


def _list_fitting(files: Mapping[str, bytes], lab: Lab, stacks: list[str]) -> Iterator[str]:
    """List the stacks whose checks would find in these files what they run or call."""
    for stack in stacks:
        starter = lab.starter_files(stack)
        entry = lab.grading.entries[stack]
        begins = entry.module or entry.program or entry.service
        # Where nothing is begun by name, as in SQL, the files have the names of the starter's.
        is_known = begins or not starter.keys().isdisjoint(files)
        if is_known and find_missing(entry, files.keys(), starter.keys()) is None:
            yield stack


def _list_only_files(suffix: str, lab: Lab, stacks: list[str]) -> Iterator[tuple[str, str]]:
    """List the stacks that begin with one file, of this kind, and how it is called there."""
    for stack in stacks:
        starter = list(lab.starter_files(stack))
        if len(starter) == 1 and PurePosixPath(starter[0]).suffix == suffix:
            yield stack, starter[0]


def _require_one(fitting: list[str], lab: Lab, stacks: list[str]) -> str:
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise FileNotUsable(f"It fits {' and '.join(fitting)}. Name one with --stack.")
    needed = "; ".join(f"{stack}: {', '.join(lab.starter_files(stack))}" for stack in stacks)
    raise FileNotUsable(
        f"It does not have the files that the lab begins with ({needed}).",
        "Where that is one file, an answer may be a file of any name with the same ending.",
    )
