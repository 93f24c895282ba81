"""The fixtures of components in a check process: those that the lab names, and no others.

Each component brings a pytest plugin, which is loaded by name before the lab's checks are
collected. Nothing of a component is imported otherwise, so a lab pays for no other's libraries.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from types import ModuleType

import pytest


@dataclass(frozen=True, slots=True)
class ComponentFixtures:
    """What the engine tells a check process of components, before it has any run."""

    plugins: tuple[str, ...] = ()  # modules of the components that the lab names
    lacking: Mapping[str, str] = field(default_factory=dict)  # fixtures of others, by component

    @classmethod
    def read(cls, written: str) -> "ComponentFixtures":
        """Read what `write` wrote."""
        document = json.loads(written)
        return cls(tuple(document["plugins"]), document["lacking"])

    def write(self) -> str:
        """Return these fixtures as one argument of a command."""
        return json.dumps(asdict(self))

    def load(self) -> list[ModuleType]:
        """Import the plugins."""
        return [import_module(name) for name in self.plugins]

    def explain(self, error: BaseException) -> BaseException:
        """Return what to tell an author of a fixture that the lab lacks; other errors as they are.

        The words of pytest would list what there is, and not what would bring more.
        """
        if not isinstance(error, pytest.FixtureLookupError):
            return error
        component = self.lacking.get(error.argname or "")
        if component is None:
            return error
        return RuntimeError(f'lab.toml does not say services = ["{component}"].')
