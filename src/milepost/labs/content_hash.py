"""Names a state of a lab by a hash of its content: of what decides a verdict, or is shown.

Right answers, reasons for mutants and hints do neither. Wrong answers count by what they say of
themselves, not by how they spoil a solution, and alike in each of their two forms: moving a flaw
from a folder into a file makes no new version of a lab.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping

from milepost.labs.equivalents import EQUIVALENTS_NAME
from milepost.labs.hints import HINTS_NAME

_EDIT = re.compile(rb"^[ \t]*\[\[[ \t]*edit[ \t]*\]\]", re.MULTILINE)
_UNCOUNTED = (EQUIVALENTS_NAME, HINTS_NAME)  # neither decides a verdict, nor is shown with the lab
_FLAW_FILE = re.compile(r"flawed/([^/]+)\.toml")


def hash_content(files: Mapping[str, bytes]) -> str:
    """Return the hash of a lab's files as a hexadecimal text."""
    digest = hashlib.sha256()
    for path, content in sorted(_list_counted(files)):
        for part in (path.encode(), content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _list_counted(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for path, content in files.items():
        if flaw := _FLAW_FILE.fullmatch(path):
            yield f"flawed/{flaw[1]}/flaw.toml", _leave_out_edits(content)
        elif path.endswith("/flaw.toml") or not _is_answer(path):
            yield path, content


def _is_answer(path: str) -> bool:
    return path.startswith(("solutions/", "flawed/")) or path in _UNCOUNTED


def _leave_out_edits(content: bytes) -> bytes:
    for found in _EDIT.finditer(content):
        said = content[: found.start()]
        try:
            tomllib.loads(said.decode("utf-8"))
        except (ValueError, RecursionError):  # it stands inside a text of several lines
            continue
        return said.rstrip() + b"\n"
    return content
