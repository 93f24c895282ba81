"""Begins a new lab or drill: a small one that is whole and works, to be replaced piece by piece.

`parts` reads what kinds of labs, stacks and components bring for it, `places` finds where it goes,
`writing` puts it together. Invariant: nothing that exists is overwritten, and nothing is left
behind by what is refused.
"""

from milepost.labs.scaffolding.errors import ScaffoldRefused
from milepost.labs.scaffolding.parts import (
    list_kinds,
    list_scaffold_services,
    list_scaffold_stacks,
)
from milepost.labs.scaffolding.writing import Wanted, write_new_lab

__all__ = [
    "ScaffoldRefused",
    "Wanted",
    "list_kinds",
    "list_scaffold_services",
    "list_scaffold_stacks",
    "write_new_lab",
]
