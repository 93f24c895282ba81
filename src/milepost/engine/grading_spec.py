"""How a lab is graded, as one record: read from lab.toml, stored with its version, given to a run.

It is stored as JSON, which names its format. What was stored in an older one is brought up to date
by `spec_formats`, so a version of a lab that was published long ago is graded as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from milepost.engine.limits import Limits, effective_limits


@dataclass(frozen=True, slots=True)
class Entry:
    """How a lab's checks reach the learner's code on one stack."""

    program: tuple[str, ...] = ()  # for example ("python", "report.py")
    module: str | None = None  # the file whose functions `solution` calls
    service: tuple[str, ...] = ()  # starts the HTTP server that `service` speaks to

    @property
    def built_program(self) -> str:
        """The name of the program that a build step makes: what is started, without its folder."""
        first = next((argv[0] for argv in (self.program, self.service) if argv), "main")
        return first.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class GradingSpec:
    """All that decides a grading of a lab, but for its checks and their data."""

    entries: Mapping[str, Entry] = field(default_factory=dict)  # by stack
    limits: Limits = field(default_factory=Limits)
    stack_limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # for one alone
    services: tuple[str, ...] = ()  # what is started beside the learner's code

    def limits_on(self, stack: str, of_stack: Mapping[str, float]) -> Limits:
        """Return what holds on a stack that needs `of_stack` at least."""
        return effective_limits(self.limits, of_stack, self.stack_limits.get(stack, {}))

    def to_json(self) -> dict[str, Any]:
        """Write it as plain JSON, in the newest format."""
        from milepost.engine.spec_formats import FORMAT  # check processes write none

        return {
            "format": FORMAT,
            **{each.name: _write(getattr(self, each.name)) for each in fields(self)},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "GradingSpec":
        """Read what `to_json` wrote, or the manifest of a version that was published before.

        A name that is not known (any more) means nothing, and what is missing is as by default.
        Raises ValueError for a format that is newer than this.
        """
        from milepost.engine.spec_formats import upgrade  # check processes read none

        current = upgrade(document)
        known = {each.name: current[each.name] for each in fields(cls) if each.name in current}
        known["entries"] = {stack: _read_entry(said) for stack, said in current["entries"].items()}
        known["limits"] = Limits.read(current["limits"])
        known["services"] = tuple(current["services"])
        return cls(**known)


def _write(value: Any) -> Any:
    from milepost.engine.serialize import to_json

    return value.to_document() if isinstance(value, Limits) else to_json(value)


def _read_entry(said: Mapping[str, Any]) -> Entry:
    names = [each.name for each in fields(Entry) if each.name in said]
    return Entry(**{name: _freeze(said[name]) for name in names})


def _freeze(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
