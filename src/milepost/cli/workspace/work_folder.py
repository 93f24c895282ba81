"""A learner's folder for one lab: their files, the brief, and `.milepost/` with what checks them.

Invariant: `.milepost/` is ours and may be replaced; everything else is the learner's and is never
overwritten. What a server sent is judged whole, by its names, before any of it is written. Of
`.milepost/`, git keeps what says which lab this is, and not the package: that is the server's,
grows old, and `start --renew` fetches it, as after a clone.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NoReturn

from milepost import client
from milepost.cli.output.console import plain
from milepost.cli.output.problems import fail_ours, fail_used_wrongly
from milepost.cli.workspace.writing import replace_file, write_new
from milepost.core.errors import MilepostError
from milepost.labs import (
    Lab,
    LabInvalid,
    PackageRefused,
    find_obeyed,
    list_package,
    load_lab,
    unpack_lab,
)
from milepost.submissions.errors import NOTHING_SENT
from milepost.submissions.policy import require_acceptable

OWN_FOLDER = ".milepost"
_FACTS = "lab.json"
_PACKAGE = "package"
_BRIEFS = ("README.md", "BRIEF.md")
_REPOSITORY = ".git"  # a folder with nothing but an empty repository can be begun in
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
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
    brief_digest: str = ""  # of the brief as it was written; a folder of an older Milepost has none


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


def describe(lab: client.Lab, *, stack: str, server: str, files: Collection[str] = ()) -> LabFacts:
    """Return the facts of a lab that is begun now, with files of these names."""
    taken = {path.casefold() for path in files}
    return LabFacts(
        lab=lab.slug,
        title=lab.title,
        version=lab.version,
        stack=stack,
        server=server,
        brief=next((name for name in _BRIEFS if name.casefold() not in taken), _BRIEFS[0]),
        hidden_checks=lab.hidden_check_count,
        brief_digest=_digest(plain(lab.brief)),
    )


def create_work_folder(
    folder: Path, lab: client.Lab, facts: LabFacts, package: bytes, *, files: Mapping[str, str]
) -> None:
    """Write the files to begin with, the brief and our own folder: all of it, or nothing.

    Ends the command if the folder is not free, or if the server sent a name that is not safe to
    write.
    """
    require_free(folder, lab.slug)
    _require_safe(files, facts, package)
    was_there = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_new(folder, {".gitignore": _IGNORED, **files, facts.brief: plain(lab.brief)})
        _write_own_folder(folder, facts, package)
    except BaseException:
        _empty(folder, keep_folder=was_there)
        raise


def require_free(folder: Path, slug: str) -> None:
    """End the command unless a lab can be begun here: not among other files, nor in another lab."""
    if os.path.lexists(folder) and not _is_empty(folder):
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
            f"Go out of it, or name a folder elsewhere: `milepost start {slug} FOLDER`.",
        )


def renew_work_folder(work: WorkFolder, lab: client.Lab, facts: LabFacts, package: bytes) -> bool:
    """Replace our own folder and the brief by the lab's newest; the learner's files stay.

    Return whether the brief was replaced: one that the learner has made their own stays as well.
    """
    _require_safe({}, facts, package)
    brief = work.path / work.facts.brief
    for place in (work.path / OWN_FOLDER, brief):
        if place.is_symlink():
            fail_used_wrongly(
                f"{place} is a link, and nothing is written through links.",
                "Take it out of the folder, and run the same again.",
            )
    is_theirs = _is_theirs(brief, work.facts.brief_digest)
    digest = work.facts.brief_digest if is_theirs else facts.brief_digest
    renewed = replace(facts, brief=work.facts.brief, brief_digest=digest)
    _write_own_folder(work.path, renewed, package)
    if not is_theirs:
        replace_file(work.path, renewed.brief, plain(lab.brief))
    return not is_theirs


def _is_theirs(brief: Path, digest: str) -> bool:
    """Whether the file that the brief was written to holds something else by now."""
    if not digest or not brief.is_file():
        return False
    return hashlib.sha256(brief.read_bytes()).hexdigest() != digest


def _require_safe(files: Mapping[str, str], facts: LabFacts, package: bytes) -> None:
    """End the command, before anything is written, unless all that a server sent may be."""
    planned = {facts.brief: "", **files}
    try:
        require_acceptable({path: text.encode() for path, text in planned.items()})
        packed = list_package(package)
    except MilepostError as refusal:
        _refuse(refusal.message.removeprefix(NOTHING_SENT))
    except (PackageRefused, UnicodeEncodeError) as refusal:
        _refuse(str(refusal))
    if facts.brief in files:
        _refuse(f"Its files take both {_BRIEFS[0]} and {_BRIEFS[1]}.")
    if obeyed := find_obeyed(files) or find_obeyed(packed):
        _refuse(obeyed)


def _refuse(problem: str) -> NoReturn:
    fail_ours(
        f"The server sent what is not safe to write, so nothing was written. {problem}",
        "Check that you are logged in to a server that you trust. "
        "If you are, the lab's author can fix this; what is in a draft of yours, you can, on the "
        "lab's page.",
    )


def _write_own_folder(folder: Path, facts: LabFacts, package: bytes) -> None:
    aside = Path(tempfile.mkdtemp(prefix=".milepost-", dir=folder))
    own, old = folder / OWN_FOLDER, aside / "old"
    new = aside / "new"
    try:
        new.mkdir()
        unpack_lab(package, new / _PACKAGE)
        _require_lab(new / _PACKAGE, facts)
        facts_text = json.dumps(asdict(facts), indent=2) + "\n"
        write_new(new, {".gitignore": _OWN_IGNORED, _FACTS: facts_text})
        if own.exists():
            own.rename(old)
        new.rename(own)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _require_lab(package: Path, facts: LabFacts) -> None:
    """End the command unless the package is of this lab and has this stack."""
    try:
        lab = load_lab(package)
    except LabInvalid as problem:
        fail_ours(f"The server's package of this lab can't be used. {problem}")
    if lab.slug != facts.lab or facts.stack not in lab.grading.entries:
        _refuse(f"Its package is of {lab.slug}, and not of {facts.lab} in {facts.stack}.")


def _read_facts(file: Path) -> LabFacts:
    try:
        facts = LabFacts(**json.loads(file.read_text(encoding="utf-8")))
        _require_sound(facts)
    except (OSError, ValueError, TypeError, RecursionError):
        fail_used_wrongly(
            f"{file} can't be read, so it is not known which lab this folder belongs to.",
            "Start the lab in another folder and copy your files there.",
        )
    return facts


def _require_sound(facts: LabFacts) -> None:
    """Raise ValueError for facts that Milepost never wrote, as a stranger's clone may hold."""
    told = asdict(facts)
    if not isinstance(told.pop("hidden_checks"), int) or not all(
        isinstance(value, str) for value in told.values()
    ):
        raise ValueError("a fact of another type")
    if facts.brief not in _BRIEFS or not (
        _SLUG.fullmatch(facts.lab) and _SLUG.fullmatch(facts.stack)
    ):
        raise ValueError("a name that leads elsewhere")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


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
