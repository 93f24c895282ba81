"""Mutants: a lab's right answers with one small thing wrong, which its checks should see.

How they are judged lives in `gates`, how they are run in `runner`.
A mutant is data: making one runs nothing of the lab.
"""

from milepost.labs.verification.mutants.making import Mutant, choose_mutants, make_mutants
from milepost.labs.verification.mutants.together import apply_together, group_apart

__all__ = ["Mutant", "apply_together", "choose_mutants", "group_apart", "make_mutants"]
