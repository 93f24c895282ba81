"""A command to a document store as evidence: what was asked and what came back, as trees.

What learner code sent is told by the relay, which sees both sides; so replies are known too.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from milepost.engine.evidence.contract import NOTHING, Evidence, Lane, Nothing

DOCUMENTS = Lane("documents", 35, "Commands to the document store", "command to the document store")


@dataclass(frozen=True, slots=True)
class DocumentCommand:
    """A command, what it is about, and all that it says; a text where that is too long."""

    command: str
    about: str  # a collection, or a database
    body: dict[str, Any] | str


@dataclass(frozen=True, slots=True)
class DocumentReply:
    """What the store replied; a text where that is too long."""

    reply: dict[str, Any] | str


@dataclass(frozen=True, slots=True)
class DocumentRefused:
    """The store, or Milepost before it, refused the command."""

    error: str
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentExchange(Evidence):
    """A command and its reply; there is none where nobody waits for it, or the connection broke."""

    kind: Literal["documents"] = field(default="documents", init=False)
    request: DocumentCommand
    response: DocumentReply | DocumentRefused | Nothing = NOTHING

    lane: ClassVar[Lane | None] = DOCUMENTS

    def summarise(self) -> str:
        """Return in a few words what came back."""
        match self.response:
            case DocumentRefused():
                return "refused"
            case DocumentReply(reply=dict() as reply):
                return _summarise(reply)
            case _:
                return ""


def _summarise(reply: dict[str, Any]) -> str:
    cursor = reply.get("cursor")
    if isinstance(cursor, dict):
        batch = cursor.get("firstBatch") or cursor.get("nextBatch") or []
        return "1 document" if len(batch) == 1 else f"{len(batch)} documents"
    for name, word in (("nModified", "changed"), ("n", "counted"), ("values", "values")):
        if name in reply:
            found = reply[name]
            return f"{len(found) if isinstance(found, list) else found} {word}"
    return "done"


KINDS = (DocumentExchange,)
