"""What people call stacks, in a sentence. Their slugs are for what is typed.

Invariant: a stack that only a newer server knows is still named, by its slug.
"""

from collections.abc import Iterable

from milepost.engine.stacks.descriptions import name_stack

__all__ = ["name_any", "name_stack"]


def name_any(stacks: Iterable[str]) -> str:
    """Return the names of stacks, one of which may be chosen."""
    return " or ".join(name_stack(stack) for stack in stacks)
