"""The sections of a lesson, by the names that addresses give them.

Used where hints are read, to see that a section exists, where lessons are shown, to give each
heading its name, and where they are searched. Invariants: all name a heading alike, and no two
headings of one text have the same name.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, count, pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_NO_WORD = re.compile(r"[^a-z0-9]+")
# Headings share a page with everything else that has an id.
PREFIX = "section-"


def name_section(heading: str) -> str:
    """Return the name of a section, as addresses carry it after `#`: letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "")
    return _NO_WORD.sub("-", plain).strip("-")


def list_sections(markdown: str) -> dict[str, str]:
    """Return the sections of a lesson's file, its title left out: each name with its heading."""
    _, _, text = markdown.partition("\n")
    return {name: words for _, name, words in name_headings(make_parser().parse(text))}


def make_parser(options: dict[str, object] | None = None) -> MarkdownIt:
    """Return a parser of the Markdown that lessons and briefs are written in."""
    parser = MarkdownIt("commonmark", {"html": False, **(options or {})})
    return parser.enable(["table", "strikethrough"])


def name_headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, str, str]]:
    """Yield each heading of a parsed text with its name, which no other has, and its words."""
    used: set[str] = set()
    for token, inline in pairwise(tokens):
        if token.type != "heading_open":
            continue
        words = read_words(inline)
        plain = name_section(words) or "untitled"
        numbered = (f"{plain}-{number}" for number in count(2))
        name = next(each for each in chain((plain,), numbered) if each not in used)
        used.add(name)
        yield token, name, words


def read_words(inline: Token) -> str:
    """Return the words of a line without its marks."""
    return "".join(
        child.content for child in inline.children or [] if child.type in ("text", "code_inline")
    ).strip()
