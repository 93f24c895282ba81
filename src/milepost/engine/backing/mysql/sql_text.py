"""Cuts a file of SQL into statements the way MariaDB's client does.

It understands quotes, comments and `DELIMITER`, nothing more; whether a statement is right is the
server's business.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--(?=[\s]|\Z)[^\n]*|\#[^\n]*)
  | (?P<comment>/\*.*?(?:\*/|\Z))
  | (?P<quoted>'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?|`(?:[^`]|``)*`?)
  | (?P<word>\w+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_DELIMITER = re.compile(r"delimiter[ \t]+(\S+)[^\n]*", re.IGNORECASE)
_BYTE_ORDER_MARK = "\ufeff"
_NEAR = re.compile(r"near '(?P<near>.*)' at line (?P<line>\d+)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file, and the line that it begins in."""

    text: str
    line: int

    def locate(self, message: str) -> tuple[int, int | None, str]:
        """Find what an error points at: line and column in the file, and the line's text.

        The server names a line of the statement and what stands there; other errors name neither.
        """
        lines = self.text.split("\n")
        found = _NEAR.search(message)
        number = int(found["line"]) if found is not None else 1
        line_text = lines[min(number, len(lines)) - 1]
        start = found["near"].split("\n")[0] if found is not None else ""
        place = line_text.rfind(start) if start else -1
        return self.line + number - 1, place + 1 if place >= 0 else None, line_text


def split_statements(text: str) -> list[Statement]:
    """Cut a file into its statements."""
    return list(_cut(text.removeprefix(_BYTE_ORDER_MARK)))


def _cut(text: str) -> Iterator[Statement]:
    position, line, delimiter = 0, 1, ";"
    start, first_line = -1, 1
    while position < len(text):
        changed = _DELIMITER.match(text, position) if start < 0 else None
        if changed is not None:
            delimiter, position = changed[1], changed.end()
            continue
        is_end = text.startswith(delimiter, position)
        if is_end:
            if start >= 0:
                yield Statement(text[start:position].rstrip(), first_line)
            start, position = -1, position + len(delimiter)
            continue
        kind, end = _read(text, position)
        if start < 0 and kind not in {"space", "comment"}:
            start, first_line = position, line
        line += text.count("\n", position, end)
        position = end
    if start >= 0:
        yield Statement(text[start:].rstrip(), first_line)


def _read(text: str, position: int) -> tuple[str, int]:
    found = _TOKEN.match(text, position)
    if found is None:
        raise AssertionError("every character is a piece")
    return found.lastgroup or "other", found.end()
