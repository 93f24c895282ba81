"""Reads what PostgreSQL says it ran, from its log, which no session can turn off.

Lines are the server's own; a learner's text stands in them escaped. Reading is bounded, and a log
that nobody reads from any more is emptied.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from milepost.engine.request import MEBIBYTE

_MOST_BYTES = 16 * MEBIBYTE
_MOST_STATEMENTS = 500
_MOST_CHARACTERS = 4000
_EMPTY_BEYOND = 32 * MEBIBYTE
_MARK_SECONDS = 2.0
_HEAD_BYTES = 200  # of a line, in which it says whose it is
_RAN = re.compile(
    r"duration: (?P<ms>[\d.]+) ms  (?:statement|execute [^:]*): (?P<sql>.*)", re.DOTALL
)


class StatementLog:
    """The log file of one server."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._readers = 0

    def begin(self) -> int:
        """Answer the place from which a new reader reads. `end` must follow."""
        size = self._size()
        self._readers += 1
        return size

    def end(self) -> None:
        """Let go of a place."""
        self._readers -= 1
        if self._readers == 0 and self._size() > _EMPTY_BEYOND:
            os.truncate(self._file, 0)  # the server appends, so it goes on at the new end

    def count_own(self, role: str, since: int) -> tuple[int, int]:
        """Answer how many bytes a role has made it hold from a place on, and where to go on."""
        text = self._read(since)
        mark = f'"user":"{role}"'.encode()
        end = text.rfind(b"\n") + 1 or (len(text) if len(text) == _MOST_BYTES else 0)
        lines = text[:end].splitlines(keepends=True)
        return sum(len(line) for line in lines if mark in line[:_HEAD_BYTES]), since + end

    async def read_until(self, mark: str, since: int, database: str, role: str) -> list[Any]:
        """List what a role ran in a database since a place, up to a mark that is in the log."""
        wanted = mark.encode()
        give_up_at = time.monotonic() + _MARK_SECONDS
        # The file belongs to another process, which wakes nobody.
        while wanted not in (text := self._read(since)) and time.monotonic() < give_up_at:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        return list(_list_statements(text, database, role))

    def _read(self, since: int) -> bytes:
        with self._file.open("rb") as log:
            log.seek(since)
            return log.read(_MOST_BYTES)

    def _size(self) -> int:
        return self._file.stat().st_size


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
        }
    if entry.get("error_severity") in {"ERROR", "FATAL"} and "statement" in entry:
        return about | {
            "sql": str(entry["statement"])[:_MOST_CHARACTERS],
            "duration_ms": None,
            "parameters": str(entry.get("detail", ""))[:_MOST_CHARACTERS],
            "error": message[:_MOST_CHARACTERS],
        }
    return None
