"""What is put into the index and what comes out of it, as plain values.

An entry belongs to a collection, which is replaced as a whole.
"""

from dataclasses import dataclass
from enum import StrEnum


class Collection(StrEnum):
    """What entries are made from, and replaced with."""

    CONTENT = "content"
    MILEPOST = "milepost"  # its own source and its errors


class EntryKind(StrEnum):
    """What an entry leads to, in the order in which kinds are listed."""

    LESSON = "lesson"
    DRILL = "drill"
    LAB = "lab"
    OBJECTIVE = "objective"
    SKILL = "skill"
    ERROR = "error"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found: what it is called, what it says, and where it is.

    A section of a lesson has a heading; its title is the lesson's, and counts less. `names` holds
    what else it is called, such as a slug. `tracks` are the languages and frameworks, by their
    slugs, that it is for; none means everybody.
    """

    kind: EntryKind
    title: str
    address: str
    context: str = ""
    heading: str = ""
    names: str = ""
    body: str = ""
    tracks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as the index is asked: words without punctuation, and whether they say more.

    Without operators the last word may be unfinished: `begun` is it, `before` is what precedes it.
    """

    words: str
    before: str = ""
    begun: str = ""
    has_operators: bool = False
    has_phrase: bool = False  # so that every word is meant as it is spelt


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an excerpt; one that `is_match` holds a word that was asked for."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was found."""

    kind: EntryKind
    title: str
    heading: str
    context: str
    address: str
    excerpt: tuple[Piece, ...]
    is_in_track: bool


@dataclass(frozen=True, slots=True)
class Results:
    """The best of what was found, and how much there is of each kind.

    Where nothing has all of the words, it is what has some, and `has_all_words` is False.
    """

    items: tuple[Result, ...] = ()
    totals: tuple[tuple[EntryKind, int], ...] = ()
    has_all_words: bool = True

    @property
    def total(self) -> int:
        """How much was found in all."""
        return sum(count for _, count in self.totals)
