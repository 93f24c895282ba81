"""Which components there are: every folder beside this module that declares one.

Nothing is listed here or anywhere else; a folder that is added is found.
"""

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

import milepost.engine.backing as folders
from milepost.engine.backing.contract import Component
from milepost.engine.limits import CORE, Limit, Limits


@cache
def list_components() -> tuple[Component, ...]:
    """List all components by name."""
    found = pkgutil.iter_modules(folders.__path__, f"{folders.__name__}.")
    packages = sorted(module.name for module in found if module.ispkg)
    return tuple(import_module(name).COMPONENT for name in packages)


def find_component(name: str) -> Component | None:
    """Find the component that lab.toml names so."""
    return next((each for each in list_components() if each.name == name), None)


def find_components(names: Iterable[str]) -> list[Component]:
    """Find the components that a lab names; unknown names, as of a newer version, are left out."""
    return [each for name in names if (each := find_component(name)) is not None]


def load(named: str) -> Any:
    """Import what a component names as "module:name"."""
    module, _, name = named.partition(":")
    return getattr(import_module(module), name)


def needs_isolation(names: Iterable[str]) -> bool:
    """Whether a lab with these components can be graded in the isolated tier only."""
    return any(component.isolated_only for component in find_components(names))


def list_limits() -> tuple[Limit[Any], ...]:
    """List every limit that lab.toml may set: those of every lab, and those of components."""
    return (*CORE, *(limit for each in list_components() for limit in each.limits))


def find_limit(name: str) -> Limit[Any] | None:
    """Find a limit by its name."""
    return next((limit for limit in list_limits() if limit.name == name), None)


def describe_limit(name: str, limits: Limits) -> str:
    """Return the sentence that a limit was reached, naming its size."""
    limit = find_limit(name)
    if limit is None:
        raise KeyError(name)
    return limit.describe(limits)
