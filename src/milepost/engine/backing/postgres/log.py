"""Reads what PostgreSQL says it ran, from its log, which no session can turn off.

Lines are the server's own; a learner's text stands in them escaped. Reading is bounded, and a log
that nobody reads from any more is emptied.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from milepost.engine.backing.hosting import ServiceUnavailable
from milepost.engine.limits import MEBIBYTE

_MOST_BYTES = 16 * MEBIBYTE
_MOST_STATEMENTS = 500
_MOST_CHARACTERS = 4000
_EMPTY_BEYOND = 32 * MEBIBYTE
_MARK_SECONDS, _BEGIN_SECONDS = 2.0, 10.0
_HEAD_BYTES = 200  # of a line, in which it says whose it is
_RAN = re.compile(
    r"duration: (?P<ms>[\d.]+) ms  (?:statement|execute [^:]*): (?P<sql>.*)", re.DOTALL
)


class StatementLog:
    """The log file of one server."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._readers = 0

    async def begin(self, write_mark: Callable[[], Awaitable[str]]) -> int:
        """Return the place from which a new reader reads, behind all that has run by now.

        `end` must follow. The server hands lines to a process that writes them a little later, so
        the place is behind a mark that is written now. Raises ServiceUnavailable if it never comes.
        """
        self._readers += 1
        try:
            since = self._size()
            mark = await write_mark()
            return since + _find_behind(mark, await self._read_up_to(mark, since, _BEGIN_SECONDS))
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Release a place, up to which nobody reads any more."""
        self._readers -= 1
        if self._readers == 0 and self._size() > _EMPTY_BEYOND:
            os.truncate(self._file, 0)  # the server appends, so it goes on at the new end

    def count_own(self, role: str, since: int) -> tuple[int, int]:
        """Return how many bytes a role has made it hold from a place on, and where to go on."""
        text = self._read(since)
        mark = f'"user":"{role}"'.encode()
        end = text.rfind(b"\n") + 1 or (len(text) if len(text) == _MOST_BYTES else 0)
        lines = text[:end].splitlines(keepends=True)
        return sum(len(line) for line in lines if mark in line[:_HEAD_BYTES]), since + end

    async def read_until(self, mark: str, since: int, database: str, role: str) -> list[Any]:
        """List what a role ran in a database since a place, up to a mark that is in the log."""
        text = await self._read_up_to(mark, since, _MARK_SECONDS)
        return list(_list_statements(text, database, role))

    async def _read_up_to(self, mark: str, since: int, seconds: float) -> bytes:
        """Read from a place on, as soon as a mark is there whole, or else what is there in time."""
        wanted = re.compile(mark.encode() + rb"[^\n]*\n")
        give_up_at = time.monotonic() + seconds
        # The file belongs to another process, which wakes nobody.
        while not wanted.search(text := self._read(since)) and time.monotonic() < give_up_at:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        return text

    def _read(self, since: int) -> bytes:
        with self._file.open("rb") as log:
            log.seek(since)
            return log.read(_MOST_BYTES)

    def _size(self) -> int:
        return self._file.stat().st_size


def _find_behind(mark: str, text: bytes) -> int:
    place = text.find(mark.encode())
    end = text.find(b"\n", place) + 1
    if place < 0 or not end:
        raise ServiceUnavailable("the log of the labs' PostgreSQL is not written in time.")
    return end


def _list_statements(text: bytes, database: str, role: str) -> Iterator[dict[str, Any]]:
    count = 0
    for line in text.splitlines():
        if role.encode() not in line:
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the last line may not be whole yet
        if entry.get("dbname") != database or entry.get("user") != role:
            continue
        statement = _read_entry(entry)
        if statement is not None and count < _MOST_STATEMENTS:
            count += 1
            yield statement


def _read_entry(entry: dict[str, Any]) -> dict[str, Any] | None:
    message = str(entry.get("message", ""))
    about = {"session": str(entry.get("session_id", "")), "at": str(entry.get("timestamp", ""))}
    # What PostgreSQL itself says of a statement has no context; a learner's RAISE LOG has one.
    ran = _RAN.fullmatch(message) if "context" not in entry else None
    if ran is not None:
        return about | {
            "sql": ran["sql"][:_MOST_CHARACTERS],
            "duration_ms": float(ran["ms"]),
            "parameters": str(entry.get("detail", ""))[:_MOST_CHARACTERS],
            "error": None,
            "detail": "",
        }
    if entry.get("error_severity") in {"ERROR", "FATAL"} and "statement" in entry:
        # With which values the statement was refused, the server's log does not tell.
        return about | {
            "sql": str(entry["statement"])[:_MOST_CHARACTERS],
            "duration_ms": None,
            "parameters": "",
            "error": message[:_MOST_CHARACTERS],
            "detail": str(entry.get("detail", ""))[:_MOST_CHARACTERS],
        }
    return None
