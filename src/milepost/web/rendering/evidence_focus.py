"""What of a failed check's evidence is shown at once, and what only when it is asked for.

A check fails at the end of what it did, so its last step tells most; but where that step only
looked, the step that changed something tells why, and the end of a transaction tells nothing.
"""

from collections.abc import Mapping, Sequence

from milepost.engine import Evidence
from milepost.engine.steps import list_steps

_TELLING_HEADERS = {
    *("accept", "allow", "authorization", "cache-control", "content-type", "cookie", "etag"),
    *("idempotency-key", "if-match", "if-modified-since", "if-none-match", "last-modified"),
    *("link", "location", "retry-after", "set-cookie", "vary", "www-authenticate"),
}


def find_focus(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return what to show open: the last step, what it looked at, the log of what broke down."""
    steps = list_steps(evidence)
    printed = [piece for piece in evidence if piece.is_print]
    if not steps:
        return printed
    last = steps[-1]
    telling = [last]
    if last.only_looks:
        telling += [piece for piece in steps if piece.changes][-1:]
    if last.shows_breakdown:
        telling += printed
    return telling


def find_file(evidence: Sequence[Evidence], paths: Sequence[str]) -> str | None:
    """Return the file that the telling step ran, if it names one, else the first there is."""
    ran = {piece.ran_file for piece in find_focus(evidence)}
    return next((path for path in paths if path in ran), paths[0] if paths else None)


def part_headers(headers: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Part headers into those that say something about an API, and those that every message has."""
    telling = {name: headers[name] for name in sorted(headers) if _tells(name, headers[name])}
    return telling, {name: headers[name] for name in sorted(headers) if name not in telling}


def _tells(name: str, value: object) -> bool:
    return name.lower() in _TELLING_HEADERS and value != "*/*"
