"""A table of cases in one check, and inputs that reach from border to border.

A case is no check of its own: its inputs are drawn while the check runs, the first one that does
not hold ends it, and hints, flaws and records go by the one name that all of them have.
"""

import random as drawing
from collections.abc import Iterator, Mapping
from typing import TypeVar

from milepost.engine.checks.evidence import note

Case = TypeVar("Case")


def cases(table: Mapping[str, Case]) -> Iterator[tuple[str, Case]]:
    """Go through a table, whose keys name its cases in words that a learner reads.

    Each case opens with a line of its own in the evidence, so that a failed check shows which ones
    held, which one did not, and how many were to come.
    """
    if not table:
        raise ValueError("A table without a case judges nothing.")
    for number, (name, case) in enumerate(table.items(), start=1):
        note(f"Case {number} of {len(table)}: {name}")
        yield name, case


def spread(random: drawing.Random, *ranges: tuple[int, int]) -> list[int]:
    """List the first and the last number of each range, and one that is drawn from between.

    A range of fewer than three numbers has all of them.
    """
    return [
        number
        for first, last in ranges
        for number in sorted(
            {first, last, random.randint(first + 1, last - 1)}
            if last - first > 1
            else {first, last}
        )
    ]
