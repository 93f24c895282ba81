"""Turns folders into labs, or into sentences that say why they are none.

Each file's own rules live beside its reader (`manifest`, `checks_file`, `answers`, `tree`).
Loading runs no code of a lab, and one broken lab never stops the others.
"""

import ast
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from milepost.engine.checks.files import FOLDER as CHECKS_FOLDER
from milepost.engine.checks.files import ONE_FILE
from milepost.labs.answers import read_flaws, read_solutions
from milepost.labs.check_files import find_form_problem, is_check_file, parse_check_files
from milepost.labs.checks_file import CheckBinding, read_checks
from milepost.labs.content_hash import hash_content
from milepost.labs.drill import (
    DRILLS_FOLDER,
    find_flaws_problem,
    find_place_problem,
    list_shape_problems,
    name_drill,
)
from milepost.labs.equivalents import EQUIVALENTS_NAME, Equivalent, read_equivalents
from milepost.labs.hidden_data import refuse_hidden_reads
from milepost.labs.hints import HINTS_NAME, LessonShelf, read_hints
from milepost.labs.manifest import Manifest, read_manifest
from milepost.labs.model import DRILL, BrokenLab, CheckSpec, Flaw, Lab, LabInvalid, Solution
from milepost.labs.names import find_obeyed
from milepost.labs.stripping import refuse_mixed_imports
from milepost.labs.tree import TreeReading

RECORD_NAME = "verified.json"
PACKAGE_NAME = "package.json"  # only in packages: what was left out

_REQUIRED = ("lab.toml", "brief.md")
_KNOWN_FILES = (
    *_REQUIRED,
    ONE_FILE,
    RECORD_NAME,
    PACKAGE_NAME,
    EQUIVALENTS_NAME,
    HINTS_NAME,
)
_KNOWN_FOLDERS = ("starter", "solutions", "flawed", "data", CHECKS_FOLDER)


@dataclass(frozen=True, slots=True)
class _Omissions:
    """What a package says was left out of it; nothing in a folder of an author."""

    visible_only: bool = False
    hidden_checks: int = 0
    content_hash: str = ""
    answers: bool = False  # solutions/ and flawed/ are not looked at


def load_labs(root: Path) -> tuple[list[Lab], list[BrokenLab]]:
    """Load every lab and then every drill of all paths, in the order of skills and names."""
    labs: dict[str, Lab] = {}
    broken: list[BrokenLab] = []
    for folder in _list_folders(root):
        try:
            lab = load_lab(folder)
        except LabInvalid as error:
            broken.append(BrokenLab(folder, error.problems))
            continue
        earlier = labs.setdefault(lab.slug, lab)
        if earlier is not lab:
            sentence = f"The slug {lab.slug!r} is taken by {earlier.folder}. Choose another."
            broken.append(BrokenLab(folder, (sentence,)))
    return list(labs.values()), broken


def list_lab_folders(root: Path) -> dict[str, Path]:
    """List the folders of the labs, then of the drills, of all paths, by what each is called."""
    return {
        name_drill(folder) if folder.parent.name == DRILLS_FOLDER else folder.name: folder
        for folder in _list_folders(root)
    }


def load_lab(
    folder: Path, *, objectives: Collection[str] | None = None, with_answers: bool = True
) -> Lab:
    """Load one lab; raises LabInvalid with a sentence for each problem.

    Without answers, neither right nor wrong ones are read, so it may lack them still.
    Objectives are checked against the path that the folder lies in, or against those given.
    A folder outside any path, such as an unpacked package, can't be checked for that.
    """
    problems: list[str] = []
    files = _read_files(folder, problems)
    omitted = _read_omissions(files.pop(PACKAGE_NAME, None), problems)
    omitted = replace(omitted, answers=omitted.visible_only or not with_answers)
    record = files.pop(RECORD_NAME, b"")
    missing = [f"{name} is missing. Every lab has one." for name in _REQUIRED if name not in files]
    if unclear := find_form_problem(files):
        missing.append(unclear)
    if missing:
        raise LabInvalid(folder, [*problems, *missing])
    known = objectives if objectives is not None else _find_objectives(folder)
    lab = _build_lab(folder, files, omitted, known, problems)
    if problems:
        raise LabInvalid(folder, problems)
    return replace(lab, record=_read_record(record, lab.content_hash))


def _list_folders(root: Path) -> list[Path]:
    return [*sorted(root.glob("*/*/labs/*/")), *sorted(root.glob(f"*/*/{DRILLS_FOLDER}/*/"))]


def list_objectives(path_folder: Path) -> frozenset[str]:
    """List the objectives of a path as `skill.objective`, from the skills' own files.

    A skill that can't be read has none, so only the labs that need it are refused.
    """
    found: set[str] = set()
    for file in path_folder.glob("*/skill.toml"):
        with suppress(OSError, ValueError, KeyError, TypeError):  # TOML and UTF-8 faults included
            skill = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= {f"{skill['slug']}.{item['slug']}" for item in skill["objectives"]}
    return frozenset(found)


def _find_objectives(folder: Path) -> frozenset[str] | None:
    path_folder = _find_path_folder(folder)
    return None if path_folder is None else list_objectives(path_folder)


def _find_path_folder(folder: Path) -> Path | None:
    # content/<path>/<skill>/labs/<lab>, or drills/<objective>
    parents = folder.resolve().parents
    if len(parents) > 2 and (parents[2] / "path.toml").is_file():  # noqa: PLR2004 - see above
        return parents[2]
    return None


def _read_files(folder: Path, problems: list[str]) -> dict[str, bytes]:
    if folder.is_symlink() or not folder.is_dir():
        raise LabInvalid(folder, [f"{folder} is not a folder. Name the folder of a lab."])
    reading = TreeReading(folder)
    try:
        reading.read()
    except OSError as error:
        raise LabInvalid(folder, [f"{error.filename} cannot be read: {error.strerror}."]) from error
    problems += reading.problems
    for name in sorted({path.partition("/")[0] for path in reading.files}):
        known = _KNOWN_FILES if name in reading.files else _KNOWN_FOLDERS
        if name not in known:
            problems.append(
                f"{name} is not part of a lab. Fix its spelling, or move it into data/."
            )
    return reading.files


def _read_omissions(content: bytes | None, problems: list[str]) -> _Omissions:
    if content is None:
        return _Omissions()
    try:
        said = json.loads(content)
        return _Omissions(
            visible_only=not said["include_hidden"],
            hidden_checks=int(said["hidden_checks"]),
            content_hash=str(said["content_hash"]),
        )
    except (ValueError, KeyError, TypeError):
        problems.append(f"{PACKAGE_NAME} is damaged. Fetch the lab again.")
        return _Omissions()


def _read_record(content: bytes, content_hash: str) -> dict[str, Any] | None:
    """Read `verified.json`; one of other content, or a damaged one, says nothing of this lab."""
    try:
        record = json.loads(content)
        return dict(record) if record["content_hash"] == content_hash else None
    except (ValueError, KeyError, TypeError):
        return None


def _build_lab(
    folder: Path,
    files: dict[str, bytes],
    omitted: _Omissions,
    known: Collection[str] | None,
    problems: list[str],
) -> Lab:
    manifest = read_manifest(files["lab.toml"], problems)
    if manifest is None:  # all else would only be echoes of that
        raise LabInvalid(folder, problems)
    trees = parse_check_files(files, [task.slug for task in manifest.tasks], problems)
    if trees is None:
        raise LabInvalid(folder, problems)
    checks = _bind_checks(trees, manifest, omitted, problems)
    _check_manifest(folder, files, manifest, known, problems)
    solutions, flaws = _read_answers(files, manifest, checks, omitted, problems)
    if manifest.kind == DRILL and not omitted.content_hash:
        problems += list_shape_problems(manifest, checks, files)
        if not omitted.answers and (too_few := find_flaws_problem(flaws)):
            problems.append(too_few)
    hidden = omitted.hidden_checks + sum(check.hidden for check in checks)
    return Lab(
        folder=folder,
        slug=manifest.slug,
        title=manifest.title,
        summary=manifest.summary,
        objectives=manifest.objectives,
        difficulty=manifest.difficulty,
        minutes=manifest.minutes,
        stacks=manifest.stacks,
        grading=manifest.grading,
        tasks=manifest.tasks,
        checks=checks,
        brief=_read_brief(files["brief.md"], problems),
        starter_fails=_read_starter_fails(manifest, checks, problems),
        content_hash=omitted.content_hash or hash_content(files),
        hidden_checks=hidden,
        visible_only=omitted.visible_only,
        files=files,
        answers=solutions,
        flaws=flaws,
        kind=manifest.kind,
        equivalents=_read_equivalents(files, omitted, problems),
        hints=read_hints(
            files.get(HINTS_NAME), checks, LessonShelf(_find_path_folder(folder)), problems
        ),
        is_staged=manifest.is_staged,
        shows_answers=manifest.shows_answers,
    )


def _bind_checks(
    trees: Mapping[str, ast.Module], manifest: Manifest, omitted: _Omissions, problems: list[str]
) -> tuple[CheckSpec, ...]:
    binding = CheckBinding([task.slug for task in manifest.tasks], manifest.objectives)
    checks = read_checks(trees, binding, problems)
    refuse_hidden_reads(trees, problems)
    refuse_mixed_imports(trees, problems)
    if checks and all(check.hidden for check in checks):
        problems.append("Every check is hidden, so learners could run none. Let one be visible.")
    bound = {check.task for check in checks}
    problems += [
        f"lab.toml: the task {task.slug!r} has no check, so nothing would prove it."
        " Bind a check to it, or remove it."
        for task in manifest.tasks
        if task.slug not in bound and not omitted.visible_only
    ]
    return checks


def _check_manifest(
    folder: Path,
    files: Mapping[str, bytes],
    manifest: Manifest,
    known: Collection[str] | None,
    problems: list[str],
) -> None:
    # Packages are unpacked where their user likes; an author's folder is named after its lab.
    if known is not None and (misplaced := find_place_problem(folder, manifest)):
        problems.append(misplaced)
    problems += [
        f"lab.toml: `objectives` names {objective!r}, which no skill of this path has."
        " Fix the name, or add it to its skill.toml."
        for objective in manifest.objectives
        if known is not None and objective not in known
    ]
    problems += [
        f"{path} is not UTF-8 text, so no editor could show it. Save it as UTF-8, or remove it."
        for path, content in files.items()
        if (path.startswith("starter/") or is_check_file(path)) and not _is_text(content)
    ]
    if obeyed := find_obeyed(path for path in files if path.startswith("starter/")):
        problems.append(f"{obeyed} No learner's terminal would accept it.")
    problems += [
        f"starter/{stack}/ has no file. Learners on {stack} begin with it."
        for stack in manifest.stacks
        if not any(path.startswith(f"starter/{stack}/") for path in files)
    ]


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _read_answers(
    files: Mapping[str, bytes],
    manifest: Manifest,
    checks: Sequence[CheckSpec],
    omitted: _Omissions,
    problems: list[str],
) -> tuple[tuple[Solution, ...], tuple[Flaw, ...]]:
    if omitted.answers:
        return (), ()
    solutions = read_solutions(files, manifest.stacks, problems)
    return solutions, read_flaws(files, solutions, checks, manifest.objectives, problems)


def _read_equivalents(
    files: Mapping[str, bytes], omitted: _Omissions, problems: list[str]
) -> tuple[Equivalent, ...]:
    return () if omitted.answers else read_equivalents(files.get(EQUIVALENTS_NAME), problems)


def _read_starter_fails(
    manifest: Manifest, checks: Sequence[CheckSpec], problems: list[str]
) -> frozenset[str]:
    names = frozenset(check.name for check in checks)
    if manifest.starter_fails is None:
        return names
    problems += [
        f"lab.toml, [starter]: `fails` names {name!r}, and there is no such check. Fix the name."
        for name in sorted(frozenset(manifest.starter_fails) - names)
    ]
    return frozenset(manifest.starter_fails)


def _read_brief(content: bytes, problems: list[str]) -> str:
    try:
        brief = content.decode("utf-8")
    except UnicodeDecodeError:
        problems.append("brief.md is not UTF-8 text. Save it as UTF-8.")
        return ""
    if not brief.strip():
        problems.append("brief.md is empty. It says what to build, with examples.")
    return brief
