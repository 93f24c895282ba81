"""What a statement of SQL gives a check: its rows, or the reason why it was refused.

How statements are run is a component's business.
"""

from dataclasses import dataclass

from milepost.engine.checks.rows import Rows


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the database said instead of running it. `position` counts characters from 1."""

    message: str
    code: str
    detail: str
    hint: str
    position: int | None
    constraint: str


@dataclass(frozen=True, slots=True)
class Ran:
    """What one statement gave. `row_count` is None where a statement has none."""

    command: str
    rows: Rows
    row_count: int | None
    refusal: Refusal | None
