"""The machine around a run, with bait: places that a cheat may know of and must never reach.

Whatever is touched, read, planted or left running is seen by `require_unharmed`.
"""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

# Cheats give everything that they leave behind this name.
MARK = "planted-by-a-cheat"
_SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/run")  # noqa: S108 - where a cheat might plant it


@dataclass
class Host:
    """Bait of every kind, and what it was like before anybody was let loose."""

    token: str
    folder: Path
    shared: Path  # in the memory that processes of the host share
    watched: tuple[Path, ...]
    listeners: dict[str, socket.socket]
    process: subprocess.Popen[bytes]
    before: str

    @property
    def places(self) -> dict[str, str]:
        """What cheats may know: the names that stand in their files, and what they stand for."""
        return {
            "@LOOT@": str(self.folder / "loot.txt"),
            "@TCP@": str(self.listeners["tcp"].getsockname()[1]),
            "@PID@": str(self.process.pid),
            "@SHARED@": self.shared.name,
            "@UDP@": str(self.listeners["udp"].getsockname()[1]),
            "@UNIX@": self.listeners["unix"].getsockname(),
            "@ABSTRACT@": self.listeners["abstract"].getsockname().decode().removeprefix("\0"),
            "@MARK@": MARK,
        }

    def require_unharmed(self, said: str) -> None:
        """Raise AssertionError if anything of the host was reached, read, changed or planted.

        `said` is everything that the run gave out.
        """
        assert self.token not in said, "what lies on the host was read"
        for name, listener in self.listeners.items():
            assert not _was_reached(listener), f"the host's {name} socket was reached"
        assert self.process.poll() is None, "a process of the host was ended"
        assert _digest(self.watched) == self.before, "files of the host were changed"
        planted = [
            str(path)
            for folder in (*map(Path, _SHARED), *self.watched)
            for path in folder.glob(f"*{MARK}*")
        ]
        assert planted == [], "files were planted on the host"


@contextmanager
def watch_host(folder: Path, watched: tuple[Path, ...]) -> Iterator[Host]:
    """Lay out the bait in a folder that anybody may read, and watch others beside it."""
    token = secrets.token_hex(12)
    folder.chmod(0o755)
    (folder / "loot.txt").write_text(token)
    shared = Path("/dev/shm") / f"corpus-{token[:8]}"  # noqa: S108 - a bait of its own name
    shared.write_text(token)
    os.environ["CORPUS_LOOT"] = token
    with ExitStack() as opened:
        opened.callback(os.environ.pop, "CORPUS_LOOT")
        opened.callback(shared.unlink)
        sleeper = [sys.executable, "-c", "import time; time.sleep(3600)", token]
        process = opened.enter_context(subprocess.Popen(sleeper))
        opened.callback(process.kill)
        listeners = {
            name: opened.enter_context(_listen(family, kind, address))
            for name, family, kind, address in (
                ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
                ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
                ("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")),
                ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0corpus-{token[:8]}"),
            )
        }
        (folder / "socket").chmod(0o777)
        places = (folder, *watched)
        yield Host(token, folder, shared, places, listeners, process, _digest(places))


def _listen(family: int, kind: int, address: Any) -> socket.socket:
    listener = socket.socket(family, kind)
    listener.bind(address)
    if kind == socket.SOCK_STREAM:
        listener.listen()
    listener.setblocking(False)
    return listener


def _was_reached(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_DGRAM:
            listener.recv(1)
        else:
            listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _digest(folders: tuple[Path, ...]) -> str:
    digest = blake2b(digest_size=16)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            stat = path.lstat()
            digest.update(f"{path} {stat.st_mode} {stat.st_uid} {stat.st_size}".encode())
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()
