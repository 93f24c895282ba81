"""A git repository for a work folder, with what the lab gives as its first commit.

Nothing here is needed to learn: without git, or where git refuses, a sentence says so and the
command goes on. Invariant: nothing of the person's is changed outside the folder, no hook and no
file system monitor runs, no text of a server's is taken for an option, and a folder in a repository
already is left to it.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from milepost.cli.output.console import plain

# Nobody's address, on purpose: the domain can never exist (RFC 2606 §2).
_NO_ADDRESS = "learner@milepost.invalid"
_SECONDS = 30
_QUIET = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false")
# What points git to another repository than the one in the folder, as inside a hook.
_MISLEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")


class _GitRefused(RuntimeError):
    """Git did not do what it was asked for; its own last words say why."""


def make_repository(folder: Path, *, message: str, ask_name: Callable[[], str]) -> str:
    """Make a repository of the folder and commit what is in it; say in words what came of it.

    `ask_name` is called only if git knows no name for the person.
    """
    if shutil.which("git") is None:
        return (
            "git is not installed, so the folder is no repository yet; all else works without. "
            "Once it is, `git init` there keeps your steps."
        )
    try:
        around = _find_repository(folder)
        if around is not None:
            return f"The folder lies in your git repository {around}; nothing was committed."
        _init(folder)
        stand_in = _give_name(folder, ask_name)
        _git(folder, "add", "--all", ".")
        _git(folder, "-c", "commit.gpgSign=false", "commit", "--quiet", f"--message={message}")
    except _GitRefused as refusal:
        return f"The files are all there, but git made no first commit of them: {refusal}"
    made = "It is a git repository, and the starter is its first commit."
    return f"{made} {stand_in}" if stand_in else made


def _find_repository(folder: Path) -> str | None:
    try:
        return _git(folder, "rev-parse", "--show-toplevel")
    except _GitRefused:
        return None


def _init(folder: Path) -> None:
    own_branch = _find_setting(folder, "init.defaultBranch")
    branch = () if own_branch else ("-c", "init.defaultBranch=main")
    _git(folder, *branch, "init", "--quiet")


def _give_name(folder: Path, ask_name: Callable[[], str]) -> str:
    """Where git knows no name or address for commits, set one, in this repository only."""
    try:
        for role in ("AUTHOR", "COMMITTER"):
            _git(folder, "-c", "user.useConfigOnly=true", "var", f"GIT_{role}_IDENT")
    except _GitRefused:
        name = _find_setting(folder, "user.name") or plain(ask_name())
        address = _find_setting(folder, "user.email") or _NO_ADDRESS
        _git(folder, "config", "--local", "--", "user.name", name)
        _git(folder, "config", "--local", "--", "user.email", address)
        return (
            f"git did not know you, so commits here are by {name} <{address}>; "
            "`git config user.name` and `git config user.email` change that."
        )
    return ""


def _find_setting(folder: Path, name: str) -> str | None:
    try:
        return _git(folder, "config", "--get", name)
    except _GitRefused:
        return None


def _git(folder: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    try:
        answer = subprocess.run(
            ["git", *_QUIET, *arguments],
            cwd=folder,
            env=environment | {"GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _GitRefused(str(error)) from error
    if answer.returncode != 0:
        said = plain(answer.stderr or answer.stdout).strip().splitlines()
        raise _GitRefused(said[-1] if said else f"it ended with {answer.returncode}.")
    return answer.stdout.strip()
