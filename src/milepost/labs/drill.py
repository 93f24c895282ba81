"""What makes a lab a drill: small, whole, about one objective, and named after it.

A drill is a lab in every other respect. Packages of drills are not judged here, since what was
published once stays gradable when these rules change.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from milepost.engine import Entry
from milepost.labs.manifest import Manifest
from milepost.labs.model import DRILL, CheckSpec, Flaw, files_below

DRILLS_FOLDER = "drills"
PREFIX = "drill-"
LONGEST_MINUTES = 15
FEWEST_CHECKS, MOST_CHECKS = 2, 5
MOST_STARTER_LINES = 25
FEWEST_FLAWS = 2


def name_drill(folder: Path) -> str:
    """Return the slug of the drill in a folder, which is named after its objective."""
    return PREFIX + folder.name


def find_place_problem(folder: Path, manifest: Manifest) -> str | None:
    """Say why a lab of this kind does not belong into its folder of a path; None where it does."""
    folder = folder.resolve()
    if manifest.kind == DRILL:
        return _find_drills_place_problem(folder, manifest)
    if folder.parent.name == DRILLS_FOLDER:
        return (
            f'lab.toml: it lies in {DRILLS_FOLDER}/, but is no drill. Add `kind = "drill"`, or move'
            " its folder to labs/."
        )
    if manifest.slug and folder.name != manifest.slug:
        return (
            f"lab.toml: `slug` is {manifest.slug!r} but the folder is {folder.name!r}."
            " Give both one name."
        )
    return None


def _find_drills_place_problem(folder: Path, manifest: Manifest) -> str | None:
    skill = folder.parents[1].name.partition("-")[2]
    strange = [each for each in manifest.objectives if each.partition(".")[0] != skill]
    if folder.parent.name != DRILLS_FOLDER:
        return (
            f"lab.toml: it is a drill, but lies in {folder.parent.name}/. Move its folder to"
            f" {DRILLS_FOLDER}/."
        )
    if manifest.slug and manifest.slug != name_drill(folder):
        return (
            f"lab.toml: `slug` is {manifest.slug!r} but the folder of the drill is"
            f' {folder.name!r}. Write `slug = "{name_drill(folder)}"`, or rename the folder after'
            " the objective."
        )
    if strange:
        return (
            f"lab.toml: the drill lies in the skill {skill!r}, but practises {strange[0]!r}."
            " Move it to the skill of its objective."
        )
    return None


def list_shape_problems(
    manifest: Manifest, checks: Sequence[CheckSpec], files: Mapping[str, bytes]
) -> Iterator[str]:
    """Say what is too much or too little for a drill, but for its flaws."""
    if len(manifest.objectives) > 1:
        yield (
            f"lab.toml: a drill practises one objective, and `objectives` names"
            f" {len(manifest.objectives)}. Keep one."
        )
    elif manifest.slug.startswith(PREFIX) and manifest.objectives:
        wanted = manifest.slug.removeprefix(PREFIX)
        if manifest.objectives[0].partition(".")[2] != wanted:
            yield (
                f"lab.toml: the drill is named after {wanted!r}, but practises"
                f" {manifest.objectives[0]!r}. Give both one objective."
            )
    if len(manifest.tasks) > 1:
        yield f"lab.toml: a drill has one task, and this has {len(manifest.tasks)}. Keep one."
    if manifest.minutes > LONGEST_MINUTES:
        yield (
            f"lab.toml: `minutes` is {manifest.minutes}, and a drill takes {LONGEST_MINUTES} at"
            " most. Ask for less, or make it a lab."
        )
    if not FEWEST_CHECKS <= len(checks) <= MOST_CHECKS:
        yield (
            f"checks.py: a drill has {FEWEST_CHECKS} to {MOST_CHECKS} checks, and this has"
            f" {len(checks)}. Add or remove some."
        )
    for check in checks:
        if check.hidden:
            yield (
                f"checks.py: {check.name} is hidden, and a drill shows all that it checks."
                " Remove `hidden=True`; draw its inputs from `random`."
            )
    for stack in manifest.stacks:
        yield from _judge_starter(stack, manifest.grading.entries.get(stack), files)


def find_flaws_problem(flaws: Sequence[Flaw]) -> str | None:
    """Say that there are too few wrong answers; None where there are enough."""
    if len(flaws) >= FEWEST_FLAWS:
        return None
    return (
        f"flawed/: a drill has {FEWEST_FLAWS} wrong answers or more, and this has {len(flaws)}."
        " Add what people get wrong here."
    )


def _judge_starter(stack: str, entry: Entry | None, files: Mapping[str, bytes]) -> Iterator[str]:
    """Count the lines of the file that is called or run; where none is named, of all files."""
    starter = files_below(files, f"starter/{stack}/")
    named: set[str] = set()
    if entry is not None:
        named = {*entry.program, *entry.service, *([entry.module] if entry.module else [])}
    own = [path for path in starter if path in named] or list(starter)
    lines = sum(len(starter[path].splitlines()) for path in own)
    if lines > MOST_STARTER_LINES:
        yield (
            f"starter/{stack}/: {' and '.join(own)} {'has' if len(own) == 1 else 'have'} {lines}"
            f" lines, and a drill begins with {MOST_STARTER_LINES} at most. Shorten it, or put"
            " what need not be touched into a file beside it."
        )
