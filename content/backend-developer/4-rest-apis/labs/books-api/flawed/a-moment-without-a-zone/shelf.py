"""The shelf: books in the order in which they were added, in memory."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from problems import Problem


@dataclass
class Entry:
    number: int
    fields: dict[str, Any]
    added_at: str
    version: int = 1

    @property
    def etag(self) -> str:
        return f'"{self.version}"'

    def show(self) -> dict[str, Any]:
        return {"id": f"b{self.number}", **self.fields, "added_at": self.added_at}


class Shelf:
    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._last = 0

    def add(self, fields: dict[str, Any]) -> Entry:
        self._last += 1
        now = datetime.now().isoformat(timespec="milliseconds")
        entry = Entry(self._last, fields, now)
        self._entries[f"b{self._last}"] = entry
        return entry

    def get(self, book_id: str) -> Entry:
        if book_id not in self._entries:
            raise Problem(404, f"There is no book {book_id}.")
        return self._entries[book_id]

    def replace(self, entry: Entry, fields: dict[str, Any]) -> None:
        entry.fields = fields
        entry.version += 1

    def remove(self, book_id: str) -> None:
        self.get(book_id)
        del self._entries[book_id]

    def page(
        self, wanted: dict[str, Any], limit: int, after: str | None
    ) -> tuple[list[Entry], str | None]:
        """Answer the books after a cursor, and the cursor of the next page."""
        fitting = list(self._after(self._fitting(wanted), after))
        shown = fitting[:limit]
        return shown, write_cursor(shown[-1].number) if len(fitting) > limit else None

    def _fitting(self, wanted: dict[str, Any]) -> Iterator[Entry]:
        for entry in self._entries.values():
            if all(entry.fields[name] == value for name, value in wanted.items()):
                yield entry

    def _after(self, entries: Iterator[Entry], after: str | None) -> Iterator[Entry]:
        number = 0 if after is None else read_cursor(after)
        return (entry for entry in entries if entry.number > number)


def write_cursor(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def read_cursor(text: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        raise Problem(400, "`after` is not from a `next` of this service.") from None
