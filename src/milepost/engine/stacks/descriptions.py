"""What the TOML file of a stack says, with what it takes over from the stack that it builds on.

Whether a stack is there is not decided here (`__init__`), nor is anything installed (`libraries`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Libraries:
    """The pinned libraries of a stack, and where its sandboxes show them."""

    installer: str  # "uv" or "npm"
    needs: tuple[str, ...]  # what the lock file was made from
    lock: Path
    shown_at: str

    @property
    def version(self) -> str:
        """The version of the first library, after which the stack is named."""
        return self.needs[0].rpartition("=" if self.installer == "uv" else "@")[2]


@dataclass(frozen=True, slots=True)
class Description:
    """A stack as its author wrote it."""

    name: str
    title: str
    find: str
    fix: str
    version: tuple[str, ...]  # arguments that make the runtime print its version
    commands: tuple[str, ...]
    endings: tuple[str, ...]
    harness: tuple[str, ...]
    preload: tuple[str, ...]
    preload_beside: Mapping[str, tuple[str, ...]]
    warm_up: str
    checkpoint: str
    environment: Mapping[str, str]
    harness_environment: Mapping[str, str]
    reserves_mebibytes: int
    libraries: Libraries | None
    builds_on: str | None
    starts_ahead: bool
    runs_code: bool


def list_names() -> list[str]:
    """Name every stack that Milepost knows."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def name_stack(stack: str) -> str:
    """Return what people call a stack, or its slug if only a newer Milepost knows it."""
    description = find_description(stack)
    return stack if description is None else description.title


@cache
def find_description(name: str) -> Description | None:
    """Find what is written of a stack; None if there is no such stack."""
    if not name.isalnum() or not (FOLDER / f"{name}.toml").is_file():
        return None
    said = _read(name)
    return Description(
        name=name,
        title=said["title"],
        find=said["find"],
        fix=said["fix"],
        version=tuple(said["version"]),
        commands=tuple(said["commands"]),
        endings=tuple(said["endings"]),
        harness=tuple(said["harness"]),
        preload=tuple(said.get("preload", ())),
        preload_beside={k: tuple(v) for k, v in said.get("preload_beside", {}).items()},
        warm_up=said.get("warm_up", ""),
        checkpoint=said.get("checkpoint", ""),
        environment=said["environment"],
        harness_environment=said["harness_environment"],
        reserves_mebibytes=said.get("reserves_mebibytes", 0),
        libraries=_read_libraries(said.get("libraries")),
        builds_on=said.get("builds_on"),
        starts_ahead=said.get("starts_ahead", False),
        runs_code=said.get("runs_code", True),
    )


def _read(name: str) -> dict[str, Any]:
    own = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    if "builds_on" not in own:
        return own
    below = _read(own["builds_on"])
    tables = {
        table: below[table] | own.get(table, {}) for table in ("environment", "harness_environment")
    }
    return below | own | tables


def _read_libraries(said: Mapping[str, Any] | None) -> Libraries | None:
    if said is None:
        return None
    return Libraries(
        installer=said["installer"],
        needs=tuple(said["needs"]),
        lock=FOLDER / said["lock"],
        shown_at=said["shown_at"],
    )
