"""The answers of a lab's version, right and wrong: how they are stored, and read from that again.

Publishing stores them beside the version. Who may see them is decided in `submissions`, which alone
reads them: nothing here asks whether somebody has passed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from milepost.labs import Lab, read_solutions_package


class KnownFlaw(BaseModel):
    """A known wrong answer: what one had in mind, and the files in which it is not `over`."""

    name: str
    title: str
    text: str
    stack: str
    over: str  # the name of the solution that it spoils
    fails: tuple[str, ...]  # the names of checks, hidden ones too
    changed: dict[str, str]  # path -> the whole text, with the mistake in it
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A right answer; the first of a stack is called after it."""

    name: str
    stack: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabAnswers:
    """All answers of a version, the right ones by stack."""

    solutions: tuple[ModelAnswer, ...]
    flaws: tuple[KnownFlaw, ...]


def describe_flaws(lab: Lab) -> list[dict[str, Any]]:
    """Say of each flaw of a lab what it is about, and how it differs from its solution."""
    right = {solution.name: solution.files for solution in lab.solutions()}
    return [
        KnownFlaw(
            name=flaw.name,
            title=flaw.title,
            text=flaw.misconception,
            stack=flaw.stack,
            over=flaw.over,
            fails=tuple(sorted(flaw.fails)),
            changed={
                path: _to_text(content)
                for path, content in sorted(flaw.files.items())
                if right[flaw.over].get(path) != content
            },
            removed=tuple(sorted(right[flaw.over].keys() - flaw.files.keys())),
        ).model_dump(mode="json")
        for flaw in lab.flawed()
    ]


def read_answers(
    package: bytes, flaws: Sequence[Mapping[str, Any]], stacks: Iterable[str]
) -> LabAnswers:
    """Return what is stored of a version's answers as values; `package` holds the solutions."""
    return LabAnswers(
        solutions=tuple(
            ModelAnswer(name, stack, {path: _to_text(each) for path, each in sorted(files.items())})
            for stack in stacks
            for name, files in sorted(read_solutions_package(package, stack).items())
        ),
        flaws=tuple(KnownFlaw.model_validate(flaw) for flaw in flaws),
    )


def _to_text(content: bytes) -> str:
    """Return what can be shown of a file; PostgreSQL stores no NUL in a text."""
    return content.decode("utf-8", errors="replace").replace("\0", "\ufffd")
