"""What one run may use: the limits that every lab has, and how a component adds its own.

A limit is described once, where it is declared: its default, the most that a lab may ask for, and
the words for it. A component declares its limits in its folder (`backing`), and `Limits` keeps the
values of those too, without knowing them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Generic, TypeVar

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
Number = TypeVar("Number", int, float)


class Unit(Enum):
    """What a limit counts, and so how an amount of it is written."""

    COUNT = "{0}"
    SECONDS = "{0:g} seconds"
    KIBIBYTES = "{1} KiB"
    MEBIBYTES = "{2} MiB"

    def write(self, amount: float) -> str:
        """Write an amount, such as "10 seconds" or "64 MiB"."""
        return self.value.format(amount, int(amount) // KIBIBYTE, int(amount) // MEBIBYTE)


@dataclass(frozen=True, slots=True)
class Limit(Generic[Number]):
    """One limit, as its name stands in lab.toml."""

    name: str
    default: Number
    ceiling: float  # no lab may ask for more, whoever wrote it: a run shares its machine
    unit: Unit
    label: str  # what is limited, in a few words
    sentence: str  # that it was reached; `{amount}` stands for its size

    def of(self, limits: "Limits") -> Number:
        """Return its value in the limits of a run."""
        own = getattr(limits, self.name, self.default)
        value = limits.of_components.get(self.name, own)
        return type(self.default)(value)  # JSON may have made a whole number of it, or none

    def describe(self, limits: "Limits") -> str:
        """Return the sentence that it was reached, naming its size."""
        return self.sentence.format(amount=self.unit.write(self.of(limits)))

    def allows(self, value: object) -> bool:
        """Whether lab.toml may set it to this: a number above 0 and within the ceiling."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        is_whole = isinstance(value, int) or self.unit is Unit.SECONDS
        return is_whole and 0 < value <= self.ceiling


def _row(ceiling: float, unit: Unit, label: str, sentence: str) -> Mapping[str, Any]:
    return {"ceiling": ceiling, "unit": unit, "label": label, "sentence": sentence}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. A run that reaches a limit is ended, and told the name of the limit."""

    wall_seconds: float = field(
        default=30.0,
        metadata=_row(
            300,
            Unit.SECONDS,
            "time for the whole run",
            "The whole run took longer than {amount}.",
        ),
    )
    run_seconds: float = field(  # of one run of the program, or one call
        default=10.0,
        metadata=_row(
            120,
            Unit.SECONDS,
            "time for one program run or call",
            "It was still running after {amount} and was stopped.",
        ),
    )
    memory_bytes: int = field(
        default=256 * MEBIBYTE,
        metadata=_row(
            2048 * MEBIBYTE,
            Unit.MEBIBYTES,
            "memory",
            "It used more than {amount} of memory and was stopped.",
        ),
    )
    processes: int = field(
        default=32,
        metadata=_row(
            256,
            Unit.COUNT,
            "number of processes",
            "It started more than {amount} processes or threads and was stopped.",
        ),
    )
    output_bytes: int = field(  # of one run and one stream
        default=MEBIBYTE,
        metadata=_row(
            16 * MEBIBYTE,
            Unit.KIBIBYTES,
            "output",
            "It printed more than {amount} and was stopped.",
        ),
    )
    disk_bytes: int = field(
        default=64 * MEBIBYTE,
        metadata=_row(
            512 * MEBIBYTE,
            Unit.MEBIBYTES,
            "disk space",
            "It wrote more than {amount} to files and was stopped.",
        ),
    )
    files: int = field(  # in the work folder, folders included
        default=2000,
        metadata=_row(
            20_000,
            Unit.COUNT,
            "number of files",
            "It made more than {amount} files and was stopped.",
        ),
    )
    open_files: int = field(
        default=128,
        metadata=_row(
            1024,
            Unit.COUNT,
            "number of open files",
            "It opened more than {amount} files at once.",
        ),
    )
    of_components: Mapping[str, float] = field(default_factory=dict)  # by name, where one is set

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Limits":
        """Read what `to_document` wrote, also in an older or newer version.

        A name that no limit has (any more) is kept and means nothing.
        """
        own = {limit.name: document[limit.name] for limit in CORE if limit.name in document}
        others = {name: value for name, value in document.items() if name not in own}
        return cls(**own, of_components=others)

    def to_document(self) -> dict[str, float]:
        """Write them down by their names, as lab.toml has them."""
        return {**{limit.name: getattr(self, limit.name) for limit in CORE}, **self.of_components}

    def describe(self, name: str) -> str:
        """Return the sentence that a limit of every lab was reached, naming its size."""
        return _BY_NAME[name].describe(self)


CORE: tuple[Limit[Any], ...] = tuple(
    Limit(each.name, each.default, **each.metadata) for each in fields(Limits) if each.metadata
)
_BY_NAME = {limit.name: limit for limit in CORE}


def effective_limits(
    lab: Limits, of_stack: Mapping[str, float], chosen: Mapping[str, float]
) -> Limits:
    """Return what holds for a run: the lab's limits, raised to what its stack needs at least.

    What the lab has `chosen` for this stack alone wins, also where it is less.
    """
    raised = {name: max(getattr(lab, name), least) for name, least in of_stack.items()}
    return Limits.read({**lab.to_document(), **raised, **chosen})


def require_sound(limits: Mapping[str, float]) -> Mapping[str, float]:
    """Return limits by their names, as they are; raises ValueError for one that can't be."""
    for name, value in limits.items():
        if name not in _BY_NAME or not _BY_NAME[name].allows(value):
            raise ValueError(f"a stack can't have the limit {name} = {value!r}")
    return limits
