"""The wire between a browser and the server, as a proxy that a test can cut and fix.

It carries bytes and knows nothing of HTTP.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_CHUNK_BYTES = 65_536


class Connection:
    """Carries everything, until it is told to cut, or to lose what the server answers."""

    def __init__(self, server: str) -> None:
        self._upstream = urlsplit(server)
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self.loses_answers = False
        self.url = ""

    def cut(self) -> None:
        """Drop every connection, and every new one."""
        self._is_cut = True
        for writer in tuple(self._open):
            writer.transport.abort()

    def fix(self) -> None:
        """Carry again."""
        self._is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one of the browser's connections until either side ends it."""
        if self._is_cut:
            writer.transport.abort()
            return
        upstream_reader, upstream = await asyncio.open_connection(
            self._upstream.hostname, self._upstream.port
        )
        both = {writer, upstream}
        self._open |= both
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, upstream, both))
                group.create_task(self._pump(upstream_reader, writer, both, is_answer=True))
        finally:
            self._open -= both

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        both: set[asyncio.StreamWriter],
        *,
        is_answer: bool = False,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK_BYTES):
                if is_answer and self.loses_answers:
                    break
                writer.write(data)
                await writer.drain()
        for end in both:
            end.transport.abort()


@asynccontextmanager
async def connect(server: str) -> AsyncIterator[Connection]:
    """Yield a connection to `server` that stands at an address of its own."""
    connection = Connection(server)
    carried: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried.add(asyncio.create_task(connection.carry(reader, writer)))

    proxy = await asyncio.start_server(accept, "127.0.0.1", 0)
    host, port = proxy.sockets[0].getsockname()
    connection.url = f"http://{host}:{port}"
    try:
        yield connection
    finally:
        proxy.close()
        connection.cut()
        await asyncio.gather(*carried)
