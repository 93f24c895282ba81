"""Which file names a lab or a package may carry, on every system a learner may have.

Reading files lives in `tree`, packages in `packaging`.
A name that passes here stays inside its folder and means one file everywhere; `find_obeyed` refuses
those that programs act upon though nobody asked them to.
"""

import re
from collections.abc import Iterable

LONGEST_PATH = 200
LONGEST_PART = 100
DEEPEST = 10

_PART = re.compile(r"[A-Za-z0-9._+@ -]+")
_HIDDEN_AND_FINE = frozenset({".dockerignore", ".env.example", ".gitignore"})
_BARE_REPOSITORY = frozenset({"head", "objects", "refs"})
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"com{digit}" for digit in range(1, 10)}
    | {f"lpt{digit}" for digit in range(1, 10)}
)


def find_path_problem(path: str) -> str | None:
    """Say what is wrong with a relative POSIX path, or return None where nothing is."""
    shown = ascii(path[:LONGEST_PATH])
    if not path:
        return "A file has no name. Give it one."
    if path.startswith("/") or "\\" in path or re.match(r"[A-Za-z]:", path):
        return f"{shown} is not a relative path with forward slashes. Name it inside the folder."
    if len(path) > LONGEST_PATH:
        return f"{shown}… is longer than {LONGEST_PATH} characters. Shorten it."
    parts = path.split("/")
    if len(parts) > DEEPEST:
        return f"{shown} lies more than {DEEPEST} folders deep. Flatten it."
    return next((problem for part in parts if (problem := _find_part_problem(part, shown))), None)


def find_clash(paths: Iterable[str]) -> str | None:
    """Say which two paths would be one file where case does not count, or return None."""
    seen: dict[str, str] = {}
    for path in paths:
        earlier = seen.setdefault(path.casefold(), path)
        if earlier != path:
            return f"{earlier!r} and {path!r} are one file on some systems. Rename one of them."
    return None


def find_obeyed(paths: Iterable[str]) -> str | None:
    """Say which path a program would obey unasked in somebody's folder, or return None.

    Hidden names are such: `.git` has hooks and settings that run commands, and so have `.envrc`,
    `.vscode`, `.npmrc` and others. Three names make a folder a git repository without any `.git`.
    """
    inside: dict[str, set[str]] = {}
    for path in paths:
        parts = path.split("/")
        hidden = next((part for part in parts if part.startswith(".")), None)
        if hidden is not None and parts.index(hidden) == len(parts) - 1:
            hidden = None if hidden in _HIDDEN_AND_FINE else hidden
        if hidden is not None:
            return f"{path!a} is hidden, and programs act upon such files unasked. Rename it."
        for depth, part in enumerate(parts):
            inside.setdefault("/".join(parts[:depth]).casefold(), set()).add(part.casefold())
    if any(names >= _BARE_REPOSITORY for names in inside.values()):
        return "It holds a folder that git would take for a repository. Rename its HEAD."
    return None


def _find_part_problem(part: str, shown: str) -> str | None:
    if part in {"", ".", ".."}:
        return f"{shown} holds an empty, '.' or '..' part. Name the file inside the folder."
    if not _PART.fullmatch(part):
        return f"{shown} holds a character that is not a letter, digit, space or one of . _ + @ -."
    if part != part.strip() or part.endswith("."):
        return f"{shown} has a part that begins or ends with a space, or ends with a dot."
    if len(part) > LONGEST_PART:
        return f"{shown} has a part longer than {LONGEST_PART} characters. Shorten it."
    if part.partition(".")[0].casefold() in _DEVICES:
        return f"{shown} is the name of a device on Windows. Choose another."
    return None
