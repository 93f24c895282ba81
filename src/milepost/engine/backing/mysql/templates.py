"""Templates: one filled data folder for each state of a lab's data and each of its data sets.

A check's server runs on a copy of its files: InnoDB has no cheap copy of a database, and files cost
the same however many rows they hold. Filled once, through a check process; a second run waits, and
a filling that fails leaves nothing.
"""

import asyncio
import os
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from milepost.engine.backing.folders import ServiceFolder, sweep_folders
from milepost.engine.backing.hosting import ServiceUnavailable
from milepost.engine.backing.lab_data import Key
from milepost.engine.backing.messages import Login
from milepost.engine.backing.mysql.grants import write_first_grants
from milepost.engine.backing.mysql.messages import LEARNER
from milepost.engine.backing.mysql.program import MariaDb
from milepost.engine.backing.mysql.sandbox import GRANTS_FILE, SOCKET_FILE, filling_sandbox
from milepost.engine.backing.socket_server import SocketServer
from milepost.engine.sandbox import Isolation, SandboxSpec

_KIND = "mysql-data"
_KEPT = 8
_SHUTDOWN_SECONDS = 60.0
_DATA = "data"
_LEFT_OUT = ("server.pid", "ib_buffer_pool", "ibtmp1")  # a server makes them anew


@dataclass(frozen=True, slots=True)
class Template:
    """A filled data folder, which nobody writes to any more."""

    folder: ServiceFolder
    bytes: int

    @property
    def path(self) -> Path:
        """The folder with the data itself."""
        return self.folder.path / _DATA


@dataclass(frozen=True, slots=True)
class Filling:
    """A server whose data is being filled."""

    server: SocketServer
    folder: ServiceFolder
    builder: Login


class Templates:
    """All templates of one engine."""

    def __init__(self, runtime_dir: Path) -> None:
        self._runtime_dir = runtime_dir
        self._ready: OrderedDict[Key, Template] = OrderedDict()
        self._filling: dict[Key, asyncio.Lock] = {}
        sweep_folders(runtime_dir, _KIND)

    def find(self, key: Key) -> Template | None:
        """Find a template that is ready."""
        template = self._ready.get(key)
        if template is not None:
            self._ready.move_to_end(key)
        return template

    async def begin(self, key: Key, isolation: Isolation, found: MariaDb) -> Filling | None:
        """Have a template filled, once: None when another has done so in the meantime.

        `finish` or `give_up` follows.
        """
        lock = self._filling.setdefault(key, asyncio.Lock())
        await lock.acquire()
        if key in self._ready:
            lock.release()
            return None
        try:
            return await self._start(isolation, found)
        except BaseException:
            lock.release()
            raise

    async def finish(self, key: Key, filling: Filling) -> None:
        """Make filled data the template that everybody copies, and delete the longest unused."""
        try:
            await _shut_down(filling.server)
            self._ready[key] = await asyncio.to_thread(_seal, filling.folder)
        except BaseException:
            await self.give_up(key, filling)
            raise
        self._filling[key].release()
        while len(self._ready) > _KEPT:
            _, oldest = self._ready.popitem(last=False)
            oldest.folder.remove()

    async def give_up(self, key: Key, filling: Filling) -> None:
        """Undo a filling, so that the next run tries again."""
        try:
            await filling.server.stop()
            filling.folder.remove()
        finally:
            self._filling[key].release()

    def close(self) -> None:
        """Delete all of them."""
        while self._ready:
            self._ready.popitem()[1].folder.remove()

    async def _start(self, isolation: Isolation, found: MariaDb) -> Filling:
        folder = ServiceFolder.make(self._runtime_dir, _KIND)
        builder = Login(LEARNER, secrets.token_urlsafe(18))
        data = folder.path / _DATA
        data.mkdir(mode=0o700)
        try:
            server = await SocketServer.start(
                isolation,
                make_folder(self._runtime_dir, write_first_grants(builder)),
                SOCKET_FILE,
                lambda outside: _give_data(filling_sandbox(found, outside, data), outside, data),
            )
        except BaseException:
            folder.remove()
            raise
        return Filling(server, folder, builder)


async def _shut_down(server: SocketServer) -> None:
    """Have a server write all that it holds, and end."""
    if not await server.end_by_itself(_SHUTDOWN_SECONDS):
        raise ServiceUnavailable("the labs' MariaDB did not shut down.")
    await server.stop()


def make_folder(runtime_dir: Path, grants: str) -> ServiceFolder:
    """Make the folder of a server, with the SQL that it starts with."""
    folder = ServiceFolder.make(runtime_dir, "mysql")
    file = folder.path / GRANTS_FILE
    file.touch(mode=0o600)
    file.write_text(grants, encoding="ascii")
    return folder


def _give_data(spec: SandboxSpec, outside: Path, data: Path) -> SandboxSpec:
    """Let the user who owns the server's folder own its data as well."""
    owner = outside.stat()
    os.chown(data, owner.st_uid, owner.st_gid)
    return spec


def _seal(folder: ServiceFolder) -> Template:
    """Let every sandbox read the files of a server that has shut down, and measure them."""
    folder.path.chmod(0o711)
    total = 0
    for path in (folder.path / _DATA, *sorted((folder.path / _DATA).rglob("*"))):
        if path.name in _LEFT_OUT:
            path.unlink()
            continue
        path.chmod(0o755 if path.is_dir() else 0o644)
        total += path.stat().st_size
    return Template(folder, total)
