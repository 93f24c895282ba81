"""Cheats: answers that are none, which a lab must refuse whole.

How they are judged lives in `gates`, how they are run in `runner`.
A cheat is data: making one runs nothing of the lab.
"""

from milepost.labs.verification.cheats.by_heart import learn_by_heart, list_called
from milepost.labs.verification.cheats.corpus import Cheat, find_grounds, list_cheats

__all__ = ["Cheat", "find_grounds", "learn_by_heart", "list_called", "list_cheats"]
