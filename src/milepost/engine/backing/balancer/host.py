"""The balancers of one run: nginx for each check that asks, between it and its replicas.

It gives a check process the balancer's socket and the folder in which the replicas' sockets
belong. A balancer that ends by itself is a fault of ours: no learner code reaches it but as HTTP.
"""

import os
from contextlib import suppress
from pathlib import Path

from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.balancer import MOST_REPLICAS
from milepost.engine.backing.balancer.messages import QUESTIONS, OpenBalancer
from milepost.engine.backing.balancer.program import find_nginx
from milepost.engine.backing.balancer.sandbox import (
    REPLICAS_FOLDER,
    SOCKET_FILE,
    nginx_sandbox,
    write_config,
)
from milepost.engine.backing.folders import ServiceFolder, sweep_folders
from milepost.engine.backing.hosting import Host, Reply, Run, ServiceUnavailable
from milepost.engine.backing.leases import Departures
from milepost.engine.backing.messages import Done
from milepost.engine.backing.socket_server import SocketServer

_KIND = "nginx"


class BalancerHost(Host):
    """What an engine has of balancers: nothing that runs share."""

    async def open(self, run: Run) -> "RunBalancer":
        """Open nothing yet: only a check knows how many replicas it wants."""
        return RunBalancer(self.runtime_dir, run)


class RunBalancer:
    """What one run has of balancers: at most one at a time."""

    questions = QUESTIONS

    def __init__(self, runtime_dir: Path, run: Run) -> None:
        self._isolation = run.isolation
        self._runtime_dir = runtime_dir
        self._limits = run.request.limits
        self._server: SocketServer | None = None
        self._place = -1
        self._departures = Departures()
        sweep_folders(runtime_dir, _KIND)

    async def answer(self, question: OpenBalancer) -> Reply:
        """Start a balancer for so many replicas. Raises ServiceUnavailable for faults of ours."""
        replicas = question.replicas
        if not 1 <= replicas <= MOST_REPLICAS:
            raise ServiceUnavailable(f"a check process asked for {replicas} replicas.")
        await self.end_check()
        try:
            program = find_nginx()
        except EmbeddedServerError as missing:
            raise ServiceUnavailable(f"{missing} {missing.fix}") from missing
        folder = ServiceFolder.make(self._runtime_dir, _KIND)
        write_config(folder.path, replicas, self._limits)
        self._server = await SocketServer.start(
            self._isolation, folder, SOCKET_FILE, lambda outside: nginx_sandbox(program, outside)
        )
        self._place = os.open(folder.path / REPLICAS_FOLDER, os.O_PATH | os.O_DIRECTORY)
        return Reply(Done(), (self._server.socket, self._place))

    async def end_check(self) -> str | None:
        """End the check's balancer; raises ServiceUnavailable if it has ended by itself."""
        if self._server is None:
            return None
        server, self._server = self._server, None
        os.close(self._place)
        was_well = server.is_well()
        self._departures.begin(server.stop())
        if not was_well:
            raise ServiceUnavailable("the check's balancer has ended or been stopped by itself.")
        return None

    async def end_sessions(self, _: str) -> None:
        """Do nothing: it waits for the guests, and those are ended."""

    async def stop(self) -> None:
        """End the balancer, if there is one, and wait until it is gone."""
        with suppress(ServiceUnavailable):  # it is gone, and the run is over
            await self.end_check()
        await self._departures.wait()

    def usage(self) -> dict[str, int]:
        """Return nothing: learner code uses none of it."""
        return {}
