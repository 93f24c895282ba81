"""Isolation by bubblewrap: one throw-away sandbox a run, for learner code and for checks alike.

It knows neither labs nor stacks: it is told what to show, what to run and under which user.
Nothing is ever run outside: where isolation is impossible, IsolationUnavailable says why.
"""

from milepost.engine.sandbox.cgroups import Cgroup
from milepost.engine.sandbox.isolation import Isolation, Tier
from milepost.engine.sandbox.process import Sandbox
from milepost.engine.sandbox.seccomp_rules import Inhabitant
from milepost.engine.sandbox.slots import Slot, claim_slot
from milepost.engine.sandbox.spec import SandboxSpec, Scratch

__all__ = [
    "Cgroup",
    "Inhabitant",
    "Isolation",
    "Sandbox",
    "SandboxSpec",
    "Scratch",
    "Slot",
    "Tier",
    "claim_slot",
]
