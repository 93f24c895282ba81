"""A server that speaks Milepost's API as a test tells it to, for the real `milepost` to talk to.

What it is not told, it does not know. It remembers what it was asked, and with which token.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One reply, with headers of its own."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeMilepost:
    """Replies by path below `/api/v1`: a document for JSON, bytes as they are, or a `Reply`."""

    replies: dict[str, Any]
    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def reply_to(self, path: str, token: str | None) -> Reply:
        """Return what is sent to this request."""
        self.asked.append((path, token))
        known = self.replies.get(path.removeprefix("/api/v1"))
        if known is None:
            problem = {"code": "not_found", "detail": "There is nothing here.", "title": "x"}
            return Reply(json.dumps(problem).encode(), 404)
        if isinstance(known, Reply):
            return known
        return Reply(known if isinstance(known, bytes) else json.dumps(known).encode())


@contextmanager
def serve_fake(replies: dict[str, Any]) -> Iterator[FakeMilepost]:
    """Serve on a free loopback port for as long as the block lasts."""
    fake = FakeMilepost(replies)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = fake.reply_to(self.path, self.headers.get("Authorization"))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                self.wfile.write(reply.body)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
