"""What the two halves of several components tell each other; each has its own in its folder.

A question is a frozen dataclass that a check process asks, the reply is one that its engine gives.
What the halves say is opaque to everything between them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who may connect to a server, with their password."""

    role: str
    password: str


@dataclass(frozen=True, slots=True)
class Done:
    """It is done. Descriptors may come along, where the question says so."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Why something has ended: the limit that learner code reached, if it did, and the sentence."""

    limit: str | None
    reason: str
