"""The formats that a GradingSpec was stored in, and how each becomes the next.

A format that was ever stored stays here, and so does a sample of it among the tests.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

FORMAT = 2
Document: TypeAlias = Mapping[str, Any]


def upgrade(document: Document) -> Document:
    """Return a stored record in the newest format, or raise ValueError if it is newer still."""
    number = int(document.get("format", 1))
    if number > FORMAT:
        raise ValueError(f"a newer Milepost has stored how this lab is graded (format {number})")
    for step in _STEPS[number - 1 :]:
        document = step(document)
    return document


def _from_manifest(manifest: Document) -> Document:
    """Format 1: fields of a version's manifest. Before labs had services, it named none."""
    names = ("entries", "limits", "services")
    return {"services": [], **{name: manifest[name] for name in names if name in manifest}}


_STEPS: tuple[Callable[[Document], Document], ...] = (_from_manifest,)
