"""Lessons and briefs: Markdown to HTML that is safe to show, with links into this project.

Two link schemes are ours: `source:module:symbol` opens the source viewer, `lab:slug` a lab's page.
Invariant: whatever the text holds, only the tags and attributes listed here leave this module.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from milepost.labs.sections import PREFIX, make_parser, name_headings, read_words
from milepost.web.rendering.code_blocks import Manner, group_examples, render_block
from milepost.web.rendering.recall import fold_answers

TAGS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "pre", "code", "span", "div", "em",
    "strong", "del", "blockquote", "a", "table", "thead", "tbody", "tr", "th", "td", "hr", "br",
    "kbd", "details", "summary",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "span": {"class"}, "code": {"class"}, "pre": {"class", "tabindex"},
    "div": {"class", "data-language", "data-run"}, "p": {"class"},
    "table": {"class", "tabindex", "aria-label"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "details": {"class"}, "ol": {"start"}, "th": {"scope"}, "td": {"data-label"},
}  # fmt: skip
FindSource = Callable[[str], str | None]
AS_WRITTEN = Manner()


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered text and its own title, if it opened with one."""

    title: str
    body: Markup


def render_markdown(
    text: str,
    *,
    find_source: FindSource,
    heading_level: int = 2,
    has_anchors: bool = False,
    examples: Manner = AS_WRITTEN,
) -> Document:
    """Render a text whose own headings start at `heading_level` on the page.

    With `has_anchors` each heading can be linked to. Of the texts on a page, one at most may be so.

    `find_source` answers with the address of a `source:` reference, or None when there is no such
    symbol; the link is then shown as the words alone, because a dead link teaches nothing.
    """
    parser = make_parser({"highlight": render_block})
    parser.validateLink = _accept  # type: ignore[method-assign]  # nh3 decides below
    tokens = parser.parse(text)
    title = _take_title(tokens)
    if has_anchors:
        for heading, name, _ in name_headings(tokens):
            heading.attrSet("id", PREFIX + name)
    _shift_headings(tokens, heading_level)
    for token in tokens:
        if token.type == "inline":
            token.children = _resolve_links(token.children or [], find_source)
    _fit_tables(tokens)
    shown = group_examples(fold_answers(tokens), examples)
    html = parser.renderer.render(shown, parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Document(title, Markup(clean))  # noqa: S704 - nh3 let only TAGS and ATTRIBUTES through


def _fit_tables(tokens: list[Token]) -> None:
    """Make each table named and scrollable by keyboard, and readable where it is shown as cards.

    There each cell tells the heading of its column. An empty heading cell is no heading.
    """
    tables = 0
    headings: list[str] = []
    column = 0
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            tables += 1
            headings = []
            token.attrs = {"class": "scroll", "tabindex": 0, "aria-label": f"Table {tables}"}
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            headings.append(read_words(tokens[index + 1]))
            if not headings[-1]:
                token.tag = tokens[index + 2].tag = "td"
                token.attrs = {}
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            if headings[column]:
                token.attrSet("data-label", headings[column])
            column += 1


def _take_title(tokens: list[Token]) -> str:
    """Remove a level-one heading that opens the text: the page shows it as its own title."""
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return ""
    title = read_words(tokens[1])
    del tokens[:3]
    return title


def _shift_headings(tokens: list[Token], top: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    levels = [int(token.tag[1]) for token in headings]
    for token, level in zip(headings, levels, strict=True):
        token.tag = f"h{min(6, level - min(levels) + top)}"


def _resolve_links(children: list[Token], find_source: FindSource) -> list[Token]:
    resolved: list[Token] = []
    dead = 0
    for token in children:
        if token.type == "link_open":
            address = _address_of(str(token.attrGet("href") or ""), find_source)
            if address is None:
                dead += 1
                continue
            token.attrSet("href", address)
        elif token.type == "link_close" and dead:
            dead -= 1
            continue
        resolved.append(token)
    return resolved


def _address_of(href: str, find_source: FindSource) -> Any:
    if href.startswith("source:"):
        return find_source(href.removeprefix("source:"))
    if href.startswith("lab:"):
        return f"/labs/{href.removeprefix('lab:')}"
    return href


def _accept(url: str) -> bool:
    return bool(url)
