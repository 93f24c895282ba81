"""Conditional requests: what `If-Match` and `If-None-Match` ask of the state that is there.

RFC 9110 §13.1. What can be changed has a strong entity tag: a weak one never holds for a change,
and matches only a read's `If-None-Match` (§8.8.3.2). What is only read has a weak one
(`representations`).
"""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from milepost.http.errors import PreconditionRequired

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


@dataclass(frozen=True, slots=True)
class Tags:
    """A list of entity tags, or `*` for any."""

    strong: frozenset[str]
    weak: frozenset[str]
    are_any: bool

    def match(self, tag: str | None, *, weakly: bool = False) -> bool:
        """Whether the tag of the present state is among these; None if there is no state."""
        if tag is None:
            return False
        return self.are_any or tag in self.strong or (weakly and tag in self.weak)


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a request asks of the present state before anything is done."""

    if_match: Tags | None
    if_none_match: Tags | None

    def hold(self, tag: str | None) -> bool:
        """Whether a change may be made of the state with this tag; None if there is no state."""
        if self.if_match is not None:
            return self.if_match.match(tag)
        return self.if_none_match is None or not self.if_none_match.match(tag, weakly=True)

    def is_unchanged(self, tag: str) -> bool:
        """Whether a reader has what this tag names, and is answered 304."""
        return self.if_none_match is not None and self.if_none_match.match(tag, weakly=True)


async def read_preconditions(
    if_match: Annotated[
        list[str] | None, Header(description="The `ETag` that was read before, or `*` for any.")
    ] = None,
    if_none_match: Annotated[
        list[str] | None, Header(description="The `ETag` that is known already, or `*` for any.")
    ] = None,
) -> Preconditions:
    """Return the preconditions that a request names; a header that is no list of tags has none."""
    return Preconditions(read_tags(if_match), read_tags(if_none_match))


PreconditionsDep = Annotated[Preconditions, Depends(read_preconditions)]


async def require_preconditions(found: PreconditionsDep) -> Preconditions:
    """Return the preconditions of a change that must not be made without any (RFC 6585 §3)."""
    if found.if_match is None and found.if_none_match is None:
        raise PreconditionRequired
    return found


RequiredPreconditionsDep = Annotated[Preconditions, Depends(require_preconditions)]


def read_tags(lines: list[str] | None) -> Tags | None:
    """Return the entity tags that the lines of a header name, or None if there are none."""
    given = ",".join(lines or ()).strip()
    if not given:
        return None
    tags = _TAG.findall(given)
    return Tags(
        strong=frozenset(tag for weak, tag in tags if not weak),
        weak=frozenset(tag for weak, tag in tags if weak),
        are_any=given == "*",
    )
