"""The servers of one run: one for each check that asks, started while the one before runs.

All checks of a run find theirs at one address, so that learner code starts alike in each. It
replies to a check process; a server that ends without a limit having been reached is a fault of
ours.
"""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.folders import sweep_folders
from milepost.engine.backing.hosting import Host, Reply, Run, ServiceUnavailable
from milepost.engine.backing.lab_data import Key, key_of_data
from milepost.engine.backing.leases import Ahead, Departures
from milepost.engine.backing.messages import Ended, Login
from milepost.engine.backing.mysql import BYTES, CONNECTIONS
from milepost.engine.backing.mysql.grants import write_grants
from milepost.engine.backing.mysql.messages import (
    CHECKER,
    LEARNER,
    QUESTIONS,
    AskWhyMysqlEnded,
    DataFilled,
    DataToFill,
    MysqlGiven,
    MysqlQuestion,
    OpenMysql,
)
from milepost.engine.backing.mysql.program import MariaDb, find_installation
from milepost.engine.backing.mysql.sandbox import (
    DATA,
    OWN_CONNECTIONS,
    OWN_MEMORY_BYTES,
    SOCKET_FILE,
    mysql_sandbox,
)
from milepost.engine.backing.mysql.templates import Filling, Template, Templates, make_folder
from milepost.engine.backing.registry import describe_limit
from milepost.engine.backing.socket_server import SocketServer

_KIND = "mysql"
_LOOK_SECONDS = 0.05


@dataclass(slots=True)
class _Use:
    """A check's server. What it held when nobody had used it is the template's copy."""

    server: SocketServer
    first_bytes: int
    limit: str | None = None
    watching: asyncio.Task[None] | None = None


class MysqlHost(Host):
    """What an engine has of MariaDB: the filled data of labs."""

    def __init__(self, runtime_dir: Path) -> None:
        super().__init__(runtime_dir)
        self._templates = Templates(runtime_dir)

    async def open(self, run: Run) -> "RunMysql":
        """Begin to start the server of the first check, where the lab's data is filled."""
        try:
            found = find_installation()
        except EmbeddedServerError as missing:
            raise ServiceUnavailable(f"{missing} {missing.fix}") from missing
        return RunMysql(self.runtime_dir, self._templates, run, found)

    async def aclose(self) -> None:
        """Delete what was filled."""
        self._templates.close()


class RunMysql:
    """What one run has of MariaDB."""

    questions = QUESTIONS

    def __init__(
        self, runtime_dir: Path, templates: Templates, run: Run, installed: MariaDb
    ) -> None:
        self._runtime_dir = runtime_dir
        self._templates = templates
        self._run = run
        self._installed = installed
        self._limits = run.request.limits
        self._key: Key = key_of_data(run.request.lab, run.request.seed)
        self._learner = Login(LEARNER, secrets.token_urlsafe(18))
        self._checker = Login(CHECKER, secrets.token_urlsafe(18))
        self._filling: Filling | None = None
        self._use: _Use | None = None
        self._ahead = Ahead(self._start)
        self._departures = Departures()
        self._peaks = {"memory_peak_bytes": 0, "disk_bytes": 0}
        sweep_folders(runtime_dir, _KIND)
        self._begin_ahead()

    async def answer(self, question: MysqlQuestion) -> Reply:
        """Reply to the check process. Raises ServiceUnavailable for faults of ours."""
        match question:
            case OpenMysql():
                return await self._open()
            case DataFilled():
                return await self._finish_filling()
            case AskWhyMysqlEnded():
                return await self._explain_end()
            case _:
                assert_never(question)

    async def end_check(self) -> str | None:
        """Release the check's server; raises ServiceUnavailable if it has died by itself."""
        if self._use is None:
            return None
        use, self._use = self._use, None
        try:
            self._look(use)
            _require_alive(use)
        finally:
            self._retire(use)
        return use.limit

    async def end_sessions(self, limit: str) -> None:
        """End the server of the check that runs, because of a limit."""
        if self._use is not None:
            self._use.limit = self._use.limit or limit
            self._use.server.kill()
        if self._filling is not None:
            self._filling.server.kill()

    async def stop(self) -> None:
        """End every server that this run still has."""
        if self._use is not None:
            use, self._use = self._use, None
            self._retire(use)
        if self._filling is not None:
            filling, self._filling = self._filling, None
            await self._templates.give_up(self._key, filling)
        left = await self._ahead.take_back()
        if left is not None:
            self._retire(left)
        await self._departures.wait()

    def usage(self) -> dict[str, int]:
        """Return the most that any server of this run used, by the names in Usage."""
        return self._peaks

    # Questions

    async def _open(self) -> Reply:
        await self.end_check()
        if not self._ahead.has_begun and self._templates.find(self._key) is None:
            self._filling = await self._templates.begin(
                self._key, self._run.isolation, self._installed
            )
            if self._filling is not None:
                return Reply(DataToFill(self._filling.builder), (self._filling.server.socket,))
        return await self._give()

    async def _finish_filling(self) -> Reply:
        filling, self._filling = self._filling, None
        if filling is None:
            raise ServiceUnavailable("a check process filled data that it was not given.")
        await self._templates.finish(self._key, filling)
        return await self._give()

    async def _give(self) -> Reply:
        self._use = use = await self._ahead.take()
        use.watching = asyncio.create_task(self._watch(use))
        if self._run.has_more_checks():
            self._begin_ahead()
        return Reply(MysqlGiven(self._learner, self._checker), (use.server.socket,))

    async def _explain_end(self) -> Reply:
        """Return why a connection to the server has ended."""
        if self._use is None:
            raise ServiceUnavailable("a check process asked about a MariaDB before it had one.")
        await self._use.server.let_its_end_show()
        _require_alive(self._use)
        limit = self._use.limit
        reason = describe_limit(limit, self._limits) if limit else "Your SQL ended its own session."
        return Reply(Ended(limit, reason))

    # Servers

    def _begin_ahead(self) -> None:
        if self._templates.find(self._key) is not None:
            self._ahead.begin()

    async def _start(self) -> _Use:
        template = self._require_template()
        grants = write_grants(
            self._learner, self._checker, CONNECTIONS.of(self._limits) + OWN_CONNECTIONS
        )
        server = await SocketServer.start(
            self._run.isolation,
            make_folder(self._runtime_dir, grants),
            SOCKET_FILE,
            lambda outside: mysql_sandbox(
                self._installed, outside, template.path, template.bytes, self._limits
            ),
        )
        return _Use(server, server.measure_mount(DATA))

    def _require_template(self) -> Template:
        template = self._templates.find(self._key)
        if template is None:
            raise ServiceUnavailable("the lab's data for MariaDB is gone.")
        return template

    async def _watch(self, use: _Use) -> None:
        """Look from outside at what it holds, and end it where that is too much."""
        while use.limit is None:
            self._look(use)
            await asyncio.sleep(_LOOK_SECONDS)
        use.server.kill()

    def _look(self, use: _Use) -> None:
        stored = max(use.server.measure_mount(DATA) - use.first_bytes, 0)
        memory = max(use.server.measure_memory() - OWN_MEMORY_BYTES, 0)
        for name, used in (("memory_peak_bytes", memory), ("disk_bytes", stored)):
            self._peaks[name] = max(self._peaks[name], used)
        if stored > BYTES.of(self._limits):
            use.limit = use.limit or BYTES.name
        if memory > self._limits.memory_bytes:
            use.limit = use.limit or "memory_bytes"

    def _retire(self, use: _Use) -> None:
        """End a check's server while the run goes on."""
        if use.watching is not None:
            use.watching.cancel()
        self._departures.begin(use.server.stop())


def _require_alive(use: _Use) -> None:
    if use.limit is None and not use.server.is_well():
        raise ServiceUnavailable("the check's MariaDB has ended or been stopped by itself.")
