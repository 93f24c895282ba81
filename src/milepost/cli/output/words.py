"""What people call a stack, and how a choice of several is put.

Invariant: the slug of a stack is for what is typed, never for what is read.
"""

from collections.abc import Iterable

from milepost.engine.stacks.descriptions import name_stack

__all__ = ["name_any", "name_stack"]


def name_any(stacks: Iterable[str]) -> str:
    """Return the names of stacks, one of which may be chosen."""
    return " or ".join(name_stack(stack) for stack in stacks)
