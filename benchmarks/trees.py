"""The trees that can be measured: this one, and a checkout of any other revision beside it.

A tree has an environment and stacks of its own, made by its own scripts, so that an earlier build
runs with the libraries it was released with.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout that has been made ready to run."""

    root: Path
    revision: str

    @property
    def milepost(self) -> Path:
        """Its command."""
        return self.root / ".venv" / "bin" / "milepost"


HERE = Tree(Path(__file__).parents[1], "this tree")


class NoSuchRevision(SystemExit):
    """Git knows no such revision, or it cannot be made ready here."""


@contextmanager
def checked_out(revision: str) -> Iterator[Tree]:
    """Check a revision out into a temporary folder and make it ready; remove it afterwards."""
    commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit is None:
        raise NoSuchRevision(
            f"Git knows no revision {revision!r} here; `git log` and `git tag` list them."
        )
    folder = Path(tempfile.mkdtemp(prefix="milepost-against-"))
    try:
        _git("worktree", "add", "--detach", "--force", str(folder / "tree"), commit)
        tree = Tree(folder / "tree", f"{revision} ({commit[:10]})")
        _make_ready(tree)
        yield tree
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _git("worktree", "prune")


def _make_ready(tree: Tree) -> None:
    """Install what it needs to run: its environment and the libraries of its stacks."""
    for command in (["scripts/bootstrap.sh"], [str(tree.milepost), "stacks", "install"]):
        done = subprocess.run(command, cwd=tree.root, stdout=sys.stderr, check=False)
        if done.returncode:
            raise NoSuchRevision(f"{tree.revision} could not be made ready: see above.")


def _git(*arguments: str) -> str | None:
    """Run git here; return what it printed, or None where it failed."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=HERE.root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None
