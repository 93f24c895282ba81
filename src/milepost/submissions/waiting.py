"""A grading that waits: what it needs of a worker, about how long, and why none takes it.

Decides from what the queue and the fleet are seen to be. Invariant: nobody is told a time that
nobody can know.
"""

from collections.abc import Collection, Iterable, Sequence

from milepost.catalog.outlines import LabOffer
from milepost.core.fleet import (
    ISOLATED,
    WorkerState,
    WorkerView,
    service_need,
    stack_need,
)
from milepost.core.queue import Place
from milepost.engine.backing.registry import needs_isolation
from milepost.engine.stacks.descriptions import choose_services, name_stack


def estimate_wait(place: Place, typical_seconds: float | None) -> float | None:
    """Return in about how many seconds a waiting job begins; None where nobody can know.

    Its turn comes when as many jobs have ended as it stands behind the free slots.
    """
    if place.position is None or not place.slots:
        return None
    behind = place.position - max(place.slots - place.running, 0)
    if behind <= 0:
        return 0.0
    return None if typical_seconds is None else round(behind * typical_seconds / place.slots, 1)


def list_needs(offer: LabOffer, stack: str) -> tuple[str, ...]:
    """Return what a worker must have to grade a lab in this stack, in the fleet's words.

    Servers run in the isolated tier only, be they the learner's or the lab's.
    """
    services = choose_services(offer.services, stack)
    has_servers = needs_isolation(services) or stack in offer.serving_stacks
    return (
        stack_need(stack),
        *([ISOLATED] if has_servers else []),
        *(service_need(name) for name in sorted(services)),
    )


def explain_wait(needs: Collection[str], workers: Iterable[WorkerView]) -> str:
    """Say to a learner why no worker takes a grading with these needs, and what lets it begin."""
    living = [worker for worker in workers if worker.state is not WorkerState.LOST]
    if not living:
        return (
            "No grading worker is running, so this waits; nothing of it is lost. The operator of "
            "this Milepost starts one with `milepost worker`, or everything with `milepost up`."
        )
    resting = [worker for worker in living if worker.state is WorkerState.RESTING]
    if any(all(worker.has(need) for need in needs) for worker in resting):
        return (
            "The grading workers that could take this rest for up to five minutes, because their "
            "latest runs ended through faults of Milepost's own. They try again by themselves; "
            "until then this waits, and nothing of it is lost. `milepost workers` shows the "
            "operator of this Milepost what went wrong."
        )
    taking = [w for w in living if w.state in {WorkerState.READY, WorkerState.UNFIT}] + resting
    if not taking:
        return (
            "Every grading worker that is running has stopped taking work, for maintenance or an "
            "upgrade, so this waits; nothing of it is lost. `milepost workers` shows the operator "
            "of this Milepost why."
        )
    return (
        f"No grading worker that is running can grade this: {_name_lack(needs, taking)} "
        "It waits, nothing of it is lost, and it begins once a worker can. The operator of this "
        f"Milepost can help: {_name_remedy(needs, taking)}"
    )


def _name_lack(needs: Collection[str], workers: Sequence[WorkerView]) -> str:
    if not any(worker.isolation for worker in workers):
        return "code can't be isolated on their machines."
    lacking = [need for need in needs if not any(w.has(need) for w in workers)]
    names = [_name_need(need) for need in lacking]
    if not names:
        return "none of them has everything that it needs."
    return f"it needs {' and '.join(names)}, which none of them has ready."


def _name_need(need: str) -> str:
    if need == ISOLATED:
        return "the isolated tier, since servers run in it"
    kind, _, name = need.partition(":")
    return f"the {kind} {name_stack(name) if kind == 'stack' else name}"


def _name_remedy(needs: Collection[str], workers: Sequence[WorkerView]) -> str:
    kind, _, name = next(
        (need for need in needs if not any(w.has(need) for w in workers)), ""
    ).partition(":")
    if kind == "stack" and any(worker.isolation for worker in workers):
        return f"`milepost stacks install {name}` on a worker's machine."
    return "`milepost workers` and, on a worker's machine, `milepost doctor` say what is missing."
