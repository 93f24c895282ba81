"""A PostgreSQL that says it is older than it is: a relay that rewrites one word of its greeting.

No older server can be had in every place where tests run, and the version is all that is asked of
one before it is refused.
"""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def claim_version(socket_file: Path, version: bytes) -> Iterator[int]:
    """Relay a loopback port to a server's socket, with `version` for its own; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as pool:
        serving = pool.submit(_serve, listener, socket_file, version)
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        serving.result()


def _serve(listener: socket.socket, socket_file: Path, version: bytes) -> None:
    """Relay one connection after another: a command that looks at a version makes one at a time."""
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            with client, socket.socket(socket.AF_UNIX) as server, ThreadPoolExecutor() as pool:
                server.connect(str(socket_file))
                pool.submit(_relay, client, server, None)
                pool.submit(_relay, server, client, version)


def _relay(source: socket.socket, target: socket.socket, version: bytes | None) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk if version is None else _rewrite(chunk, version))
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _rewrite(chunk: bytes, version: bytes) -> bytes:
    """Put a version in the place of the real one, in as many bytes: messages tell their length."""
    return re.sub(
        rb"(?<=server_version\0)[^\0]*",
        lambda real: version.ljust(len(real[0]), b" ")[: len(real[0])],
        chunk,
    )
