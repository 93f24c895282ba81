"""The Redis servers of one run: one for each check that asks, started while the one before runs.

It answers a check process, which may also pause, stop and start its server. A server that ends
without a check having asked is a fault of ours, unless learner code has filled its memory.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from milepost.embedded import EmbeddedServerError, find_redis
from milepost.engine.request import MEBIBYTE, GradeRequest
from milepost.engine.sandbox import Isolation
from milepost.engine.services.contract import Login, Reply, ServiceUnavailable
from milepost.engine.services.folders import ServiceFolder, sweep_folders
from milepost.engine.services.redis_room import SOCKET_FILE, redis_room
from milepost.engine.services.socket_server import SocketServer

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


class RunRedis:
    """What one run has of Redis."""

    def __init__(
        self,
        isolation: Isolation,
        runtime_dir: Path,
        request: GradeRequest,
        more_checks: Callable[[], bool],
    ) -> None:
        self._isolation = isolation
        self._runtime_dir = runtime_dir
        self._limits = request.limits
        self._more_checks = more_checks
        self._use: _Use | None = None
        self._next: asyncio.Task[_Use] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._questions: Mapping[str, Callable[[_Use], Any]] = {
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop_server,
            "start": self._start_again,
            "end": self._explain_end,
        }
        sweep_folders(runtime_dir, _KIND)
        self._begin_next()

    async def answer(self, what: str, _: Mapping[str, Any]) -> Reply:
        """Answer a question of the check process. Raises ServiceUnavailable for faults of ours."""
        if what == "open":
            return await self._open()
        if self._use is None:
            raise ServiceUnavailable("a check process asked about a Redis that it has not.")
        reply: Reply = await self._questions[what](self._use)
        return reply

    async def end_check(self) -> str | None:
        """Let go of the check's server; raises ServiceUnavailable if it has died by itself."""
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
        if self._next is not None:
            begun, self._next = self._next, None
            begun.cancel()
            [found] = await asyncio.gather(begun, return_exceptions=True)
            if isinstance(found, _Use):
                self._retire(found)
        while self._leaving:
            await asyncio.gather(*self._leaving, return_exceptions=True)

    def usage(self) -> dict[str, int]:
        """Answer nothing: a server's memory has a limit of its own, which Usage does not name."""
        return {}

    # Questions

    async def _open(self) -> Reply:
        await self.end_check()
        self._begin_next()
        if self._next is None:
            raise ServiceUnavailable("no Redis was started.")
        begun, self._next = self._next, None
        self._use = await begun
        if self._more_checks():
            self._begin_next()
        users = {"learner": asdict(self._use.learner), "checker": asdict(self._use.checker)}
        return self._reply(self._use, users)

    async def _pause(self, use: _Use) -> Reply:
        self._require_server(use).pause()
        return Reply({})

    async def _resume(self, use: _Use) -> Reply:
        self._require_server(use).resume()
        return Reply({})

    async def _stop_server(self, use: _Use) -> Reply:
        self._require_alive(use)
        server, use.server = self._require_server(use), None
        await self._end(server, use.watching)
        return Reply({})

    async def _start_again(self, use: _Use) -> Reply:
        if use.server is None:
            await self._start(use)
        return self._reply(use, {})

    async def _explain_end(self, use: _Use) -> Reply:
        """Say why a connection to the server has ended."""
        self._require_alive(use)
        reason = self._limits.describe(use.limit) if use.limit else None
        return Reply({"limit": use.limit, "reason": reason})

    # Servers

    def _begin_next(self) -> None:
        if self._next is None:
            self._next = asyncio.create_task(self._begin())

    async def _begin(self) -> _Use:
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
            lambda outside: redis_room(program, outside, use.learner, use.checker, self._limits),
        )
        use.watching = asyncio.create_task(self._watch(use, use.server))

    async def _watch(self, use: _Use, server: SocketServer) -> None:
        """Look at its memory from outside: what scripts hold, Redis does not count."""
        most = self._limits.redis_bytes + _OWN_BYTES
        while server.measure_memory() <= most:  # noqa: ASYNC110 - nobody would tell
            await asyncio.sleep(_LOOK_SECONDS)
        use.limit = use.limit or "redis_bytes"
        server.kill()

    def _require_alive(self, use: _Use) -> None:
        if use.server is None or use.limit is not None or use.server.is_listening():
            return
        if not use.server.ran_out_of_memory():
            raise ServiceUnavailable("the check's Redis has ended by itself.")
        use.limit = "redis_bytes"

    def _retire(self, use: _Use) -> None:
        """End a check's server while the run goes on."""
        if use.server is not None:
            task = asyncio.create_task(self._end(use.server, use.watching))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _end(self, server: SocketServer, watching: asyncio.Task[None] | None) -> None:
        if watching is not None:
            watching.cancel()
        await server.stop()

    def _require_server(self, use: _Use) -> SocketServer:
        if use.server is None:
            raise ServiceUnavailable("a check process has stopped its Redis already.")
        return use.server

    def _reply(self, use: _Use, body: Mapping[str, Any]) -> Reply:
        return Reply(body, (self._require_server(use).socket,))


def _random_login(role: str) -> Login:
    return Login(role, secrets.token_urlsafe(18))
