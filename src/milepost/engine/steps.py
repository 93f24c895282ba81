"""Which of a check's evidence are its own steps: what it did, in the order in which it ended.

Pages and terminals show the last one first, for that is where a failed check ended. A request that
was sent early and read late ended late: what the check says is about the answer it read last.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

_SAID = {"note", "log"}  # that something was said, not that something was done
_FRAMES = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}  # of what happened between


class Piece(Protocol):
    """What is asked of a piece of evidence, wherever it comes from."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def at_seconds(self) -> float:
        """When it began, since the start of the run."""

    @property
    def duration_seconds(self) -> float:
        """How long it took."""

    @property
    def request(self) -> Mapping[str, Any]:
        """What was sent or asked."""

    @property
    def response(self) -> Mapping[str, Any]:
        """What came back."""


AnyPiece = TypeVar("AnyPiece", bound=Piece)


def list_steps(evidence: Sequence[AnyPiece]) -> list[AnyPiece]:
    """List what the check itself did, without the frame of a transaction if there is more.

    What learner code did meanwhile, such as its calls and statements, is no step of the check.
    """
    done = [
        piece for piece in evidence if piece.kind not in _SAID and piece.request.get("by") != "you"
    ]
    done.sort(key=lambda piece: piece.at_seconds + piece.duration_seconds)
    return [piece for piece in done if not _is_frame(piece)] or done


def _is_frame(piece: Piece) -> bool:
    words = str(piece.response.get("command") or "").split()
    return piece.kind == "statement" and bool(words) and words[0] in _FRAMES
