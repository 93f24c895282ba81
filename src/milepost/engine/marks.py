"""The two marks in a sentence for learners: `code` between backticks, *emphasis* between asterisks.

Messages and titles of checks and explanations of wrong answers hold these; briefs, lessons and
hints are Markdown, which is rendered elsewhere. Invariant: what is code keeps its asterisks, and
one that encloses no words (`2 * 3`, `*/*`, `**options`) or stands in a quoted value is no mark.
"""

import re
from collections.abc import Iterator
from enum import Enum

_MARKED = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?<![\w*/'\"])\*(?P<emphasis>(?=\w)[^*`\n]*(?<=[\w.!?…]))\*(?![\w*/'\"])"
)


class Mark(Enum):
    """What a piece of a sentence is."""

    NONE = "none"
    CODE = "code"
    EMPHASIS = "emphasis"


def read_marks(text: str) -> Iterator[tuple[Mark, str]]:
    """Yield the pieces of a sentence in order, each with its mark and without the signs of it."""
    end = 0
    for found in _MARKED.finditer(text):
        if found.start() > end:
            yield Mark.NONE, text[end : found.start()]
        kind = found.lastgroup or ""
        yield Mark(kind), found[kind]
        end = found.end()
    if end < len(text):
        yield Mark.NONE, text[end:]


def drop_emphasis(text: str) -> str:
    """Return a sentence for where emphasis can't be shown; code stays between its backticks."""
    return "".join(f"`{piece}`" if mark is Mark.CODE else piece for mark, piece in read_marks(text))
