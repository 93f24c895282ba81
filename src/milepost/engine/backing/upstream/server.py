"""Serves a scripted upstream: HTTP/1.1 on a unix socket of the check process, in its own threads.

It reads what learner code sends with h11 and hands each request to `answer`. Every size, count and
wait is bounded; what is wrong with a request ends its connection and nothing else.
"""

import os
import select
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import h11

from milepost.engine.checks.calls import Received
from milepost.engine.checks.replies import Manner, Reply

_MOST_CONNECTIONS = 64  # as many as the guest's forwarder lets through
_MOST_HEAD_BYTES = 32 * 1024
_PIECE = b"x" * 16 * 1024
_GARBAGE = b"\x16\x03\x01\x00\xff\x00 this is not HTTP \xff\xfe\r\n\r\n"
_PIECE_SECONDS = 0.001
_IDLE_SECONDS = 60.0
_WITHOUT_BODY = {204, 304}


Answer = Callable[[Received], Reply]


class HungUp(Exception):
    """The caller has gone."""


class UpstreamServer:
    """Listens until it is closed."""

    def __init__(self, answer: Answer, most_body_bytes: int) -> None:
        self._answer = answer
        self._most_body_bytes = most_body_bytes
        self._closing = threading.Event()
        self._slots = threading.Semaphore(_MOST_CONNECTIONS)
        self._open: dict[int, socket.socket] = {}
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/socket"
            self._listener.bind(path)
            os.chmod(path, 0o777)  # noqa: PTH101,S103 - the guest has another user, and only a descriptor
            self._place = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._listener.listen(_MOST_CONNECTIONS)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Refuse new connections, hang up on all others, and wait until nothing is served."""
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self.hang_up()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def take_place(self) -> int:
        """Give out its socket file, opened as a place, once; its taker closes it."""
        return self._place

    def hang_up(self) -> None:
        """Break every connection that is open."""
        with self._lock:
            for sock in self._open.values():
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        number = 0
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            if not self._slots.acquire(blocking=False):
                sock.close()
                continue
            number += 1
            with self._lock:
                self._open[number] = sock
            thread = threading.Thread(target=self._serve, args=(number, sock), daemon=True)
            self._threads = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()

    def _serve(self, number: int, sock: socket.socket) -> None:
        try:
            sock.settimeout(_IDLE_SECONDS)
            connection = _Connection(sock, number, self._most_body_bytes)
            while (request := connection.receive()) is not None:
                if not self._give(connection, request):
                    break
        except (OSError, h11.ProtocolError, HungUp):
            pass  # its own connection ends, and nothing else
        finally:
            with self._lock:
                del self._open[number]
            sock.close()
            self._slots.release()

    def _give(self, connection: "_Connection", request: Received) -> bool:
        """Answer one request; whether the connection can be used again."""
        try:
            reply = self._answer(request)
            connection.wait(reply.after, self._closing)
            return connection.send(reply, self._closing)
        except (OSError, HungUp):
            request.was_hung_up = not self._closing.is_set()
            raise
        finally:
            request.ended_at = time.monotonic()


class _Connection:
    """One connection of learner code."""

    def __init__(self, sock: socket.socket, number: int, most_body_bytes: int) -> None:
        self._socket = sock
        self._readable = select.poll()
        self._readable.register(sock, select.POLLIN)
        self._number = number
        self._most_body_bytes = most_body_bytes
        self._is_head = False
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_HEAD_BYTES)

    def receive(self) -> Received | None:
        """Read the next request to its end; None when no further one comes."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        request = self._next()
        if not isinstance(request, h11.Request):
            return None
        at = time.monotonic()
        self._is_head = request.method == b"HEAD"
        body = bytearray()
        while isinstance(event := self._next(), h11.Data):
            body += event.data
            if len(body) > self._most_body_bytes:
                raise HungUp
        return Received(
            method=request.method.decode("ascii", "replace"),
            target=request.target.decode("ascii", "replace"),
            headers=list(request.headers),
            body=bytes(body),
            at=at,
            connection=self._number,
        )

    def wait(self, seconds: float, closing: threading.Event) -> None:
        """Let time pass before the answer; raises HungUp when the caller has gone meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if closing.wait(min(left, 0.02)) or self._has_gone():
                raise HungUp

    def send(self, reply: Reply, closing: threading.Event) -> bool:
        """Give an answer in its manner; whether the connection can be used again."""
        match reply.manner:
            case Manner.WHOLE:
                return self._send_whole(reply)
            case Manner.CUT_OFF:
                self._send_part(reply)
            case Manner.GARBAGE:
                self._socket.sendall(_GARBAGE)
            case Manner.ENDLESS:
                self._send_for_ever(closing)
            case Manner.SILENT:
                self.wait(float("inf"), closing)
            case Manner.DROPPED:
                pass
        return False

    def _send_whole(self, reply: Reply) -> bool:
        body = reply.body()
        headers = {**reply.all_headers(), "content-length": str(len(body))}
        if reply.status in _WITHOUT_BODY:
            body, headers = b"", reply.all_headers()
        elif self._is_head:
            body = b""
        said = self._say(h11.Response(status_code=reply.status, headers=list(headers.items())))
        said += self._say(h11.Data(data=body)) if body else b""
        self._socket.sendall(said + self._say(h11.EndOfMessage()))
        return self._http.our_state is h11.DONE

    def _send_part(self, reply: Reply) -> None:
        body = reply.body()
        headers = {**reply.all_headers(), "content-length": str(len(body))}
        head = h11.Response(status_code=reply.status, headers=list(headers.items()))
        self._socket.sendall(self._say(head) + body[: len(body) // 2])

    def _send_for_ever(self, closing: threading.Event) -> None:
        head = h11.Response(status_code=200, headers=[("content-type", "text/plain")])
        self._socket.sendall(self._say(head))
        while not closing.wait(_PIECE_SECONDS):
            self._socket.sendall(self._say(h11.Data(data=_PIECE)))

    def _next(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._socket.sendall(self._say(go_on))
            self._http.receive_data(self._socket.recv(65536))
        return event

    def _say(self, event: h11.Event) -> bytes:
        return self._http.send(event) or b""

    def _has_gone(self) -> bool:
        # Asked first, as a socket with a timeout waits in `recv`, whatever flags it is given.
        if not self._readable.poll(0):
            return False
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return True
