"""What was expected and what came, side by side, with the difference marked.

Takes the two texts of a check result and answers with runs of equal and different text; templates
turn those into markup. Invariant: joined, the runs of a side give back that side's text, whole.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from milepost.engine.visible import write_out_both

# Comparing is quadratic at worst: beyond this only the common start and end are told apart.
COMPARED_CHARACTERS = 4000
TOKENS = re.compile(r"\w+|\s|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one side, and whether it differs from the other."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a comparison, as runs."""

    expected: tuple[Run, ...]
    got: tuple[Run, ...]


def compare_texts(expected: str, got: str) -> Sides:
    """Mark the differences of two values, with what can't be seen written out."""
    return mark_differences(*write_out_both(expected, got))


def mark_differences(expected: str, got: str) -> Sides:
    """Tell the words that differ from those that agree."""
    left, right = TOKENS.findall(expected), TOKENS.findall(got)
    if len(expected) + len(got) > COMPARED_CHARACTERS:
        return _mark_middle(left, right)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    one: list[Run] = []
    two: list[Run] = []
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        one.append(Run("".join(left[a0:a1]), tag != "equal"))
        two.append(Run("".join(right[b0:b1]), tag != "equal"))
    return _sides(one, two)


def _mark_middle(left: list[str], right: list[str]) -> Sides:
    shorter = min(len(left), len(right))
    start = next((i for i in range(shorter) if left[i] != right[i]), shorter)
    rest = shorter - start
    end = next((i for i in range(rest) if left[-1 - i] != right[-1 - i]), rest)
    return _sides(
        *(
            [
                Run("".join(side[:start]), differs=False),
                Run("".join(side[start : len(side) - end]), differs=True),
                Run("".join(side[len(side) - end :]), differs=False),
            ]
            for side in (left, right)
        )
    )


def _sides(one: list[Run], two: list[Run]) -> Sides:
    return Sides(tuple(r for r in one if r.text), tuple(r for r in two if r.text))
