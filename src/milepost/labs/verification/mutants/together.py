"""Several mutants made at once, where none of them is expected to be caught.

What is explained as equivalent must pass every check, which takes a whole run. Changes that leave
a solution right one by one leave it right all together, so one run can speak for many of them.
"""

from collections.abc import Mapping, Sequence

from milepost.labs.verification.mutants.making import Mutant


def group_apart(mutants: Sequence[Mutant]) -> list[list[Mutant]]:
    """Put mutants of one solution into as few groups as it takes for no line to change twice."""
    groups: list[list[Mutant]] = []
    for mutant in mutants:
        fitting = (group for group in groups if not any(_meet(mutant, each) for each in group))
        group = next(fitting, None)
        if group is None:
            groups.append([mutant])
        else:
            group.append(mutant)
    return groups


def apply_together(mutants: Sequence[Mutant]) -> Mapping[str, bytes]:
    """Return the files of the solution with all of these changes, none of which overlap."""
    files = dict(mutants[0].original)
    for mutant in sorted(mutants, key=lambda each: each.edit.start, reverse=True):
        content, edit = files[mutant.path], mutant.edit
        files[mutant.path] = content[: edit.start] + edit.new + content[edit.end :]
    return files


def _meet(one: Mutant, other: Mutant) -> bool:
    return one.path == other.path and bool({*_list_lines(one)} & {*_list_lines(other)})


def _list_lines(mutant: Mutant) -> range:
    changed = mutant.original[mutant.path][mutant.edit.start : mutant.edit.end]
    return range(mutant.line, mutant.line + changed.count(b"\n") + 1)
