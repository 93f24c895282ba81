"""Cuts a file of SQL into statements the way psql does, and fills in its variables.

It understands quotes, comments, dollar quotes and bodies of SQL functions, nothing more; whether a
statement is right is PostgreSQL's business. Values are quoted here, never by authors.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
  | (?P<comment>/\*)
  | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?)
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<cast>::)
  | :(?:'(?P<literal>\w+)'|"(?P<name>\w+)"|(?P<bare>[^\W\d]\w*))
  | (?P<word>[^\W\d][\w$]*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_ROUTINE = re.compile(r"create (or replace )?(function|procedure)\b")


class UnknownVariable(LookupError):
    """A statement uses a variable that nobody set."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file, with its variables filled in, and the line that it begins in."""

    text: str
    line: int

    def locate(self, position: int) -> tuple[int, int, str]:
        """Turn a position, counted from 1, into line, column and the line's text."""
        before = self.text[: position - 1]
        start = before.rfind("\n") + 1
        line_text = self.text[start:].partition("\n")[0]
        return self.line + before.count("\n"), len(before) - start + 1, line_text


@dataclass(slots=True)
class _Body:
    """Whether we are inside the body of a SQL function, whose semicolons end nothing."""

    words: str = ""
    depth: int = 0

    def take(self, word: str) -> None:
        """Take in the next word."""
        word = word.lower()
        if len(self.words) < len("create or replace procedure "):
            self.words += f"{word} "
        if not _ROUTINE.match(self.words):
            return
        if word == "begin" or (word == "case" and self.depth):
            self.depth += 1
        elif word == "end" and self.depth:
            self.depth -= 1


def split_statements(text: str, variables: Mapping[str, object]) -> list[Statement]:
    """Cut a file into its statements. Raises UnknownVariable."""
    statements: list[Statement] = []
    parts: list[str] = []
    body, brackets, line, first_line = _Body(), 0, 1, 0
    for kind, piece in _read_tokens(text):
        if kind == "other" and piece == ";" and brackets <= 0 and not body.depth:
            if first_line:
                statements.append(Statement("".join(parts).rstrip(), first_line))
            parts, body, brackets, first_line = [], _Body(), 0, 0
        elif kind != "space" or first_line:
            first_line = first_line or line
            parts.append(_fill_in(kind, piece, variables))
            brackets += {"(": 1, ")": -1}.get(piece, 0) if kind == "other" else 0
            if kind == "word":
                body.take(piece)
        line += piece.count("\n")
    if first_line:
        statements.append(Statement("".join(parts).rstrip(), first_line))
    return statements


def quote_literal(value: object) -> str:
    """Write a value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _read_tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while (found := _TOKEN.match(text, position)) is not None:
        kind = found.lastgroup or "other"
        end = found.end()
        if kind == "comment":
            kind, end = "space", _find_comment_end(text, end)
        elif kind == "dollar":
            closing = text.find(found["dollar"], end)
            kind, end = "string", len(text) if closing < 0 else closing + len(found["dollar"])
        yield kind, text[position:end]
        position = end


def _find_comment_end(text: str, position: int) -> int:
    depth = 1
    for mark in _COMMENT_MARK.finditer(text, position):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _fill_in(kind: str, piece: str, variables: Mapping[str, object]) -> str:
    if kind not in {"literal", "name", "bare"}:
        return piece
    name = piece.strip(":'\"")
    if name not in variables:
        raise UnknownVariable(name)
    value = variables[name]
    if kind == "name":
        return '"' + str(value).replace('"', '""') + '"'
    # psql would insert `:name` as it stands; a text without quotes is never what was meant.
    return quote_literal(value if kind == "bare" else str(value))
