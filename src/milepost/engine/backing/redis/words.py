"""What a check says to its Redis and hears from it: words as bytes, replies as values, sentences.

No connection is here; where a sentence needs to know more, it asks through `ask`.
"""

import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from milepost.engine.checks.faults import NotSendable

Word = str | bytes | int | float
Ask = Callable[..., Any]

READERS: dict[str, tuple[Word, ...]] = {  # what reads a value of a type as a whole
    "string": ("GET",),
    "hash": ("HGETALL",),
    "list": ("LRANGE", 0, -1),
    "set": ("SMEMBERS",),
    "zset": ("ZRANGE", 0, -1, "WITHSCORES"),
}

_SHOWN_CHARACTERS = 80
_WANTED = {  # what a command looks for, by its first letters
    "GET": "string",
    "STRLEN": "string",
    "INCR": "string",
    "DECR": "string",
    "APPEND": "string",
    "H": "hash",
    "L": "list",
    "RP": "list",
    "S": "set",
    "Z": "sorted set",
    "X": "stream",
}
_TITLES = {"zset": "sorted set"}
_SIZES = {
    "string": ("STRLEN", "bytes"),
    "list": ("LLEN", "elements"),
    "hash": ("HLEN", "fields"),
    "set": ("SCARD", "members"),
    "zset": ("ZCARD", "members"),
    "stream": ("XLEN", "entries"),
}
_OF_ALL_KEYS = {"KEYS", "SCAN", "DBSIZE", "RANDOMKEY"}


def encode(words: Sequence[Word]) -> tuple[bytes, ...]:
    """Write words as bytes. Raises NotSendable for text that no encoding can hold."""
    encoded = []
    for word in words:
        try:
            encoded.append(word if isinstance(word, bytes) else str(word).encode())
        except UnicodeEncodeError:
            raise NotSendable(
                f"The check could not ask Redis for {cut(repr(word))}: it holds half of a character"
                " (a lone surrogate), which no UTF-8 can hold. Give text that is whole."
            ) from None
    return tuple(encoded)


def decode(value: Any) -> Any:
    """Read a reply: bytes as text where they are UTF-8, lists element by element."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value
    if isinstance(value, list):
        return [decode(inner) for inner in value]
    return value


def pair(flat: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair what stands side by side."""
    yield from zip(flat[::2], flat[1::2], strict=True)


def as_logged(words: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Write a command as it is told apart in the log."""
    return (words[0].upper(), *words[1:])


def write_line(words: tuple[bytes, ...]) -> str:
    """Write a command as one would type it."""
    return shlex.join(str(decode(word)) for word in words)


def say_refused(words: tuple[bytes, ...], error: str, ask: Ask) -> str:
    """Return why a command was refused, with the key that it is about and what that holds."""
    line = cut(write_line(words))
    key, kind = _find_key(words, ask)
    if kind is not None and error.startswith("WRONGTYPE"):
        return (
            f"The check looks for a {_wanted(words)} in `{key}` (`{line}`), and Redis holds a"
            f" {_TITLES.get(kind, kind)} there. Store it under this key as the brief says."
        )
    holds = f" `{key}` holds a {_TITLES.get(kind, kind)}." if kind is not None else ""
    return f"Redis refused what the check asked of it, `{line}`: {error.rstrip('.')}.{holds}"


def say_too_large(words: tuple[bytes, ...], ask: Ask) -> str:
    """Return the sentence that a reply was too large to be read, with the size of what it holds."""
    line = cut(write_line(words))
    said = f"Redis holds more than the check can read at once: the answer to `{line}` is too large."
    if words[0].upper().decode(errors="replace") in _OF_ALL_KEYS:
        count = ask("DBSIZE")
        there = "There are very many keys" if count is None else f"There are {count:,} keys"
        return f"{said} {there}; keep fewer, or give them shorter names."
    key, kind = _find_key(words, ask)
    if kind not in _SIZES:
        return said
    command, unit = _SIZES[kind]
    size = ask(command, words[1])
    of = f" of {size:,} {unit}" if isinstance(size, int) else ""
    return f"{said} `{key}` holds a {_TITLES.get(kind, kind)}{of}."


def cut(text: str) -> str:
    """Cut a text that stands within a sentence."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _find_key(words: tuple[bytes, ...], ask: Ask) -> tuple[str, str | None]:
    """Find the key that a command is about, and its type; None where there is no such key."""
    if len(words) < 2:  # noqa: PLR2004 - a command and its key
        return "", None
    kind = ask("TYPE", words[1])
    return cut(str(decode(words[1]))), None if kind in {None, "none"} else str(kind)


def _wanted(words: tuple[bytes, ...]) -> str:
    command = words[0].upper().decode(errors="replace")
    found = [each for each in _WANTED if command.startswith(each)]
    return _WANTED[max(found, key=len)] if found else "value of another type"
