"""The labs' PostgreSQL of one engine: started by the first run that asks, replaced when it is lost.

What a run does with it is `host`. Nobody but the engine holds it, and it ends with it.
"""

import asyncio
from pathlib import Path

from milepost.engine.backing.postgres.cluster import Cluster
from milepost.engine.backing.postgres.log import StatementLog
from milepost.engine.backing.postgres.server import PostgresServer
from milepost.engine.backing.postgres.templates import Templates
from milepost.engine.sandbox import Isolation


class OpenCluster:
    """A running cluster with the templates in it and its log."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.templates = Templates(cluster)
        self.log = StatementLog(cluster.server.log_file)


class LabPostgres:
    """Keeps the running cluster, and starts it where there is none."""

    def __init__(self, runtime_dir: Path) -> None:
        self._runtime_dir = runtime_dir
        self._starting = asyncio.Lock()
        self._open: OpenCluster | None = None

    @property
    def opened(self) -> OpenCluster | None:
        """The cluster that runs; None until a run has asked for it."""
        return self._open

    async def get(self, isolation: Isolation) -> OpenCluster:
        """Return the cluster; raises ServiceUnavailable where it cannot be started."""
        async with self._starting:
            if self._open is not None and self._open.cluster.is_lost:
                await self.aclose()
            if self._open is None:
                server = await PostgresServer.start(isolation, self._runtime_dir)
                try:
                    self._open = OpenCluster(await Cluster.enter(server))
                except BaseException:
                    await server.stop()
                    raise
            return self._open

    async def aclose(self) -> None:
        """End the cluster, if there is one."""
        if self._open is not None:
            await self._open.cluster.close()
            self._open = None
