"""The shipped web server in a process of its own, for what needs a real socket."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from milepost.embedded.parent_death import dying_with_parent

_READY_SECONDS = 90.0


@contextmanager
def serve(database_url: str, *, data_dir: Path, content_dir: Path) -> Iterator[str]:
    """Serve the application on a free loopback port and yield its URL."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "milepost.main:create_app"]
    environment = os.environ | {
        "MILEPOST_DATABASE_URL": database_url,
        "MILEPOST_DATA_DIR": str(data_dir),
        "MILEPOST_CONTENT_DIR": str(content_dir),
        "MILEPOST_PORT": str(port),
        "MILEPOST_LOG_LEVEL": "WARNING",
    }
    log_path = data_dir / "server.log"
    with log_path.open("wb") as log:
        server = subprocess.Popen(
            dying_with_parent(command, on_orphaned=signal.SIGKILL),
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(server, url, log_path)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    give_up_at = time.monotonic() + _READY_SECONDS
    while time.monotonic() < give_up_at:
        if server.poll() is not None:
            break
        try:
            httpx.get(f"{url}/health", timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"The server did not start: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
