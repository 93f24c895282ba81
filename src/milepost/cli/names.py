"""What people call a stack. Its slug is for what is typed.

Invariant: a stack that only a newer server knows is still named, by its slug.
"""

from collections.abc import Iterable

from milepost.engine.stacks.descriptions import find_description


def name_stack(stack: str) -> str:
    """Return the title of a stack."""
    description = find_description(stack)
    return stack if description is None else description.title


def name_any(stacks: Iterable[str]) -> str:
    """Return the titles of stacks, one of which may be chosen."""
    return " or ".join(name_stack(stack) for stack in stacks)
