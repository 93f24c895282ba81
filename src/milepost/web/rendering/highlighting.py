"""Code made readable: Pygments tokens as classes, so that one style sheet serves light and dark.

Which files may be shown is decided by `sources`; this module colours whatever text it is given.
Invariant: the text is always escaped, also when no lexer knows the language.
"""

from functools import lru_cache

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

FORMATTER = HtmlFormatter(nowrap=True, classprefix="tok-")
# A lexer is a chain of regular expressions: very large texts are shown without colour.
COLOURED_CHARACTERS = 200_000


def highlight_code(code: str, language: str) -> Markup:
    """Colour a fenced block; an unknown language is shown plain."""
    if not language or len(code) > COLOURED_CHARACTERS:
        return escape(code)
    return _highlight(code, language, None)


def highlight_file(code: str, filename: str) -> Markup:
    """Colour a file by its name; an unknown kind is shown plain."""
    if len(code) > COLOURED_CHARACTERS:
        return escape(code)
    return _highlight(code, None, filename)


def highlight_lines(code: str, filename: str) -> list[Markup]:
    """Colour a file line by line; no token reaches over the end of its line."""
    lines = highlight_file(code, filename).split("\n")
    return lines[:-1] if code.endswith("\n") else lines


@lru_cache(maxsize=512)
def _highlight(code: str, language: str | None, filename: str | None) -> Markup:
    try:
        if language is not None:
            lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
        else:
            lexer = get_lexer_for_filename(filename or "", None, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(code)
    return Markup(highlight(code, lexer, FORMATTER))  # noqa: S704 - Pygments escapes every token
