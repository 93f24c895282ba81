"""The Redis servers of one run: one for each check that asks, started while the one before runs.

It replies to a check process, which may also pause, stop and start its server. A server that ends
without a check having asked is a fault of ours, unless learner code has filled its memory.
"""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.folders import ServiceFolder, sweep_folders
from milepost.engine.backing.hosting import Host, Reply, Run, ServiceUnavailable
from milepost.engine.backing.leases import Ahead, Departures
from milepost.engine.backing.messages import Done, Ended, Login
from milepost.engine.backing.redis import BYTES
from milepost.engine.backing.redis.messages import (
    QUESTIONS,
    AskWhyRedisEnded,
    OpenRedis,
    PauseRedis,
    RedisGiven,
    RedisQuestion,
    ResumeRedis,
    StartRedis,
    StopRedis,
)
from milepost.engine.backing.redis.program import find_redis
from milepost.engine.backing.redis.sandbox import SOCKET_FILE, redis_sandbox
from milepost.engine.backing.registry import describe_limit
from milepost.engine.backing.socket_server import SocketServer
from milepost.engine.limits import MEBIBYTE

_KIND = "redis"
_LOOK_SECONDS = 0.05
# What a server needs itself, and for buffers of clients; scripts have no bound of their own.
_OWN_BYTES = 64 * MEBIBYTE


@dataclass(slots=True)
class _Use:
    """What a check has: a server, which it may have stopped, and two users."""

    learner: Login
    checker: Login
    server: SocketServer | None = None
    limit: str | None = None
    watching: asyncio.Task[None] | None = None


class RedisHost(Host):
    """What an engine has of Redis: nothing that runs share."""

    async def open(self, run: Run) -> "RunRedis":
        """Begin to start the server of the first check."""
        return RunRedis(self.runtime_dir, run)


class RunRedis:
    """What one run has of Redis."""

    questions = QUESTIONS

    def __init__(self, runtime_dir: Path, run: Run) -> None:
        self._isolation = run.isolation
        self._runtime_dir = runtime_dir
        self._limits = run.request.limits
        self._has_more_checks = run.has_more_checks
        self._use: _Use | None = None
        self._ahead = Ahead(self._prepare)
        self._departures = Departures()
        sweep_folders(runtime_dir, _KIND)
        self._ahead.begin()

    async def answer(self, question: RedisQuestion) -> Reply:
        """Reply to the check process. Raises ServiceUnavailable for faults of ours."""
        if isinstance(question, OpenRedis):
            return await self._open()
        use = self._require_use()
        match question:
            case PauseRedis():
                self._require_server(use).pause()
            case ResumeRedis():
                self._require_server(use).resume()
            case StopRedis():
                await self._stop_server(use)
            case StartRedis():
                return await self._start_again(use)
            case AskWhyRedisEnded():
                return await self._explain_end(use)
            case _:
                assert_never(question)
        return Reply(Done())

    async def end_check(self) -> str | None:
        """Release the check's server; raises ServiceUnavailable if it has died by itself."""
        if self._use is None:
            return None
        use, self._use = self._use, None
        try:
            self._require_alive(use)
        finally:
            self._retire(use)
        return use.limit

    async def end_sessions(self, limit: str) -> None:
        """End the server of the check that runs, because of a limit."""
        if self._use is not None and self._use.server is not None:
            self._use.limit = self._use.limit or limit
            self._use.server.kill()

    async def stop(self) -> None:
        """End every server that this run still has."""
        if self._use is not None:
            use, self._use = self._use, None
            self._retire(use)
        left = await self._ahead.take_back()
        if left is not None:
            self._retire(left)
        await self._departures.wait()

    def usage(self) -> dict[str, int]:
        """Return nothing: a server's memory has a limit of its own, which Usage does not name."""
        return {}

    # Questions

    async def _open(self) -> Reply:
        await self.end_check()
        self._use = await self._ahead.take()
        if self._has_more_checks():
            self._ahead.begin()
        given = RedisGiven(self._use.learner, self._use.checker)
        return Reply(given, (self._require_server(self._use).socket,))

    async def _stop_server(self, use: _Use) -> None:
        self._require_alive(use)
        server, use.server = self._require_server(use), None
        await self._end(server, use.watching)

    async def _start_again(self, use: _Use) -> Reply:
        if use.server is None:
            await self._start(use)
        return Reply(Done(), (self._require_server(use).socket,))

    async def _explain_end(self, use: _Use) -> Reply:
        """Return why a connection to the server has ended."""
        if use.server is not None:
            await use.server.let_its_end_show()
        self._require_alive(use)
        reason = describe_limit(use.limit, self._limits) if use.limit else ""
        return Reply(Ended(use.limit, reason))

    # Servers

    async def _prepare(self) -> _Use:
        use = _Use(_random_login("learner"), _random_login("checker"))
        await self._start(use)
        return use

    async def _start(self, use: _Use) -> None:
        try:
            program = find_redis()
        except EmbeddedServerError as missing:
            raise ServiceUnavailable(f"{missing} {missing.fix}") from missing
        use.server = await SocketServer.start(
            self._isolation,
            ServiceFolder.make(self._runtime_dir, _KIND),
            SOCKET_FILE,
            lambda outside: redis_sandbox(program, outside, use.learner, use.checker, self._limits),
        )
        use.watching = asyncio.create_task(self._watch(use, use.server))

    async def _watch(self, use: _Use, server: SocketServer) -> None:
        """Look at its memory from outside: what scripts hold, Redis does not count."""
        most = BYTES.of(self._limits) + _OWN_BYTES
        while server.measure_memory() <= most:  # noqa: ASYNC110 - nobody would tell
            await asyncio.sleep(_LOOK_SECONDS)
        use.limit = use.limit or BYTES.name
        server.kill()

    def _require_alive(self, use: _Use) -> None:
        if use.server is None or use.limit is not None or use.server.is_well():
            return
        if not use.server.ran_out_of_memory():
            raise ServiceUnavailable("the check's Redis has ended or been stopped by itself.")
        use.limit = BYTES.name

    def _retire(self, use: _Use) -> None:
        """End a check's server while the run goes on."""
        if use.server is not None:
            self._departures.begin(self._end(use.server, use.watching))

    async def _end(self, server: SocketServer, watching: asyncio.Task[None] | None) -> None:
        if watching is not None:
            watching.cancel()
        await server.stop()

    def _require_use(self) -> _Use:
        if self._use is None:
            raise ServiceUnavailable("a check process asked about a Redis before it had one.")
        return self._use

    def _require_server(self, use: _Use) -> SocketServer:
        if use.server is None:
            raise ServiceUnavailable("a check process has stopped its Redis already.")
        return use.server


def _random_login(role: str) -> Login:
    return Login(role, secrets.token_urlsafe(18))
