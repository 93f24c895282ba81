"""Ports on this machine: finding one that is free, and waiting until somebody listens.

Loopback only.
"""

import socket
import time
from contextlib import suppress

_PATIENCE_SECONDS = 60.0


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_open(port: int) -> None:
    """Return once something accepts connections; raise TimeoutError after a minute."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    raise TimeoutError(f"Nothing listens on port {port} after {_PATIENCE_SECONDS:.0f} seconds.")
