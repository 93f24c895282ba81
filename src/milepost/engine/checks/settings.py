"""What the engine tells a check process about its run.

Nothing of the host is in it: no path, no credential, no other run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.request import Limits, Spoil, SpoilPlan

SECOND = -1  # the number of the guest that takes turns with the one that every run has


@dataclass(frozen=True, slots=True)
class Settings:
    """One run, as its checks need to know it."""

    seed: int
    include_hidden: bool
    started_at: float  # time.monotonic() at the start of the run, which all processes share
    limits: Limits
    program: tuple[str, ...]
    module: str | None
    harness: tuple[str, ...]
    program_environment: Mapping[str, str]
    harness_environment: Mapping[str, str]
    service: tuple[str, ...] = ()
    # Where a check's program starts while the check before it runs: what it loads by then.
    loads_ahead: tuple[str, ...] | None = None
    services: tuple[str, ...] = ()  # what the lab has beside the learner's code
    spoil: SpoilPlan | None = None
    only: tuple[str, ...] = ()  # names of the checks to run; empty: all of them


def settings_from_json(document: Mapping[str, Any]) -> Settings:
    """Read what the engine wrote with `to_json`."""
    known = dict(document)
    known["limits"] = Limits(**known["limits"])
    known["program"] = tuple(known["program"])
    known["services"] = tuple(known["services"])
    known["service"] = tuple(known["service"])
    known["only"] = tuple(known["only"])
    known["harness"] = tuple(known["harness"])
    loads_ahead = known.get("loads_ahead")
    known["loads_ahead"] = None if loads_ahead is None else tuple(loads_ahead)
    known["spoil"] = _read_spoil(known.get("spoil"))
    return Settings(**known)


def _read_spoil(document: Mapping[str, Any] | None) -> SpoilPlan | None:
    if document is None:
        return None
    spoils = {check: Spoil(**spoil) for check, spoil in document["spoils"].items()}
    return SpoilPlan(document["seed"], spoils)
