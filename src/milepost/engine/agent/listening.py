"""Finds out on which addresses of a guest's own network somebody listens.

It reads what the kernel says, so a learner's code can neither hide nor invent a listener.
"""

from __future__ import annotations

import sys

from milepost.engine.agent.native import socket

_LISTENING = "0A"
_TABLES = (("/proc/net/tcp", socket.AF_INET), ("/proc/net/tcp6", socket.AF_INET6))
MAX_LISTENERS = 20


def list_listeners() -> list[str]:
    """List addresses such as `127.0.0.1:8000` and `[::1]:3000`, the lowest port first."""
    found: set[tuple[int, str]] = set()
    for path, family in _TABLES:
        try:
            with open(path, encoding="ascii") as table:
                lines = table.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            _, local, _, state, *_ = line.split()
            if state == _LISTENING:
                found.add(_read(local, family))
    return [address for _, address in sorted(found)][:MAX_LISTENERS]


def _read(local: str, family: int) -> tuple[int, str]:
    # The address is written as words of the machine's own byte order.
    host, port = local.split(":")
    words = [int(host[start : start + 8], 16) for start in range(0, len(host), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    text = socket.inet_ntop(family, packed)
    number = int(port, 16)
    return number, f"[{text}]:{number}" if family == socket.AF_INET6 else f"{text}:{number}"
