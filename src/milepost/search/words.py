"""Words: what text and searches are broken into, alike, before PostgreSQL stems them.

Punctuation parts words, so that `books-api`, `find_start_here` and `milepost.catalog` are found by
each of their parts in any locale of the database. Invariant: what goes into the index and what
is searched for pass through `split_words`.
"""

import re
import unicodedata

_PARTS = re.compile(r"[^\W_]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _PARTS.findall(unicodedata.normalize("NFKC", text).lower())


def join_words(text: str) -> str:
    """Return the words of a text with a space between two."""
    return " ".join(split_words(text))


def part_name(name: str) -> str:
    """Return a name of code followed by its parts: `GradingRun Grading Run`."""
    return f"{name} {_HUMPS.sub(' ', name)}"
