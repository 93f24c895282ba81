"""The balancers of one run: nginx for each check that asks, between it and its replicas.

It answers a check process with the balancer's socket and the folder in which the replicas' sockets
belong. A balancer that ends by itself is a fault of ours: no learner code reaches it but as HTTP.
"""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from milepost.embedded import EmbeddedServerError, find_nginx
from milepost.engine.request import GradeRequest
from milepost.engine.sandbox import Isolation
from milepost.engine.services.contract import Reply, ServiceUnavailable
from milepost.engine.services.folders import ServiceFolder, sweep_folders
from milepost.engine.services.nginx_room import (
    REPLICAS_FOLDER,
    SOCKET_FILE,
    nginx_room,
    write_config,
)
from milepost.engine.services.socket_server import SocketServer

MOST_REPLICAS = 5
_KIND = "nginx"


class RunBalancer:
    """What one run has of balancers: at most one at a time."""

    def __init__(self, isolation: Isolation, runtime_dir: Path, request: GradeRequest) -> None:
        self._isolation = isolation
        self._runtime_dir = runtime_dir
        self._limits = request.limits
        self._server: SocketServer | None = None
        self._place = -1
        self._leaving: set[asyncio.Task[None]] = set()
        sweep_folders(runtime_dir, _KIND)

    async def answer(self, what: str, body: Mapping[str, Any]) -> Reply:
        """Start a balancer for so many replicas. Raises ServiceUnavailable for faults of ours."""
        replicas = int(body["replicas"])
        if what != "open" or not 1 <= replicas <= MOST_REPLICAS:
            raise ServiceUnavailable(f"a check process asked for {what} with {replicas} replicas.")
        await self.end_check()
        try:
            program = find_nginx()
        except EmbeddedServerError as missing:
            raise ServiceUnavailable(f"{missing} {missing.fix}") from missing
        folder = ServiceFolder.make(self._runtime_dir, _KIND)
        write_config(folder.path, replicas, self._limits)
        self._server = await SocketServer.start(
            self._isolation, folder, SOCKET_FILE, lambda outside: nginx_room(program, outside)
        )
        self._place = os.open(folder.path / REPLICAS_FOLDER, os.O_PATH | os.O_DIRECTORY)
        return Reply({}, (self._server.socket, self._place))

    async def end_check(self) -> str | None:
        """End the check's balancer; raises ServiceUnavailable if it has ended by itself."""
        if self._server is None:
            return None
        server, self._server = self._server, None
        os.close(self._place)
        was_alive = server.is_listening()
        task = asyncio.create_task(server.stop())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        if not was_alive:
            raise ServiceUnavailable("the check's balancer has ended by itself.")
        return None

    async def end_sessions(self, _: str) -> None:
        """Do nothing: it waits for the guests, and those are ended."""

    async def stop(self) -> None:
        """End the balancer, if there is one, and wait until it is gone."""
        with suppress(ServiceUnavailable):  # it is gone, and the run is over
            await self.end_check()
        while self._leaving:
            await asyncio.gather(*self._leaving, return_exceptions=True)

    def usage(self) -> dict[str, int]:
        """Answer nothing: it is no use of learner code's."""
        return {}
