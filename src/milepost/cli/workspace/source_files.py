"""Which files of a work folder are the solution: the learner's own, not what tools left behind.

The rules of what is accepted are the server's own (`submissions.policy`), asked before anything
is sent, so that a refusal names the file at once.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.workspace.work_folder import OWN_FOLDER, WorkFolder, is_work_folder, load_package
from milepost.core.errors import MilepostError
from milepost.engine import Entry
from milepost.languages import list_left_by_tools
from milepost.submissions.errors import NOTHING_SENT
from milepost.submissions.policy import LARGEST_FILE_BYTES, MOST_FILES, require_acceptable

_LEFT_BY_TOOLS = list_left_by_tools() | {"Thumbs.db", "desktop.ini"}
_ENDINGS_OF_TOOLS = (".pyc", ".pyo", ".swp", "~")


class FileNotUsable(ValueError):
    """A file can't be a part of a solution, and what to do about it."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


def collect_files(work: WorkFolder, *, otherwise: str) -> dict[str, bytes]:
    """Return the solution's files by relative path.

    Ends the command at the first bad one, with `otherwise` saying what was not done.
    """
    lab = load_package(work)
    starter = lab.starter_files(work.facts.stack)
    ours = {work.facts.brief} - starter.keys()
    found = dict(walk(work.path, "", keep=frozenset(starter)))
    named = {path: file for path, file in found.items() if path not in ours}
    _require_entry(lab.grading.entries[work.facts.stack], named.keys(), starter.keys(), otherwise)
    if len(named) > MOST_FILES:
        fail_used_wrongly(
            f"{otherwise} The folder holds {len(named):,} files, and {MOST_FILES} are the most.",
            "Leave out what the lab does not need, such as installed packages.",
        )
    try:
        files = {path: read_file(file, path) for path, file in named.items()}
        require_acceptable(files)
    except FileNotUsable as refusal:
        fail_used_wrongly(f"{otherwise} {refusal}", refusal.fix)
    except MilepostError as refusal:
        fail_used_wrongly(f"{otherwise} {refusal.message.removeprefix(NOTHING_SENT)}")
    return files


def find_missing(entry: Entry, files: Collection[str], starter: Collection[str]) -> str | None:
    """Return the first file that checks run or call and that is not among these, if any."""
    begun = [word for word in (*entry.program, *entry.service) if word in starter]
    needed = [entry.module] if entry.module else begun
    return next((path for path in needed if path not in files), None)


def _require_entry(
    entry: Entry, files: Collection[str], starter: Collection[str], otherwise: str
) -> None:
    """Refuse files without the one that checks run or call."""
    missing = find_missing(entry, files, starter)
    if missing is not None:
        fail_used_wrongly(
            f"{otherwise} There is no {missing} here, and it is what the checks run.",
            "Write your solution under that name; the lab's page shows the starter.",
        )


def is_of_solution(path: str, work: WorkFolder, starter: frozenset[str]) -> bool:
    """Whether a file of this path, relative to the folder, would be a part of the solution."""
    if path == work.facts.brief and path not in starter:
        return False
    names = path.split("/")
    paths = ("/".join(names[: end + 1]) for end in range(len(names)))
    return all(
        not is_left_by_tools(name) or _is_kept(above, starter)
        for name, above in zip(names, paths, strict=True)
    )


def walk(folder: Path, prefix: str, *, keep: frozenset[str]) -> Iterator[tuple[str, Path]]:
    """List the files below a folder without what tools left there, save what is to be kept."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        path = prefix + entry.name
        if is_left_by_tools(entry.name) and not _is_kept(path, keep):
            continue
        if entry.is_dir(follow_symlinks=False):
            if is_work_folder(Path(entry.path)):
                continue  # another lab's, and no part of this solution
            yield from walk(Path(entry.path), f"{path}/", keep=keep)
        else:
            yield path, Path(entry.path)


def is_left_by_tools(name: str) -> bool:
    """Tell whether a file or folder of this name belongs to a tool, and not to a solution."""
    # A dot in front marks what belongs to tools: .git, .venv, .idea, .DS_Store, .pytest_cache …
    if name.startswith("#") and name.endswith("#"):  # Emacs keeps what is not saved yet so
        return True
    return name.startswith(".") or name in _LEFT_BY_TOOLS or name.endswith(_ENDINGS_OF_TOOLS)


def _is_kept(path: str, keep: frozenset[str]) -> bool:
    """Whether the starter has this file, or files in this folder: then it is the solution's."""
    if path == OWN_FOLDER:
        return False
    return path in keep or any(kept.startswith(f"{path}/") for kept in keep)


def read_file(file: Path, path: str) -> bytes:
    """Return what a file holds; raises FileNotUsable, which calls it `path`."""
    if file.is_symlink() or not file.is_file():
        raise FileNotUsable(
            f"{path!a} is a link or no ordinary file.",
            "Put a copy of the file in its place, or take it out of the folder.",
        )
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= LARGEST_FILE_BYTES else b""
    except OSError as error:
        raise FileNotUsable(f"{path!a} can't be read: {error.strerror}.") from error
    if size > LARGEST_FILE_BYTES:
        raise FileNotUsable(
            f"{path!a} has {size:,} bytes, and {LARGEST_FILE_BYTES:,} are the most.",
            "Shorten it; data that a program made is no part of a solution.",
        )
    return content
