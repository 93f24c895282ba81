"""What a new lab is put together from, each part in a folder `scaffold` of whoever it belongs to.

A kind of lab (how checks reach solutions) brings brief, checks and hints; a stack its starter, its
solution and the edits that spoil it; a component a check that uses it. Invariant: nothing is listed
here, so a stack or component that is added can be begun with.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from milepost.engine import backing
from milepost.engine.backing.registry import find_component, list_components
from milepost.engine.stacks.descriptions import find_description, list_names
from milepost.labs.scaffolding.errors import ScaffoldRefused
from milepost.languages import list_left_by_tools

FOLDER = "scaffold"
TEMPLATE = ".template"  # ends the names of files that are no Python before they are filled in
_CHECKS = f".py{TEMPLATE}"
_KINDS = Path(__file__).parent / FOLDER
_COMPONENTS = Path(backing.__file__).parent
_IMPORT = re.compile(r"^from milepost\.engine\.checks import (.+)\n+", re.MULTILINE)
_CHECK = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of lab: what its checks do with a solution."""

    name: str  # of its folder, and of those of the stacks that can begin such a lab
    order: int  # of several that fit, the first is begun with
    says: str  # completes "checks that …"
    fixture: str
    task: str
    graded: str  # what of a solution counts, in a sentence
    flaws: Mapping[str, Sequence[str]]  # the checks that each fails
    with_components: Sequence[str] = ()  # the flaws that also fail the check of a component

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return _KINDS / self.name


@dataclass(frozen=True, slots=True)
class Example:
    """A check that shows how a component is used, as a template."""

    component: str
    text: str
    imports: tuple[str, ...]  # from `milepost.engine.checks`
    checks: tuple[str, ...]  # the names of its functions


@cache
def list_kinds() -> tuple[Kind, ...]:
    """List the kinds of labs, the one that is preferred first."""
    kinds = [_read_kind(file) for file in _KINDS.glob("*/kind.toml")]
    return tuple(sorted(kinds, key=lambda kind: kind.order))


def list_scaffold_stacks() -> tuple[str, ...]:
    """List the stacks that a new lab can begin with."""
    return tuple(stack for stack in list_names() if _list_kinds_of(stack))


def list_scaffold_services() -> tuple[str, ...]:
    """List the components that a new lab can have beside the learner's code."""
    return tuple(component.name for component in list_components())


def find_kind(stacks: Sequence[str], asked: str = "") -> Kind:
    """Find the kind that all these stacks can begin; raises ScaffoldRefused."""
    for stack in stacks:
        _require_stack(stack)
    if asked and asked not in {kind.name for kind in list_kinds()}:
        names = ", ".join(kind.name for kind in list_kinds())
        raise ScaffoldRefused(f"There is no kind of lab {asked!r}.", f"There is: {names}.")
    fitting = [
        kind for kind in list_kinds() if all(kind in _list_kinds_of(each) for each in stacks)
    ]
    chosen = next((kind for kind in fitting if asked in ("", kind.name)), None)
    if chosen is None:
        wanted = f" with checks of the kind {asked!r}" if asked else ""
        raise ScaffoldRefused(
            f"No lab can begin on {' and '.join(stacks)}{wanted}.",
            f"Name stacks of one kind. {describe_kinds()}",
        )
    return chosen


def describe_kinds() -> str:
    """Return which stacks go together, in sentences."""
    return " ".join(
        f"Checks that {kind.says} ({kind.name}): {', '.join(stacks)}."
        for kind in list_kinds()
        if (stacks := [each for each in list_scaffold_stacks() if kind in _list_kinds_of(each)])
    )


def find_stack_folder(stack: str, kind: Kind) -> Path:
    """Return the folder of what a stack brings for a kind."""
    description = find_description(stack)
    if description is None:
        raise KeyError(stack)
    return description.folder / FOLDER / kind.name


def find_example(name: str, kind: Kind) -> Example:
    """Find the check that a component brings for a kind; raises ScaffoldRefused."""
    if find_component(name) is None:
        known = ", ".join(list_scaffold_services())
        raise ScaffoldRefused(f"There is no service {name!r}.", f"There is: {known}.")
    folder = _COMPONENTS / name / FOLDER
    own, every = folder / f"{kind.name}{_CHECKS}", folder / f"every{_CHECKS}"
    file = own if own.is_file() or not kind.with_components else every
    if not file.is_file():
        others = [each.name for each in list_kinds() if _has_example(name, each)]
        instead = f"It has one for checks of the kind {' or '.join(others)}. " if others else ""
        raise ScaffoldRefused(
            f"{name} has no example for checks that {kind.says}.",
            f"{instead}Leave out `--service {name}`; `services` in lab.toml can still name it.",
        )
    text = file.read_text(encoding="utf-8")
    named = [name for line in _IMPORT.findall(text) for name in line.split(", ")]
    return Example(name, _IMPORT.sub("", text), tuple(named), tuple(_CHECK.findall(text)))


def list_files(folder: Path) -> list[str]:
    """List the files of a part below its folder, without the bytecode that installing leaves."""
    left = list_left_by_tools()
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return sorted(name.as_posix() for name in names if left.isdisjoint(name.parts))


def _has_example(component: str, kind: Kind) -> bool:
    folder = _COMPONENTS / component / FOLDER
    shared = bool(kind.with_components) and (folder / f"every{_CHECKS}").is_file()
    return shared or (folder / f"{kind.name}{_CHECKS}").is_file()


def _list_kinds_of(stack: str) -> list[Kind]:
    return [kind for kind in list_kinds() if find_stack_folder(stack, kind).is_dir()]


def _require_stack(stack: str) -> None:
    if find_description(stack) is None:
        known = ", ".join(list_scaffold_stacks())
        raise ScaffoldRefused(f"There is no stack {stack!r}.", f"There is: {known}.")
    if not _list_kinds_of(stack):
        raise ScaffoldRefused(
            f"The stack {stack} brings nothing to begin a lab with.",
            f"Begin on one of {', '.join(list_scaffold_stacks())}, then follow"
            ' "A lab on a new stack" in docs/guides/stacks.md.',
        )


def _read_kind(file: Path) -> Kind:
    """Read a `kind.toml`. Raises TypeError for a key that there isn't."""
    return Kind(name=file.parent.name, **tomllib.loads(file.read_text(encoding="utf-8")))
