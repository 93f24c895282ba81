"""What is asked of the engine: whose files, against which lab, on which stack, within which limits.

Whether files are acceptable at all (names, sizes) is decided before, by `submissions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from milepost.engine.grading_spec import Entry, GradingSpec
from milepost.engine.limits import Limits

# A run's seed chooses one: enough to be sure of an answer, few enough to be filled only once each.
DATA_SETS = 5


@dataclass(frozen=True, slots=True)
class Spoil:
    """One answer of learner code that is changed on its way to a check."""

    position: int  # among the answers that the check gets, from 0
    place: str  # what of it is changed, such as `exchange GET 200 body.items[].id`
    kind: str  # into what, such as `null`


@dataclass(frozen=True, slots=True)
class SpoilPlan:
    """Tries whether checks stand wrong values: for verifying a lab, never for a learner.

    A check without a spoil gets true answers, and lists what could be spoiled in them. What was
    done is the last piece of each check's evidence, a SpoiledAnswer.
    """

    seed: int
    spoils: Mapping[str, Spoil] = field(default_factory=dict)  # by the name of the check


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """One grading. The same request with the same seed gives the same inputs."""

    run_id: str
    lab: Path  # the folder with checks.py (or checks/ and lab.toml) and data/
    stack: str
    spec: GradingSpec
    files: Mapping[str, bytes]  # relative POSIX path -> content
    seed: int
    include_hidden: bool = True
    only: tuple[str, ...] = ()  # names of the checks to run; empty: all of them
    # Names of checks that run before the others, in this order, be they hidden or not: to verify a
    # lab, never for a learner.
    first: tuple[str, ...] = ()
    spoil: SpoilPlan | None = None
    # Whether its guests may have served other runs that say so, with the same lab folder, stack and
    # limits, and may serve more: to verify a lab, never for a learner.
    shares_guests: bool = False
    # Whether it is likely to be left at its first check that fails: then what would only serve the
    # checks after it is not prepared until some have passed. Each check ends as it does without.
    ends_early: bool = False

    @property
    def entry(self) -> Entry:
        """How checks reach code on this stack; not at all, where the lab does not offer it."""
        return self.spec.entries.get(self.stack, Entry())

    @property
    def services(self) -> tuple[str, ...]:
        """What is started beside the learner's code."""
        # Check processes, which are told, import none of it.
        from milepost.engine.stacks.descriptions import choose_services

        return choose_services(self.spec.services, self.stack)

    @property
    def limits(self) -> Limits:
        """What the run may use."""
        return self.spec.limits

    def with_limits(self, limits: Limits) -> "GradeRequest":
        """Return the same request with these limits, whatever its stack."""
        return replace(self, spec=replace(self.spec, limits=limits, stack_limits={}))
