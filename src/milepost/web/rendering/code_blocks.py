"""Code in lessons and briefs: which blocks belong together, what each is called, which come first.

Blocks with nothing between them are one example: the same in one or more languages, then what it
prints. Colouring is `highlighting`'s. Invariant: each block is shown, whatever it stands beside.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from markdown_it.token import Token
from markupsafe import Markup, escape
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from milepost.languages import find_language
from milepost.web.rendering.highlighting import highlight_code

PLAIN = "text"


def render_block(code: str, language: str, _attributes: str) -> str:
    """Render one block, coloured, as Markdown-it asks for it."""
    body = highlight_code(code, language)
    name = escape(f"language-{language or PLAIN}")
    return f'<pre class="{name}" tabindex="0"><code>{body}</code></pre>\n'


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text's examples are shown: which language stands first, and which can be run."""

    first: str | None = None
    runnable: Collection[str] = ()

    def can_run(self, block: Token) -> bool:
        """Whether a block is a program to be run: its author named a language and no more.

        A second word tells that it is no program (`no-run`), or names the stack that it needs.
        """
        language, *words = block.info.split() or [""]
        return not block.level and language in self.runnable and not words


def group_examples(tokens: list[Token], manner: Manner) -> list[Token]:
    """Return the tokens with adjacent blocks as examples.

    An example is one `div` with a `div` for each block, named by its language or *Output*; those
    that can be run have the attribute `data-run`.
    """
    grouped: list[Token] = []
    run: list[Token] = []
    for token in tokens:
        if token.type == "fence":
            run.append(token)
            continue
        grouped += _show_run(run, manner)
        run = []
        grouped.append(token)
    return grouped + list(_show_run(run, manner))


def read_language(fence: Token) -> str:
    """Return the language that a block names in its first word; empty without one."""
    return next(iter(fence.info.split()), "")


def name_language(language: str) -> str:
    """Return what people call the language of a block; empty for plain text and unknown ones."""
    if language in ("", PLAIN):
        return ""
    known = find_language(language)
    if known is not None:
        return known.title
    try:
        return str(get_lexer_by_name(language).name)
    except ClassNotFound:
        return ""


def _show_run(run: list[Token], manner: Manner) -> Iterator[Token]:
    for blocks, output in _split(run):
        # The sort is stable: beside the first, the author's order holds.
        ordered = sorted(blocks, key=lambda block: read_language(block) != manner.first)
        yield _open("example")
        for block in ordered:
            opening = _open("code")
            opening.attrSet("data-language", read_language(block) or PLAIN)
            if manner.can_run(block):
                opening.attrSet("data-run", "")
            yield from _show_block(opening, block, name_language(read_language(block)))
        if output is not None:
            yield from _show_block(_open("output"), output, "Output")
        yield _close()


def _split(run: list[Token]) -> Iterator[tuple[list[Token], Token | None]]:
    """Part a run into examples: programs in different languages, and the text after them."""
    programs: list[Token] = []
    for block in run:
        language = read_language(block)
        if language == PLAIN and programs:
            yield programs, block
            programs = []
        elif not _is_program(language):
            if programs:
                yield programs, None
                programs = []
            yield [block], None
        else:
            if language in map(read_language, programs):
                yield programs, None
                programs = []
            programs.append(block)
    if programs:
        yield programs, None


def _is_program(language: str) -> bool:
    return find_language(language) is not None


def _show_block(opening: Token, block: Token, name: str) -> Iterator[Token]:
    yield opening
    if name:
        title = Token("html_block", "", 0)
        title.content = Markup('<p class="code-name">{}</p>\n').format(name)
        yield title
    yield block
    yield _close()


def _open(kind: str) -> Token:
    return Token("block_open", "div", 1, attrs={"class": kind}, block=True)


def _close() -> Token:
    return Token("block_close", "div", -1, block=True)
