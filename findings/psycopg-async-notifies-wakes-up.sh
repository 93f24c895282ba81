#!/usr/bin/env bash
# psycopg 3.3.9 (PyPI) and `AsyncConnection.notifies()` on a connection where nothing happens.
# Expected: the event loop sleeps until the server sends something, as with any socket of asyncio.
# Seen: a timer wakes it ten times a second (two rounds of the loop each) for as long as the program waits, per connection.
# Prints how often, and fails if that is no longer so. The server here speaks just the beginning of PostgreSQL's
# protocol (startup, ready, LISTEN) and then says nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'psycopg[binary]==3.3.9'
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import selectors
import struct
import sys

import psycopg

SECONDS = 3
waits = 0


class CountingSelector(selectors.DefaultSelector):
    """Counts how often the loop has gone to sleep."""

    def select(self, timeout=None):
        global waits
        waits += 1
        return super().select(timeout)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


READY = message(b"Z", b"I")


async def serve(reader, writer):
    (length,) = struct.unpack("!I", await reader.readexactly(4))
    await reader.readexactly(length - 4)
    writer.write(message(b"R", struct.pack("!I", 0)))
    for name, value in [("server_version", "18.0"), ("client_encoding", "UTF8")]:
        writer.write(message(b"S", f"{name}\0{value}\0".encode()))
    writer.write(READY)
    while (kind := await reader.read(1)) not in {b"", b"X"}:
        (length,) = struct.unpack("!I", await reader.readexactly(4))
        await reader.readexactly(length - 4)
        if kind == b"Q":
            writer.write(message(b"C", b"LISTEN\0") + READY)
    writer.close()


async def idle(wait) -> int:
    before = waits
    task = asyncio.ensure_future(wait)
    await asyncio.sleep(SECONDS)
    task.cancel()
    return waits - before


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = f"host=127.0.0.1 port={port} user=x dbname=x sslmode=disable gssencmode=disable"
    connection = await psycopg.AsyncConnection.connect(address, autocommit=True)
    await connection.execute("LISTEN news")
    plain = await idle(asyncio.Event().wait())
    listening = await idle(anext(connection.notifies()))
    print(f"psycopg {psycopg.__version__}, {SECONDS} s in which nothing is sent:")
    print(f"the loop went to sleep {plain} times without notifies(), {listening} times with it")
    await connection.close()
    server.close()
    await asyncio.sleep(0.1)
    return plain < 5 and listening >= 20


with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(CountingSelector())) as runner:
    if not runner.run(main()):
        sys.exit("This has changed.")
PYTHON
