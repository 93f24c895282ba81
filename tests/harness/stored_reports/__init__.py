"""Reports as older versions of Milepost stored them, recorded then and never written anew.

Each is a real grading of a shipped lab. Its first check carries a piece of every shape of evidence
that any grading of that lab left, so that a file stays small.
"""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
REPORTS = sorted(path.relative_to(_FOLDER).as_posix() for path in _FOLDER.glob("*/*.json"))


def read_stored(name: str) -> dict[str, Any]:
    """Read one report as it was stored."""
    report: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return report


def list_pieces(name: str) -> list[dict[str, Any]]:
    """List all evidence of a report as it was stored."""
    return [piece for check in read_stored(name)["checks"] for piece in check["evidence"]]
