"""Isolation by bubblewrap: one throw-away room a run, for learner code and for checks alike.

It knows neither labs nor stacks: it is told what to show, what to run and under which user.
Nothing is ever run outside: where isolation is impossible, IsolationUnavailable says why.
"""

from milepost.engine.sandbox.cgroups import Cgroup
from milepost.engine.sandbox.isolation import Isolation, Tier
from milepost.engine.sandbox.process import Sandbox
from milepost.engine.sandbox.room import Room, Scratch
from milepost.engine.sandbox.seccomp_rules import Inhabitant
from milepost.engine.sandbox.slots import Slot, claim_slot

__all__ = [
    "Cgroup",
    "Inhabitant",
    "Isolation",
    "Room",
    "Sandbox",
    "Scratch",
    "Slot",
    "Tier",
    "claim_slot",
]
