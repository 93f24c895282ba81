"""Manifests of labs as older versions of Milepost stored them, and never written anew.

Each is that of a shipped lab, without what no grading reads: brief, starter, known mistakes, proof.
"""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
MANIFESTS = sorted(path.relative_to(_FOLDER).as_posix() for path in _FOLDER.glob("*/*.json"))


def read_manifest(name: str) -> dict[str, Any]:
    """Read one manifest as it was stored."""
    manifest: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return manifest
