"""Sections of a lesson: its headings with their anchors, and what stands beneath each.

The anchors are the ones that the rendered lesson has: both are made of `labs.sections`.
"""

from dataclasses import dataclass

from markdown_it.token import Token

from milepost.labs.sections import PREFIX, make_parser, name_headings


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text; what stands before the first heading has neither heading nor anchor."""

    heading: str
    anchor: str
    text: str


def split_sections(markdown: str) -> list[Section]:
    """Split a text at its headings."""
    tokens = make_parser().parse(markdown)
    anchors = iter([PREFIX + name for _, name, _ in name_headings(tokens)])
    sections: list[tuple[str, str, list[str]]] = [("", "", [])]
    in_heading = False
    for token in tokens:
        if token.type == "heading_open":
            in_heading = True
        elif token.type == "inline" and in_heading:
            sections.append((read_text(token), next(anchors), []))
            in_heading = False
        else:
            sections[-1][2].append(read_text(token))
    return [
        Section(heading, anchor, " ".join(part for part in parts if part))
        for heading, anchor, parts in sections
    ]


def read_text(token: Token) -> str:
    """Return the words of a token without their marks."""
    if token.type == "inline":
        return "".join(
            " " if child.type in ("softbreak", "hardbreak") else child.content
            for child in token.children or []
        ).strip()
    return token.content.strip()
