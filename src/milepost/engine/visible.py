"""Writing out characters that look like others or like nothing, so that two values can be compared.

Pages and terminals show *expected* and *got* through it. Invariant: two different texts are still
different afterwards, to the eye, wherever only such characters set them apart.
"""

import json
import re
import unicodedata
from typing import Any

# Control, format, surrogate, private and unassigned characters; separators other than a blank.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}
_PLAIN = " \n"
_NOT_PRINTABLE_ASCII = re.compile(r"[^\n -~]")


def write_out_both(one: str, other: str) -> tuple[str, str]:
    """Return two texts in which what can't be seen is an escape as Python, JSON and C write it.

    A blank at the end of a line is one as well; other blanks and line breaks stay as they are.
    Texts that would still look alike (an escape that one of them holds as such, letters with marks
    that Unicode writes in two ways, UAX #15) are written in ASCII, their backslashes doubled.
    """
    seen = _write_out(one), _write_out(other)
    if one != other and _appearance(seen[0]) == _appearance(seen[1]):
        return _write_in_ascii(one), _write_in_ascii(other)
    return seen


def _write_out(text: str) -> str:
    return "\n".join(_write_out_line(line) for line in text.split("\n"))


def _appearance(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _write_in_ascii(text: str) -> str:
    """Escape everything but ASCII and line breaks."""
    lines = (_to_escapes(line) for line in text.split("\n"))
    return "\n".join(lines)


def _write_out_line(line: str) -> str:
    seen = line.rstrip(" ")
    ended = "\\x20" * (len(line) - len(seen))
    return "".join(_escape(char) for char in seen) + ended


def _escape(char: str) -> str:
    if char in _PLAIN or unicodedata.category(char) not in _UNSEEN:
        return char
    return _to_escapes(char)


def _to_escapes(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def write_json(value: Any, indent: int | None = None) -> str:
    """Write a JSON value; what can't be seen is escaped, so that the text means that value."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _NOT_PRINTABLE_ASCII.sub(lambda found: _escape_unprintable(found[0]), text)


def _escape_unprintable(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]
