"""How the self-test of a stack ended on this machine, kept beside its libraries.

Running it is `engine.selftest`. Invariant: what is kept counts only for the same version of the
stack, the same contracts and the same kernel; otherwise nothing is known.
"""

import json
import os
import platform
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from milepost.engine.stacks.descriptions import FOLDER, find_description

_CONTRACTS = FOLDER / "contracts"


def find_selftest_problems(name: str, version: str, stacks_dir: Path) -> tuple[str, ...] | None:
    """Return what was wrong when the stack was last tested; None where that is not known."""
    try:
        kept = json.loads(_place(name, stacks_dir).read_text(encoding="utf-8"))
        same = kept["tested"] == _identify(name, version)
        return tuple(map(str, kept["problems"])) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record_selftest(name: str, version: str, stacks_dir: Path, problems: tuple[str, ...]) -> None:
    """Keep how a self-test ended; where nothing can be written, it is run again next time."""
    place = _place(name, stacks_dir)
    unfinished = place.with_suffix(f".{os.getpid()}")
    told = {"tested": _identify(name, version), "problems": problems}
    with suppress(OSError):
        stacks_dir.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        unfinished.replace(place)


def _place(name: str, stacks_dir: Path) -> Path:
    return stacks_dir / f"{name}.selftest.json"


def _identify(name: str, version: str) -> str:
    """Return a digest of all that the outcome of a self-test depends on."""
    parts = [version, platform.release(), platform.machine()]
    while (description := find_description(name)) is not None:
        parts += _read_folder(description.folder)
        name = description.builds_on or ""
    return sha256("\n".join([*parts, *_read_folder(_CONTRACTS)]).encode()).hexdigest()


def _read_folder(folder: Path) -> list[str]:
    files = (path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts)
    return [sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()]
