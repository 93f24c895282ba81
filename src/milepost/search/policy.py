"""What a search may be, and how it is read: quotes, a minus, `or`, a last word that is begun.

Asking the index lives in `queries`. Invariant: whatever a person types has a reading, or a sentence
that says why not; nothing that they type is an error of PostgreSQL's.
"""

import re

from milepost.search.types import Asked
from milepost.search.words import join_words, split_words

MOST_CHARACTERS = 200
# Everything that no keyboard types, but for spaces, tabs and line ends, which paste brings along.
CONTROL_CHARACTERS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"

_TERM = re.compile(r'(?P<minus>(?<!\S)-(?=[^\W_]|"))?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')
_UNSEEN = re.compile(f"[{CONTROL_CHARACTERS}]")


def find_problem(text: str) -> str | None:
    """Return why a text can't be searched for, as a sentence, or None if it can."""
    if len(text) > MOST_CHARACTERS:
        return (
            f"A search has {MOST_CHARACTERS} characters at most, and this one has {len(text):,}. "
            "Leave out all but the words that matter most."
        )
    if _UNSEEN.search(text):
        return (
            "This search holds a control character, which nothing here contains. "
            "Delete it, or type the words anew."
        )
    return None


def read_search(text: str) -> Asked | None:
    """Read what a person typed; None if there is no word in it.

    Where everything would be left out, as in `-json`, the minus is no operator but how it is spelt.
    """
    terms = list(_TERM.finditer(text))
    words = join_words(text)
    if not words:
        return None
    if not _has_operators(terms):
        *before, begun = split_words(text)
        return Asked(words, before=" ".join(before), begun=begun)
    spoken = [said for said in map(_speak, terms) if said]
    has_phrase = any(term["phrase"] for term in terms)
    return Asked(" ".join(spoken), has_operators=True, has_phrase=has_phrase)


def _has_operators(terms: list[re.Match[str]]) -> bool:
    if all(term["minus"] for term in terms):
        return False
    between = [term["plain"] for term in terms[1:-1]]
    return any(term["minus"] or term["phrase"] for term in terms) or any(
        plain is not None and plain.lower() == "or" for plain in between
    )


def _speak(term: re.Match[str]) -> str:
    """Return a term as `websearch_to_tsquery` takes it."""
    if term["plain"] and term["plain"].lower() == "or":
        return "or"
    words = join_words(term["phrase"] or term["plain"] or "")
    if not words:
        return ""
    quoted = f'"{words}"' if " " in words or term["phrase"] else words
    return f"-{quoted}" if term["minus"] else quoted
