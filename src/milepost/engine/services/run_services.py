"""All services of an engine, and those of one run by the names that lab.toml has for them.

It only passes on: what a service is and does is its own module's business.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from milepost.engine.request import GradeRequest
from milepost.engine.sandbox import Isolation
from milepost.engine.services.balancer_run import RunBalancer
from milepost.engine.services.contract import Reply, RunService
from milepost.engine.services.postgres import LabPostgres
from milepost.engine.services.postgres_run import RunDatabases
from milepost.engine.services.redis_run import RunRedis

HasMoreChecks: TypeAlias = Callable[[], bool]
_Open: TypeAlias = Callable[[Isolation, GradeRequest, HasMoreChecks], Awaitable[RunService]]


class LabServices:
    """Opens services for runs, and keeps what many runs share."""

    def __init__(self, runtime_dir: Path) -> None:
        self.postgres = LabPostgres(runtime_dir)
        self._runtime_dir = runtime_dir
        self._openers: Mapping[str, _Open] = {
            "postgres": self._open_postgres,
            "redis": self._open_redis,
            "balancer": self._open_balancer,
        }

    async def open(
        self, isolation: Isolation, request: GradeRequest, more_checks: HasMoreChecks
    ) -> "RunServices":
        """Open what the lab of a request names; raises ServiceUnavailable where it can't be had."""
        opened = RunServices()
        try:
            for name in request.services:
                if name in self._openers:  # an upstream is served by the check process itself
                    opened.add(name, await self._openers[name](isolation, request, more_checks))
        except BaseException:
            await opened.stop()
            raise
        return opened

    async def aclose(self) -> None:
        """End what runs have shared."""
        await self.postgres.aclose()

    async def _open_postgres(
        self, isolation: Isolation, request: GradeRequest, more_checks: HasMoreChecks
    ) -> RunService:
        return await RunDatabases.open(self.postgres, isolation, request, more_checks)

    async def _open_redis(
        self, isolation: Isolation, request: GradeRequest, more_checks: HasMoreChecks
    ) -> RunService:
        return RunRedis(isolation, self._runtime_dir, request, more_checks)

    async def _open_balancer(
        self, isolation: Isolation, request: GradeRequest, _: HasMoreChecks
    ) -> RunService:
        return RunBalancer(isolation, self._runtime_dir, request)


class RunServices:
    """The services of one run."""

    def __init__(self) -> None:
        self._opened: dict[str, RunService] = {}

    def add(self, name: str, service: RunService) -> None:
        """Take in a service that was opened for this run."""
        self._opened[name] = service

    async def answer(self, body: Mapping[str, Any]) -> Reply:
        """Answer a check process, also one that asks for what its lab does not name."""
        service = self._opened.get(body["service"])
        if service is None:
            return Reply({"broken": f'lab.toml does not say services = ["{body["service"]}"].'})
        return await service.answer(body["what"], body)

    async def end_check(self) -> str | None:
        """Let go of what a check had; answer the first limit that was reached, if any."""
        limits = [await service.end_check() for service in self._opened.values()]
        return next(filter(None, limits), None)

    async def end_sessions(self, limit: str) -> None:
        """End what learner code does in any of them."""
        for service in self._opened.values():
            await service.end_sessions(limit)

    def usage(self) -> dict[str, int]:
        """Return the most that was used so far in any of them, by the names in Usage."""
        return _find_peaks(self._opened.values())

    async def stop(self) -> dict[str, int]:
        """Let go of all of them, and return the most that was used, by the names in Usage."""
        stopped: list[RunService] = []
        while self._opened:
            _, service = self._opened.popitem()
            await service.stop()
            stopped.append(service)
        return _find_peaks(stopped)


def _find_peaks(services: Iterable[RunService]) -> dict[str, int]:
    peaks: dict[str, int] = {}
    for service in services:
        for name, used in service.usage().items():
            peaks[name] = max(peaks.get(name, 0), used)
    return peaks
