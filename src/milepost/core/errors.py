"""The kinds of things that can go wrong, as facts with a code, a sentence and data.

Domains raise subclasses; only `milepost.http.problems` turns a kind into a status.
A code is part of the API: once published it keeps its meaning.
"""

from typing import Any, ClassVar


class MilepostError(Exception):
    """A fact that stops a request, told so that a person knows what to do next."""

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class InvalidError(MilepostError):
    """What was sent can't be accepted as it is."""


class MalformedError(MilepostError):
    """What was sent can't be read at all."""


class UnsupportedError(MilepostError):
    """What was sent may be right, and is in a form that is not taken."""


class TooSlowError(MilepostError):
    """It took longer to come than is waited for."""


class TooOftenError(MilepostError):
    """It was done more often than is allowed; later it is allowed again."""


class UnauthenticatedError(MilepostError):
    """Nobody is signed in, and somebody must be."""


class ForbiddenError(MilepostError):
    """Somebody is signed in who may not do this, and may know that it exists."""


class NotFoundError(MilepostError):
    """It does not exist, or its existence is not this person's to know."""


class ConflictError(MilepostError):
    """It can't be done in the present state of things."""


class StaleError(MilepostError):
    """It has changed since it was read by the one who wants to change it."""


class UnconditionalError(MilepostError):
    """The request must name the state that it was made from, so that it undoes nobody's work."""


class TooLargeError(MilepostError):
    """It is more than is accepted."""


class UnavailableError(MilepostError):
    """Something that Milepost needs is not there right now; trying again may help."""
