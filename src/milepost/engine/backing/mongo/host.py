"""The document store of one run: one server, which a check hands on as clean as it got it.

A check that does not say so leaves a server that is ended; the next gets another. One that ends by
itself is a fault of ours, unless learner code has filled its memory.
"""

import asyncio
from pathlib import Path
from typing import assert_never

from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.folders import ServiceFolder, sweep_folders
from milepost.engine.backing.hosting import Host, Reply, Run, ServiceUnavailable
from milepost.engine.backing.leases import Ahead, Departures
from milepost.engine.backing.messages import Done, Ended
from milepost.engine.backing.mongo import BYTES
from milepost.engine.backing.mongo.messages import (
    QUESTIONS,
    AskWhyMongoEnded,
    MongoGiven,
    MongoLeftClean,
    MongoQuestion,
    OpenMongo,
)
from milepost.engine.backing.mongo.program import find_mongo
from milepost.engine.backing.mongo.sandbox import OWN_BYTES, SOCKET_FILE, mongo_sandbox
from milepost.engine.backing.registry import describe_limit
from milepost.engine.backing.socket_server import SocketServer

_KIND = "mongo"
_LOOK_SECONDS = 0.05
_NO_MEMORY = "OutOfMemoryError"  # as Java says it, before it ends


class MongoHost(Host):
    """What an engine has of document stores: nothing that runs share."""

    async def open(self, run: Run) -> "RunMongo":
        """Begin to start the run's server."""
        return RunMongo(self.runtime_dir, run)


class RunMongo:
    """What one run has of document stores."""

    questions = QUESTIONS

    def __init__(self, runtime_dir: Path, run: Run) -> None:
        self._runtime_dir = runtime_dir
        self._run = run
        self._limits = run.request.limits
        self._server: SocketServer | None = None
        self._watching: asyncio.Task[None] | None = None
        self._limit: str | None = None
        self._is_used = False
        self._is_clean = True
        self._ahead = Ahead(self._start)
        self._departures = Departures()
        sweep_folders(runtime_dir, _KIND)
        self._ahead.begin()

    async def answer(self, question: MongoQuestion) -> Reply:
        """Reply to the check process. Raises ServiceUnavailable for faults of ours."""
        match question:
            case OpenMongo():
                return await self._open()
            case MongoLeftClean():
                self._is_clean = True
                return Reply(Done())
            case AskWhyMongoEnded():
                return await self._explain_end()
            case _:
                assert_never(question)

    async def end_check(self) -> str | None:
        """Keep the server, if the check left it clean; returns the limit that ended it, if any."""
        if not self._is_used:
            return None
        self._is_used = False
        try:
            self._require_alive()
            return self._limit
        finally:
            if not self._is_clean or self._limit is not None:
                self._retire()

    async def end_sessions(self, limit: str) -> None:
        """End the server that the running check uses, because of a limit."""
        if self._is_used and self._server is not None:
            self._limit = self._limit or limit
            self._server.kill()

    async def stop(self) -> None:
        """End every server that this run still has."""
        self._retire()
        left = await self._ahead.take_back()
        if left is not None:
            self._departures.begin(left.stop())
        await self._departures.wait()

    def usage(self) -> dict[str, int]:
        """Return nothing: a server's memory has a limit of its own, which Usage does not name."""
        return {}

    async def _open(self) -> Reply:
        await self.end_check()
        if self._server is None:
            self._server = await self._ahead.take()
            self._watching = asyncio.create_task(self._watch(self._server))
        self._is_used, self._is_clean, self._limit = True, False, None
        program = find_mongo()
        return Reply(MongoGiven(program.title, program.version), (self._server.socket,))

    async def _explain_end(self) -> Reply:
        if self._server is not None:
            await self._server.let_its_end_show()
        self._require_alive()
        reason = describe_limit(self._limit, self._limits) if self._limit else ""
        return Reply(Ended(self._limit, reason))

    async def _start(self) -> SocketServer:
        try:
            program = find_mongo()
        except EmbeddedServerError as missing:
            raise ServiceUnavailable(f"{missing} {missing.fix}") from missing
        return await SocketServer.start(
            self._run.isolation,
            ServiceFolder.make(self._runtime_dir, _KIND),
            SOCKET_FILE,
            lambda outside: mongo_sandbox(program, outside, self._limits),
        )

    async def _watch(self, server: SocketServer) -> None:
        """Look at its memory from outside: not every server bounds what it holds."""
        most = BYTES.of(self._limits) + OWN_BYTES
        while server.measure_memory() <= most:  # noqa: ASYNC110 - nobody would tell
            await asyncio.sleep(_LOOK_SECONDS)
        self._limit = self._limit or BYTES.name
        server.kill()

    def _require_alive(self) -> None:
        server = self._server
        if server is None or self._limit is not None or server.is_well():
            return
        if _NO_MEMORY not in server.diagnostics():
            raise ServiceUnavailable(
                "the check's document store has ended or been stopped by itself."
            )
        self._limit = BYTES.name

    def _retire(self) -> None:
        """End the server while the run goes on, and begin another if a check may want it."""
        server, self._server = self._server, None
        if self._watching is not None:
            self._watching.cancel()
        if server is None:
            return
        self._departures.begin(server.stop())
        if self._run.has_more_checks():
            self._ahead.begin()
