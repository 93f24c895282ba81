"""Stands between learner code and the document store: reads along, and holds back writes if told.

It lives in the check process, in threads of its own, since stores tell of their commands in
different ways or not at all. A connection that sends nonsense ends, and nothing else does.
"""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from milepost.engine.backing.mongo.allowed import find_refusal, is_write
from milepost.engine.backing.mongo.wire import (
    Document,
    Malformed,
    Message,
    as_plain,
    read_command,
    receive_message,
    write_refusal,
)

_MALFORMED = 22  # InvalidBSON
_REFUSED = 13  # Unauthorized
_WITHOUT_MEANING = {"lsid", "$clusterTime", "$readPreference", "$db", "txnNumber", "apiVersion"}


@dataclass(slots=True)
class SeenCommand:
    """A command that learner code has sent, and what came back. Times are of `time.monotonic`."""

    name: str
    database: str
    body: Document
    began_at: float
    ended_at: float | None = None
    reply: Document | None = None
    size: int = 0


class Relay:
    """Listens until it is closed."""

    def __init__(self, server: str, most_connections: int, most_bytes: int) -> None:
        self._server = server
        self._most_connections = most_connections
        self._most_bytes = most_bytes
        self._kept_bytes = 0
        self._open: dict[int, socket.socket] = {}
        self._threads: list[threading.Thread] = []
        self._seen: list[SeenCommand] = []
        self._waiting: dict[int, str] = {}
        self._changed = threading.Condition()
        self._is_held = False
        self._is_closing = False
        self.was_crowded = False  # more connections were asked for than there may be
        self._listener = socket.socket(socket.AF_UNIX)
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/socket"
            self._listener.bind(path)
            os.chmod(path, 0o777)  # noqa: PTH101,S103 - the guest has another user, and only a descriptor
            self._place = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._listener.listen(most_connections)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def take_place(self) -> int:
        """Give out its socket file, opened as a place, once; its taker closes it."""
        return self._place

    @property
    def is_full(self) -> bool:
        """Whether learner code has sent more than is kept; then it is heard no more."""
        return self._kept_bytes >= self._most_bytes

    @property
    def is_idle(self) -> bool:
        """Whether every command that was sent has been answered."""
        with self._changed:
            return all(each.ended_at is not None for each in self._seen)

    def list_seen(self) -> list[SeenCommand]:
        """List what has come so far, in order."""
        with self._changed:
            return list(self._seen)

    def list_waiting(self) -> dict[int, str]:
        """List the command with which each connection waits, by its number."""
        with self._changed:
            return dict(self._waiting)

    def hold(self) -> None:
        """Let every write wait from now on."""
        with self._changed:
            self._is_held = True

    def release(self) -> None:
        """Let all go on."""
        with self._changed:
            self._is_held = False
            self._changed.notify_all()

    def hang_up(self) -> None:
        """Break every connection that is open."""
        with self._changed:
            for sock in self._open.values():
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Refuse new connections, hang up on all others, and wait until nothing is served."""
        self._is_closing = True
        self.release()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self.hang_up()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        number = 0
        while not self._is_closing:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            with self._changed:
                is_crowded = len(self._open) >= self._most_connections
                self.was_crowded = self.was_crowded or is_crowded
                if not is_crowded:
                    self._open[number] = sock
            if is_crowded:
                sock.close()
                continue
            thread = threading.Thread(target=self._serve, args=(number, sock), daemon=True)
            self._threads = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()

    def _serve(self, number: int, sock: socket.socket) -> None:
        store = socket.socket(socket.AF_UNIX)
        try:
            store.connect(self._server)
            while not self.is_full:
                message = receive_message(_receiver(sock))
                if message is None or not self._pass_on(number, message, sock, store):
                    break
        except (OSError, Malformed):
            pass  # its own connection ends, and nothing else
        finally:
            with self._changed:
                del self._open[number]
            sock.close()
            store.close()

    def _pass_on(
        self, number: int, message: Message, sock: socket.socket, store: socket.socket
    ) -> bool:
        """Answer one message; whether the connection can be used again."""
        if not message.is_request:
            return False
        try:
            command = read_command(message)
        except Malformed as error:
            sock.sendall(write_refusal(message, _MALFORMED, f"The message was not read. {error}"))
            return True
        seen = self._keep(command, len(message.raw))
        try:
            refusal = find_refusal(seen.name, command)
            if refusal is not None:
                sock.sendall(write_refusal(message, _REFUSED, refusal))
                return True
            if is_write(seen.name, command):
                self._wait_for_release(number, seen.name)
            store.sendall(message.raw)
            return self._bring_back(seen, message, sock, store)
        finally:
            with self._changed:
                seen.ended_at = time.monotonic()

    def _bring_back(
        self, seen: SeenCommand, message: Message, sock: socket.socket, store: socket.socket
    ) -> bool:
        is_awaited = not message.more_to_come
        while is_awaited:
            reply = receive_message(_receiver(store))
            if reply is None:
                return False
            with suppress(Malformed):
                seen.reply = _leave_out(read_command(reply))
            sock.sendall(reply.raw)
            is_awaited = reply.more_to_come
        return True

    def _keep(self, command: Document, size: int) -> SeenCommand:
        name = next(iter(command), "")
        seen = SeenCommand(
            name, str(command.get("$db", "")), _leave_out(command), time.monotonic(), size=size
        )
        with self._changed:
            self._seen.append(seen)
            self._kept_bytes += size
        return seen

    def _wait_for_release(self, number: int, name: str) -> None:
        with self._changed:
            if self._is_held:
                self._waiting[number] = name
                self._changed.wait_for(lambda: not self._is_held)
                del self._waiting[number]


def _leave_out(document: Document) -> Document:
    """Turn a document into plain values, without what drivers add for themselves."""
    kept = {name: value for name, value in document.items() if name not in _WITHOUT_MEANING}
    plain: Document = as_plain(kept)
    return plain


def _receiver(sock: socket.socket) -> Callable[[int], bytes]:
    def receive(size: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < size:
            piece: Any = sock.recv(min(size - len(pieces), 1 << 16))
            if not piece:
                break
            pieces += piece
        return bytes(pieces)

    return receive
