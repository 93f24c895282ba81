"""What changed between two sets of files: line by line, old beside new, the words marked.

Templates draw it; which files are compared is the page's business. Invariant: comparing takes a
bounded time, whatever somebody has handed in: what is too much is shown as replaced.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, islice
from typing import Literal

from milepost.web.rendering.differences import Run, mark_differences
from milepost.web.rendering.plain_text import to_plain_text

Change = Literal["added", "removed", "changed", "same"]

CONTEXT_LINES = 3
MARKED_CHARACTERS = 400
ALIKE = 0.5
# For all files together. Comparing lines is quadratic at worst: a fifth of a second for so many.
COMPARED_LINES = 2000
SHOWN_ROWS = 1500


@dataclass(frozen=True, slots=True)
class Line:
    """A numbered line of one side."""

    number: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An old line beside the new one that stands in its place; either may be missing."""

    old: Line | None
    new: Line | None

    @property
    def differs(self) -> bool:
        """Whether the sides are not the same line."""
        return self.old is None or self.new is None or self.old.runs != self.new.runs


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file on both sides; `hunks` are the stretches that differ, with what is around each."""

    path: str
    change: Change
    removed: int = 0
    added: int = 0
    hunks: tuple[tuple[Row, ...], ...] = ()
    is_cut: bool = False


def list_blocks(hunk: Sequence[Row]) -> list[list[Row]]:
    """Split a hunk where lines that differ and lines that do not meet."""
    return [list(rows) for _, rows in groupby(hunk, key=lambda row: row.differs)]


@dataclass(slots=True)
class _Budget:
    """What may still be spent on this comparison."""

    rows: int = SHOWN_ROWS
    lines: int = COMPARED_LINES


def compare_files(old: Mapping[str, str], new: Mapping[str, str]) -> list[FileDifference]:
    """Compare two sets of files by path: those that differ first, in the order of their names."""
    budget = _Budget()
    paths = sorted(old.keys() | new.keys())
    compared = [_compare(path, old.get(path), new.get(path), budget) for path in paths]
    return sorted(compared, key=lambda each: each.change == "same")


def _compare(path: str, old: str | None, new: str | None, budget: _Budget) -> FileDifference:
    if old == new:
        return FileDifference(path, "same")
    before, after = _split(old, new)
    opcodes = _find_opcodes(before, after, budget)
    removed = sum(code[2] - code[1] for code in opcodes if code[0] != "equal")
    added = sum(code[4] - code[3] for code in opcodes if code[0] != "equal")
    change: Change = "added" if old is None else "removed" if new is None else "changed"
    hunks = []
    for group in _group(opcodes):
        rows = tuple(islice(_make_all_rows(group, before, after), budget.rows))
        budget.rows -= len(rows)
        hunks.append(rows)
    return FileDifference(
        path, change, removed, added, tuple(filter(None, hunks)), is_cut=budget.rows <= 0
    )


def _split(old: str | None, new: str | None) -> tuple[list[str], list[str]]:
    """Return the lines of both sides; how lines end is only shown where nothing else differs."""
    sides = [old or "", new or ""]
    plain = [side.replace("\r\n", "\n") for side in sides]
    chosen = sides if plain[0] == plain[1] else plain
    before, after = ([*map(to_plain_text, side.split("\n"))] for side in chosen)
    # A file ends with a line feed: what stands behind it is no line, unless only one side has it.
    if before[-1] == after[-1] == "" or None in (old, new):
        before, after = (side[:-1] if side[-1] == "" else side for side in (before, after))
    return before, after


Opcode = tuple[str, int, int, int, int]


def _find_opcodes(before: Sequence[str], after: Sequence[str], budget: _Budget) -> list[Opcode]:
    """Compare what lies between the lines that both begin and end with."""
    shorter = min(len(before), len(after))
    start = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    rest = shorter - start
    end = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
    one, two = before[start : len(before) - end], after[start : len(after) - end]
    if len(one) + len(two) > budget.lines:
        middle: list[Opcode] = [("replace", 0, len(one), 0, len(two))]
    else:
        budget.lines -= len(one) + len(two)
        middle = [*SequenceMatcher(None, one, two).get_opcodes()]
    same_start: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
    last = (len(before) - end, len(before), len(after) - end, len(after))
    same_end: list[Opcode] = [("equal", *last)] if end else []
    moved: list[Opcode] = [
        (tag, a0 + start, a1 + start, b0 + start, b1 + start) for tag, a0, a1, b0, b1 in middle
    ]
    return same_start + moved + same_end


def _group(opcodes: list[Opcode]) -> list[list[Opcode]]:
    """Leave out the middle of what is the same for long: a group is a change and what is around."""
    around = CONTEXT_LINES
    groups: list[list[Opcode]] = [[]]
    for tag, a0, a1, b0, b1 in opcodes:
        if tag != "equal" or a1 - a0 <= 2 * around:
            groups[-1].append((tag, a0, a1, b0, b1))
            continue
        groups[-1].append((tag, a0, a0 + around, b0, b0 + around))
        groups.append([(tag, a1 - around, a1, b1 - around, b1)])
    return [group for group in groups if any(code[0] != "equal" for code in group)]


def _make_all_rows(
    group: list[Opcode], before: Sequence[str], after: Sequence[str]
) -> Iterator[Row]:
    return (row for code in group for row in _make_rows(code, before, after))


def _make_rows(code: Opcode, before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    tag, a0, a1, b0, b1 = code
    for offset in range(max(a1 - a0, b1 - b0)):
        old = before[a0 + offset] if a0 + offset < a1 else None
        new = after[b0 + offset] if b0 + offset < b1 else None
        one, two = _mark(old, new, differs=tag != "equal")
        yield Row(
            None if one is None else Line(a0 + offset + 1, one),
            None if two is None else Line(b0 + offset + 1, two),
        )


Runs = tuple[Run, ...]


def _mark(old: str | None, new: str | None, *, differs: bool) -> tuple[Runs | None, Runs | None]:
    if differs and old and new and len(old) + len(new) <= MARKED_CHARACTERS:
        sides = mark_differences(old, new)
        kept = sum(len(run.text.strip()) for run in sides.expected if not run.differs)
        # Of lines that have little in common, every word would be marked.
        if 2 * kept >= ALIKE * (len(old.strip()) + len(new.strip())):
            return sides.expected, sides.got
    return _as_run(old, differs=differs), _as_run(new, differs=differs)


def _as_run(line: str | None, *, differs: bool) -> Runs | None:
    return None if line is None else (Run(line, differs=differs),)
