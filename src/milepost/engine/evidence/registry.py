"""All kinds of evidence by name: the engine's own, and those that a component brings.

A component's folder below `engine/backing/` brings kinds with a module `evidence` whose `KINDS`
names their classes; beside it lie each kind's template, `<kind>.html`, and pieces that the real
engine recorded, `<kind>.json`. Nothing is imported before somebody asks for it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from milepost.engine.evidence.contract import Evidence

COMPONENTS = Path(__file__).resolve().parents[1] / "backing"  # a folder each
_SAMPLES = Path(__file__).resolve().parent / "samples"
_CORE: Mapping[str, tuple[str, ...]] = {  # module -> classes
    "http": ("HttpExchange",),
    "call": ("FunctionCall",),
    "program": ("RanProgram",),
    "sql": ("SqlStatement", "QueryPlan"),
    "store": ("StoreCommand",),
    "remarks": ("PrintedLog", "Note"),
    "spoiled": ("SpoiledAnswer",),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence: its class, and the component that brings it, if one does."""

    name: str
    evidence: type[Evidence]
    component: str | None = None

    @property
    def samples(self) -> Path:
        """The file with pieces that the engine recorded. The first is the API's example."""
        folder = _SAMPLES if self.component is None else COMPONENTS / self.component
        return folder / f"{self.name}.json"

    def read_samples(self) -> list[dict[str, Any]]:
        """Read the recorded pieces, as JSON."""
        samples: list[dict[str, Any]] = json.loads(self.samples.read_text(encoding="utf-8"))
        return samples


def find_kind(name: str) -> Kind | None:
    """Find a kind by its name; None where there is no such kind (any more, or yet)."""
    return _load_kinds().get(name)


def list_kinds() -> tuple[Kind, ...]:
    """List all kinds."""
    return tuple(_load_kinds().values())


@cache
def _load_kinds() -> dict[str, Kind]:
    package = "milepost.engine"
    kinds = [
        _describe(getattr(import_module(f"{package}.evidence.{module}"), name))
        for module, names in _CORE.items()
        for name in names
    ]
    for file in sorted(COMPONENTS.glob("*/evidence.py")):
        component = file.parent.name
        brought: Iterable[type[Evidence]] = import_module(
            f"{package}.backing.{component}.evidence"
        ).KINDS
        kinds += [_describe(each, component) for each in brought]
    return {kind.name: kind for kind in kinds}


def _describe(evidence: type[Evidence], component: str | None = None) -> Kind:
    name = evidence.__dataclass_fields__["kind"].default
    return Kind(str(name), evidence, component)
