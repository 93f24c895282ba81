"""A learner's folder for one lab: their files, the brief, and `.milepost/` with what checks them.

Invariant: `.milepost/` is ours and may be replaced; everything else is the learner's and is never
overwritten. Of `.milepost/`, git keeps what says which lab this is, and not the lab's package: that
is the server's, grows old, and `start --renew` fetches it, as after a clone.
"""

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from milepost import client
from milepost.cli.problems import fail_ours, fail_used_wrongly
from milepost.labs import Lab, LabInvalid, find_path_problem, load_lab, unpack_lab

OWN_FOLDER = ".milepost"
_FACTS = "lab.json"
_PACKAGE = "package"
_REPOSITORY = ".git"  # a folder with nothing but an empty repository can be begun in
_OWN_IGNORED = f"# `milepost start LAB --renew` fetches it again.\n/{_PACKAGE}/\n"
_IGNORED = """\
# What tools leave behind, and what must stay on this machine.
__pycache__/
.venv/
venv/
node_modules
.pytest_cache/
.mypy_cache/
.ruff_cache/
.env
.DS_Store
*.swp
*~
"""


@dataclass(frozen=True, slots=True)
class LabFacts:
    """What a folder remembers of the lab it was made for."""

    lab: str
    title: str
    version: str
    stack: str
    server: str
    brief: str  # the name of the file that the brief was written to
    hidden_checks: int


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """A folder that `milepost start` made."""

    path: Path
    facts: LabFacts

    @property
    def package(self) -> Path:
        """The unpacked lab, with its visible checks."""
        return self.path / OWN_FOLDER / _PACKAGE


def open_work_folder(near: Path) -> WorkFolder:
    """Return the work folder at or above a path, or end the command."""
    start = near.resolve()
    if not start.is_dir():
        fail_used_wrongly(
            f"There is no folder {near}.",
            "Name the folder of a lab; without a name, it is the one that you are in.",
        )
    folders = (start, *start.parents)
    found = next((here for here in folders if is_work_folder(here)), None)
    if found is None:
        fail_used_wrongly(
            f"{start} is not the folder of a lab: neither it nor any above it has a {OWN_FOLDER}.",
            "Go to the folder that `milepost start LAB` made, or run that first.",
        )
    return WorkFolder(found, _read_facts(found / OWN_FOLDER / _FACTS))


def is_work_folder(folder: Path) -> bool:
    """Whether a folder is that of a lab."""
    return (folder / OWN_FOLDER / _FACTS).is_file()


def load_package(work: WorkFolder) -> Lab:
    """Return the folder's unpacked lab, or end the command if it is missing or damaged."""
    renew = f"Run `milepost start {work.facts.lab} --renew` here; your files stay as they are."
    if not work.package.exists():
        fail_used_wrongly("The lab's checks are not in this folder; a clone has none.", renew)
    try:
        return load_lab(work.package)
    except LabInvalid as problem:
        fail_ours(
            f"The lab's package in this folder is damaged. {problem}",
            renew,
        )


def describe(lab: client.Lab, *, stack: str, server: str) -> LabFacts:
    """Return the facts of a lab that is begun now."""
    taken = {path.casefold() for path in lab.starter[stack]}
    return LabFacts(
        lab=lab.slug,
        title=lab.title,
        version=lab.version,
        stack=stack,
        server=server,
        brief="BRIEF.md" if "readme.md" in taken else "README.md",
        hidden_checks=lab.hidden_check_count,
    )


def create_work_folder(folder: Path, lab: client.Lab, facts: LabFacts, package: bytes) -> None:
    """Write the starter, the brief and our own folder: all of it, or nothing.

    Ends the command if the folder holds anything already.
    """
    starter = lab.starter[facts.stack]
    for path in starter:
        if problem := find_path_problem(path):
            fail_ours(f"The server sent a starter file that is not safe to write. {problem}")
    if folder.exists() and not _is_empty(folder):
        fail_used_wrongly(
            f"{folder} exists and is not empty, so nothing was written.",
            "Name another folder: `milepost start LAB FOLDER`. To fetch a lab's newest checks "
            "into a folder you work in, add `--renew`.",
        )
    around = next((above for above in folder.resolve().parents if is_work_folder(above)), None)
    if around is not None:
        fail_used_wrongly(
            f"{folder.resolve()} would lie in the folder of another lab, {around}, "
            "so nothing was written.",
            f"Go out of it, or name a folder elsewhere: `milepost start {lab.slug} FOLDER`.",
        )
    was_there = folder.exists()
    try:
        for path, text in starter.items():
            _write(folder / path, text)
        _write(folder / facts.brief, lab.brief)
        if ".gitignore" not in starter:
            _write(folder / ".gitignore", _IGNORED)
        _write_own_folder(folder, facts, package)
    except BaseException:
        _empty(folder, keep_folder=was_there)
        raise


def renew_work_folder(work: WorkFolder, lab: client.Lab, facts: LabFacts, package: bytes) -> None:
    """Replace our own folder and the brief by the lab's newest; the learner's files stay."""
    _write_own_folder(work.path, facts, package)
    _write(work.path / facts.brief, lab.brief)


def _write_own_folder(folder: Path, facts: LabFacts, package: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".milepost-", dir=folder))
    try:
        aside.chmod(0o755)
        unpack_lab(package, aside / _PACKAGE)
        _write(aside / ".gitignore", _OWN_IGNORED)
        _write(aside / _FACTS, json.dumps(asdict(facts), indent=2) + "\n")
        shutil.rmtree(folder / OWN_FOLDER, ignore_errors=True)
        aside.rename(folder / OWN_FOLDER)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _read_facts(file: Path) -> LabFacts:
    try:
        return LabFacts(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        fail_used_wrongly(
            f"{file} can't be read, so it is not known which lab this folder belongs to.",
            "Start the lab in another folder and copy your files there.",
        )


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and all(child.name == _REPOSITORY for child in folder.iterdir())


def _empty(folder: Path, *, keep_folder: bool) -> None:
    if not keep_folder:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for child in folder.iterdir():
        if child.name == _REPOSITORY:
            continue
        if child.is_dir():
            shutil.rmtree(child, ignore_errors=True)
        else:
            child.unlink(missing_ok=True)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
