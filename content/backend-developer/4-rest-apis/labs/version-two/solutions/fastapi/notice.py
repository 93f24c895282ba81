"""Notice that version 1 ends: since when it is deprecated (RFC 9745), and until when it answers (RFC 8594)."""

import os
from datetime import UTC, datetime
from email.utils import format_datetime

SUCCESSOR = '</v2/bookings>; rel="successor-version"'


def read_moment(name: str) -> datetime | None:
    given = os.environ.get(name)
    return None if given is None else datetime.fromisoformat(given).astimezone(UTC)


DEPRECATED_AT = read_moment("V1_DEPRECATED_AT")
SUNSET_AT = read_moment("V1_SUNSET_AT")


def headers() -> dict[str, str]:
    told: dict[str, str] = {}
    if DEPRECATED_AT is not None:
        told["deprecation"] = f"@{int(DEPRECATED_AT.timestamp())}"
        told["link"] = SUCCESSOR
    if SUNSET_AT is not None:
        told["sunset"] = format_datetime(SUNSET_AT, usegmt=True)
        told["link"] = SUCCESSOR
    return told


def is_over() -> bool:
    return SUNSET_AT is not None and datetime.now(UTC) >= SUNSET_AT
