"""Cuts a file of SQL into statements the way psql does, and fills in its variables.

It understands quotes, comments, dollar quotes, bodies of SQL functions and the lines that follow a
COPY, nothing more; whether a statement is right is PostgreSQL's business.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n\r]*)
  | (?P<comment>/\*)
  | (?P<string>'(?:[^']|'')*'?|"(?:[^"]|"")*"?)
  | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*'?)
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<cast>::|:=)
  | :(?:'(?P<literal>\w+)'|"(?P<name>\w+)"|\{\?(?P<asked>\w+)\}|(?P<bare>\w+))
  | (?P<command>\\\S*)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_VARIABLES = frozenset({"literal", "name", "asked", "bare"})
_COMMENT_MARK = re.compile(r"/\*|\*/")
_ROUTINE = re.compile(r"create (or replace )?(function|procedure)\b")
_COPY_FROM_STDIN = re.compile(r"copy .*\bfrom stdin\b")
_COPY_END = re.compile(r"^\\\.\r?(?:\n|\Z)", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARK = "\ufeff"


class CommandRefused(ValueError):
    """A file holds a command of psql's own, which is no SQL."""

    def __init__(self, command: str, line: int) -> None:
        super().__init__(command)
        self.command = command
        self.line = line


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file, with its variables filled in, and the line that it begins in.

    `unset` are the places, counted from 1, of variables that nobody set, which stay as they are.
    `data` is what stands in the file after a COPY FROM stdin. The first `shown_from` characters
    stand in no file.
    """

    text: str
    line: int
    unset: Mapping[int, str] = field(default_factory=dict)
    data: str = ""
    shown_from: int = 0

    def locate(self, position: int) -> tuple[int, int, str]:
        """Turn a position, counted from 1, into line, column and the line's text."""
        text, position = self.text[self.shown_from :], max(position - self.shown_from, 1)
        before = text[: position - 1]
        ends = [found.end() for found in _LINE_END.finditer(before)]
        start = ends[-1] if ends else 0
        line_text = _LINE_END.split(text[start:], maxsplit=1)[0]
        return self.line + len(ends), len(before) - start + 1, line_text


@dataclass(slots=True)
class _Body:
    """Whether we are inside the body of a SQL function, whose semicolons end nothing."""

    words: list[str] = field(default_factory=list)
    depth: int = 0

    def take(self, word: str) -> None:
        """Take in the next word outside of brackets."""
        self.words.append(word)
        if not _ROUTINE.match(" ".join(self.words[:4])):
            return
        if word == "begin" or (word == "case" and self.depth):
            self.depth += 1
        elif word == "end" and self.depth:
            self.depth -= 1


def split_statements(text: str, variables: Mapping[str, object]) -> list[Statement]:
    """Cut a file into its statements. Raises CommandRefused."""
    cutter = _Cutter(text.removeprefix(_BYTE_ORDER_MARK), variables)
    return list(cutter.cut())


def write_variable(value: object) -> str:
    """Write a value as psql would be given it with `-v`."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


class _Cutter:
    """Reads a file from start to end; what a variable stands for is read as if it stood there."""

    def __init__(self, text: str, variables: Mapping[str, object]) -> None:
        self._text = text
        self._variables = variables
        self._position = 0
        self._line = 1
        self._filled: list[tuple[int, str]] = []  # where the text of a variable ends, and its name
        self._skipped: dict[int, int] = {}  # lines of data behind a place
        self._begin()

    def cut(self) -> Iterator[Statement]:
        """Give one statement after the other."""
        while self._position < len(self._text):
            kind, piece = self._read()
            if kind == "other" and piece == ";" and not self._depth and not self._body.depth:
                if self._first_line:
                    yield self._finish()
                self._begin()
            elif kind != "space" or self._first_line:
                self._take(kind, piece)
            self._count_lines(piece)
        if self._first_line:
            yield self._finish()

    def _begin(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._unset: dict[int, str] = {}
        self._body, self._depth, self._first_line = _Body(), 0, 0

    def _finish(self) -> Statement:
        words = " ".join(self._body.words)
        data = self._take_data() if _COPY_FROM_STDIN.match(words) else ""
        return Statement("".join(self._parts).rstrip(), self._first_line, self._unset, data)

    def _take(self, kind: str, piece: str) -> None:
        self._first_line = self._first_line or self._line
        if kind == "unset":
            self._unset[self._length + 1] = piece.strip(":'\"")
        self._parts.append(piece)
        self._length += len(piece)
        if kind == "other" and piece in {"(", ")"}:
            self._depth = self._depth + 1 if piece == "(" else max(self._depth - 1, 0)
        elif kind == "word" and not self._depth:
            self._body.take(piece.lower())

    def _read(self) -> tuple[str, str]:
        """Read the next piece. A variable is replaced, and what it stands for is read next."""
        start = self._position
        found = _TOKEN.match(self._text, start)
        if found is None:
            raise AssertionError("every character is a piece")
        kind, end = found.lastgroup or "other", found.end()
        if kind == "command":
            raise CommandRefused(found[0], self._line)
        if kind in _VARIABLES:
            name = found[kind]
            value = self._value_of(kind, name)
            if value is None:
                kind = "unset"
            else:
                self._fill(start, end, name, value, is_read_again=kind == "bare")
                return "space" if kind == "bare" else "string", self._text[start : self._position]
        if kind == "comment":
            closing = _find_comment_end(self._text, end)
            kind, end = ("space", closing) if closing else ("string", len(self._text))
        elif kind == "dollar":
            closing = self._text.find(found["dollar"], end)
            end = len(self._text) if closing < 0 else closing + len(found["dollar"])
        self._position = end
        return kind, self._text[start:end]

    def _value_of(self, kind: str, name: str) -> str | None:
        if kind == "asked":
            return "TRUE" if name in self._variables else "FALSE"
        is_inside = any(end > self._position and name == each for end, each in self._filled)
        if name not in self._variables or is_inside:
            return None
        text = write_variable(self._variables[name])
        match kind:
            case "literal":
                return quote_literal(text)
            case "name":
                return '"' + text.replace('"', '""') + '"'
            case _:
                return text

    def _fill(self, start: int, end: int, name: str, value: str, *, is_read_again: bool) -> None:
        grown = len(value) - (end - start)
        self._text = self._text[:start] + value + self._text[end:]
        self._filled = [(stop + grown, each) for stop, each in self._filled if stop > start]
        self._skipped = {place + grown: lines for place, lines in self._skipped.items()}
        self._line -= _count(value)  # they are counted when they are read, and stand in no file
        if is_read_again:
            self._filled.append((start + len(value), name))
        else:
            self._position = start + len(value)

    def _take_data(self) -> str:
        """Cut out the lines that follow, up to the end mark, as what is copied."""
        line_end = self._text.find("\n", self._position)
        start = len(self._text) if line_end < 0 else line_end + 1
        mark = _COPY_END.search(self._text, start)
        stop, after = (mark.start(), mark.end()) if mark else (len(self._text),) * 2
        data = self._text[start:stop]
        lines = _count(self._text[start:after])
        self._text = self._text[:start] + self._text[after:]
        self._skipped[start] = self._skipped.get(start, 0) + lines
        return data

    def _count_lines(self, piece: str) -> None:
        self._line += _count(piece)
        for place in [each for each in self._skipped if each <= self._position]:
            self._line += self._skipped.pop(place)


def quote_literal(text: str) -> str:
    """Write a text as a literal of SQL, as psql does for `:'name'`."""
    quoted = text.replace("'", "''")
    if "\\" in text:
        return " E'" + quoted.replace("\\", "\\\\") + "'"
    return f"'{quoted}'"


def _count(text: str) -> int:
    return sum(1 for _ in _LINE_END.finditer(text))


def _find_comment_end(text: str, position: int) -> int:
    depth = 1
    for mark in _COMMENT_MARK.finditer(text, position):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return 0
