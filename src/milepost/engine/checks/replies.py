"""What a scripted upstream answers: a reply, or one of the ways in which others let one down.

Only data: choosing and sending it is the `upstream` component's.
"""

import json as json_of
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Manner(StrEnum):
    """How a reply is given."""

    WHOLE = "whole"
    DROPPED = "dropped"  # the connection is closed without a byte
    CUT_OFF = "cut_off"  # half of the body, then the connection is closed
    GARBAGE = "garbage"  # bytes that are no HTTP
    ENDLESS = "endless"  # a body that goes on until the caller hangs up
    SILENT = "silent"  # no answer at all; the connection stays open


_WORDS = {
    Manner.DROPPED: "closed the connection without an answer",
    Manner.CUT_OFF: "broke off in the middle of the body",
    Manner.GARBAGE: "answered with bytes that are not HTTP",
    Manner.ENDLESS: "answered with a body without an end",
    Manner.SILENT: "never answered",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of an upstream, after `after` seconds. `json` is sent as JSON, else `text`."""

    status: int = 200
    json: Any = None
    text: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    manner: Manner = Manner.WHOLE

    @classmethod
    def dropped(cls) -> "Reply":
        """Close the connection without an answer."""
        return cls(manner=Manner.DROPPED)

    @classmethod
    def cut_off(cls, json: Any = None, text: str | bytes = "x" * 1000) -> "Reply":
        """Promise a whole body and break off in its middle."""
        return cls(json=json, text=text, manner=Manner.CUT_OFF)

    @classmethod
    def garbage(cls) -> "Reply":
        """Answer with bytes that are not HTTP."""
        return cls(manner=Manner.GARBAGE)

    @classmethod
    def endless(cls) -> "Reply":
        """Answer with a body that goes on until the caller hangs up."""
        return cls(manner=Manner.ENDLESS)

    @classmethod
    def silent(cls) -> "Reply":
        """Never answer, and keep the connection open."""
        return cls(manner=Manner.SILENT)

    def slow(self, seconds: float) -> "Reply":
        """Give the same answer later."""
        return replace(self, after=seconds)

    def body(self) -> bytes:
        """Return the bytes of the body."""
        if self.json is not None:
            return json_of.dumps(self.json).encode()
        return self.text.encode() if isinstance(self.text, str) else self.text

    def all_headers(self) -> dict[str, str]:
        """Return the headers, with a content type that fits the body."""
        kind = "application/json" if self.json is not None else "text/plain; charset=utf-8"
        return {"content-type": kind, **{name.lower(): text for name, text in self.headers.items()}}

    def describe(self) -> str:
        """Return in words how the reply was given; nothing where it was given whole."""
        return _WORDS.get(self.manner, "")
