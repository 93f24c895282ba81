"""The check's own connection to its document store: a command out, a reply back, read whole.

It passes by the relay, so nothing of it is counted as learner code's, and no held write stops it.
"""

import socket
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from milepost.engine.backing.mongo.wire import (
    Document,
    Malformed,
    Message,
    as_plain,
    read_command,
    receive_message,
    write_message,
)

_BATCH = 10_000


class StoreGone(Exception):
    """The store has hung up, or does not answer in time."""


class Session:
    """One connection to the store."""

    def __init__(self, path: str, seconds: float) -> None:
        self._path = path
        self._numbers = count(1)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._file = self._socket.makefile("rb")
        try:
            self._socket.connect(path)
        except OSError as error:
            raise StoreGone(str(error)) from error

    def run(self, database: str, command: Mapping[str, Any]) -> Document:
        """Run a command, and return the reply as plain values, be it a refusal."""
        raw = write_message(next(self._numbers), {**command, "$db": database})
        try:
            self._socket.sendall(raw)
            message: Message | None = receive_message(self._file.read)
        except (OSError, Malformed) as error:
            raise StoreGone(str(error)) from error
        if message is None:
            raise StoreGone("it has hung up")
        plain: Document = as_plain(read_command(message))
        return plain

    def read_all(self, database: str, command: Mapping[str, Any]) -> Document:
        """Run a command that answers with a cursor; return its reply with all documents in it."""
        reply = self.run(database, command)
        cursor = reply.get("cursor")
        if not isinstance(cursor, dict):
            return reply
        documents = [*cursor.pop("firstBatch", []), *self._read_on(database, cursor)]
        return {**reply, "cursor": {**cursor, "id": 0, "firstBatch": documents}}

    def clear(self) -> None:
        """Drop every database but the server's own."""
        reply = self.run("admin", {"listDatabases": 1, "nameOnly": True})
        for each in reply.get("databases", []):
            if each["name"] not in {"admin", "config", "local"}:
                self.run(each["name"], {"dropDatabase": 1})

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def _read_on(self, database: str, cursor: Mapping[str, Any]) -> Iterator[Document]:
        collection = str(cursor.get("ns", "")).partition(".")[2]
        identity = cursor.get("id", 0)
        while identity:
            more = {"getMore": identity, "collection": collection, "batchSize": _BATCH}
            found = self.run(database, more).get("cursor", {})
            yield from found.get("nextBatch", [])
            identity = found.get("id", 0)
