"""Reads a lab's folder from disk into bytes, refusing what a lab has no business to hold.

What the files mean is decided in `loading`.
Links are never followed, and no more is read than a lab may weigh.
"""

import os
import stat
from pathlib import Path

from milepost.labs.names import find_clash, find_path_problem
from milepost.languages import list_left_by_tools

MOST_FILES = 1000
LARGEST_FILE_BYTES = 2 * 1024 * 1024
LARGEST_LAB_BYTES = 32 * 1024 * 1024

_LEFT_BY_TOOLS = list_left_by_tools() | {".DS_Store"}


class TreeReading:
    """One reading of a folder: the files that were good, and a sentence for each that was not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, bytes] = {}
        self.problems: list[str] = []
        self._total_bytes = 0

    def read(self) -> None:
        """Read everything below the folder; stop early where it is far too much."""
        self._read_folder(self.folder, "")
        if clash := find_clash(self.files):
            self.problems.append(clash)

    def _read_folder(self, folder: Path, prefix: str) -> None:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name in _LEFT_BY_TOOLS:
                continue
            path = prefix + entry.name
            if problem := find_path_problem(path):
                self.problems.append(problem)
            elif entry.is_dir(follow_symlinks=False):
                self._read_folder(Path(entry.path), path + "/")
            else:
                self._read_file(Path(entry.path), path)

    def _read_file(self, file: Path, path: str) -> None:
        facts = file.lstat()
        if stat.S_ISLNK(facts.st_mode):
            self.problems.append(
                f"{path} is a symbolic link, which could show another file's content."
                " Put a copy of the file in its place."
            )
        elif not stat.S_ISREG(facts.st_mode):
            self.problems.append(f"{path} is not an ordinary file. Remove it.")
        elif facts.st_size > LARGEST_FILE_BYTES:
            self.problems.append(
                f"{path} has {facts.st_size} bytes; a file may have {LARGEST_FILE_BYTES}."
                " Generate large inputs in the checks, from the seed."
            )
        elif self._has_room(path, facts.st_size):
            self.files[path] = _read_without_following(file, facts.st_size)

    def _has_room(self, path: str, size: int) -> bool:
        self._total_bytes += size
        if len(self.files) < MOST_FILES and self._total_bytes <= LARGEST_LAB_BYTES:
            return True
        sentence = (
            f"The folder holds more than {MOST_FILES} files or {LARGEST_LAB_BYTES} bytes"
            f" ({path} is beyond that). Remove what the lab does not need."
        )
        if not any(problem.startswith("The folder holds more") for problem in self.problems):
            self.problems.append(sentence)
        return False


def _read_without_following(file: Path, size: int) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(size)
