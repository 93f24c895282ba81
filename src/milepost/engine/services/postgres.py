"""The labs' PostgreSQL of one engine: started by the first run that asks, replaced when it is lost.

What a run does with it is `postgres_run`. Nobody but the engine holds it, and it ends with it.
"""

import asyncio
from pathlib import Path

from milepost.engine.sandbox import Isolation
from milepost.engine.services.postgres_cluster import Cluster
from milepost.engine.services.postgres_log import StatementLog
from milepost.engine.services.postgres_server import PostgresServer
from milepost.engine.services.postgres_templates import Templates


class OpenCluster:
    """A running cluster with the templates in it and its log."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.templates = Templates(cluster)
        self.log = StatementLog(cluster.server.log_file)


class LabPostgres:
    """Answers the running cluster, and starts it where there is none."""

    def __init__(self, runtime_dir: Path) -> None:
        self._runtime_dir = runtime_dir
        self._starting = asyncio.Lock()
        self._open: OpenCluster | None = None

    async def get(self, isolation: Isolation) -> OpenCluster:
        """Answer the cluster; raises ServiceUnavailable where it cannot be started."""
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
