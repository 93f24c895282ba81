"""What a worker can do on its machine, in the words of `milepost.core.fleet`.

Stacks come and go while a worker runs, so this is looked at again and again; nothing is kept here.
Invariant: what is not ready is not among the words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from milepost.core.fleet import ISOLATED, service_need, stack_need
from milepost.embedded import EmbeddedServerError
from milepost.engine import IsolationStatus, Tier, list_stacks, probe_isolation
from milepost.engine.backing.contract import Component
from milepost.engine.backing.programs import find_program
from milepost.engine.backing.registry import list_components


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a worker has now: the words that jobs ask for, and the same for a person to read."""

    words: tuple[str, ...] = ()
    isolation: str | None = None
    stacks: Mapping[str, str] = field(default_factory=dict)  # name -> version
    problem: str | None = None


Look: TypeAlias = Callable[[], Abilities]


def look_with(tier: str | None, stacks_dir: Path | None) -> Look:
    """Return what looks at this machine, for this tier of isolation and these stacks."""
    return partial(_look_at_machine, tier, stacks_dir)


def _look_at_machine(tier: str | None, stacks_dir: Path | None) -> Abilities:
    status = probe_isolation(tier)
    if status.isolation is None:
        return Abilities(problem=f"Code can't be isolated here: {status.reason} {status.fix}")
    stacks = {stack.name: stack.version for stack in list_stacks(stacks_dir) if stack.ready}
    return Abilities(
        words=(*(stack_need(name) for name in stacks), *_list_servers(status)),
        isolation=str(status.isolation),
        stacks=stacks,
        problem=None if stacks else "No stack is ready here; `milepost doctor` says why.",
    )


def _list_servers(status: IsolationStatus) -> tuple[str, ...]:
    """Return the words for what takes servers; most run in the isolated tier only."""
    if status.isolation is None:
        return ()
    is_isolated = status.isolation.tier is Tier.ISOLATED
    fitting = [each for each in list_components() if is_isolated or not each.isolated_only]
    return (
        *([ISOLATED] if is_isolated else []),
        *(service_need(each.name) for each in fitting if _has_program(each)),
    )


def _has_program(component: Component) -> bool:
    try:
        find_program(component)
    except EmbeddedServerError:
        return False
    return True
