"""The databases of one run: one for each check that asks, cloned while the check before still runs.

It answers a check process, which knows passwords of its own databases only. Whatever happened,
`stop` leaves neither database nor role. A server that is lost is a fault of ours.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from milepost.engine.request import GradeRequest
from milepost.engine.sandbox import Isolation
from milepost.engine.services.contract import Reply, ServiceUnavailable
from milepost.engine.services.postgres import LabPostgres, OpenCluster
from milepost.engine.services.postgres_cluster import Database, Template
from milepost.engine.services.postgres_templates import DataBroken, Key, template_key
from milepost.engine.services.postgres_watch import DatabaseWatch

_ANSWER_SECONDS = 120.0
_FAULT_SHOWS_SECONDS = 0.5
_OWN_END = "Your SQL ended its own session."

Answer = dict[str, Any]


@dataclass(slots=True)
class _Use:
    """A database in use by a check."""

    database: Database
    watch: DatabaseWatch
    log_since: int
    limit: str | None = None


class RunDatabases:
    """What one run has of the labs' PostgreSQL."""

    def __init__(
        self, opened: OpenCluster, request: GradeRequest, more_checks: Callable[[], bool]
    ) -> None:
        self._opened = opened
        self._cluster = opened.cluster
        self._request = request
        self._more_checks = more_checks
        self._key: Key = template_key(request.lab, request.seed)
        self._filling: Template | None = None
        self._next: asyncio.Task[Database] | None = None
        self._use: _Use | None = None
        self._dropping: set[asyncio.Task[None]] = set()
        self._peaks = {"memory_peak_bytes": 0, "disk_bytes": 0}
        self._questions = {
            "open": self._provide,
            "filled": self._finish_filling,
            "statements": self._list_statements,
            "end": self._end,
            "seat": self._seat,
        }

    @classmethod
    async def open(
        cls,
        postgres: LabPostgres,
        isolation: Isolation,
        request: GradeRequest,
        more: Callable[[], bool],
    ) -> "RunDatabases":
        """Find the cluster, or start it, and begin to clone the first database."""
        databases = cls(await postgres.get(isolation), request, more)
        databases._clone_ahead()
        return databases

    def usage(self) -> dict[str, int]:
        """Answer the most that any database of this run used, by the names in Usage."""
        return self._peaks

    async def answer(self, what: str, body: Mapping[str, Any]) -> Reply:
        """Answer a question of the check process. Raises ServiceUnavailable for faults of ours."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                answer = await self._questions[what](body)
        except TimeoutError as error:
            raise ServiceUnavailable("the labs' PostgreSQL did not answer in time.") from error
        gives_a_place = "database" in answer or "fill" in answer
        return Reply(answer, (self._cluster.server.socket_folder,) if gives_a_place else ())

    async def end_check(self) -> str | None:
        """Say which limit the check's database reached. It is dropped when the next is asked for.

        A server that was lost shows here at the latest, even if only learner code met it.
        """
        if self._use is None:
            return None
        await self._cluster.require_alive()
        return self._use.watch.limit

    async def end_sessions(self, limit: str) -> None:
        """End what the learner's code does in the database now, because of a limit."""
        if self._use is not None:
            self._use.limit = self._use.limit or limit
            with suppress(ServiceUnavailable):
                await self._cluster.end_sessions(
                    self._use.database.learner, self._use.database.checker
                )
        if self._filling is not None:
            with suppress(ServiceUnavailable):
                await self._cluster.end_sessions(self._filling.builder)

    async def stop(self) -> None:
        """Drop everything that this run still has."""
        await self._retire()
        if self._filling is not None:
            filling, self._filling = self._filling, None
            await self._opened.templates.give_up(self._key, filling)
        if self._next is not None:
            with suppress(ServiceUnavailable):
                self._drop_later(await self._next)
            self._next = None
        while self._dropping:
            await asyncio.gather(*self._dropping, return_exceptions=True)

    # Questions

    async def _provide(self, _: Mapping[str, Any]) -> Answer:
        await self._retire()
        if self._next is None and self._opened.templates.find(self._key) is None:
            try:
                self._filling = await self._opened.templates.begin(self._key, self._request.lab)
            except DataBroken as broken:
                return {"broken": str(broken)}
            if self._filling is not None:
                return {"fill": _describe(self._filling.name, learner=self._filling.builder)}
        return await self._take()

    async def _finish_filling(self, _: Mapping[str, Any]) -> Answer:
        filling, self._filling = self._filling, None
        if filling is None:
            raise ServiceUnavailable("a check process filled a template that it was not given.")
        await self._opened.templates.finish(self._key, filling)
        return await self._take()

    async def _list_statements(self, _: Mapping[str, Any]) -> Answer:
        use = self._require_use()
        mark = await self._cluster.mark_log()
        found = await self._opened.log.read_until(
            mark, use.log_since, use.database.name, use.database.learner.role
        )
        return {"statements": found}

    async def _end(self, body: Mapping[str, Any]) -> Answer:
        """End the sessions of the database in use; answer why they ended."""
        use = self._require_use()
        await self._cluster.require_alive()
        if use.watch.fault is not None:
            raise use.watch.fault
        limit = use.watch.limit or use.limit or body.get("limit")
        if limit is None:
            # A server that loses a session by a fault of its own takes a moment to go down itself.
            await asyncio.sleep(_FAULT_SHOWS_SECONDS)
            await self._cluster.require_alive()
        await self._cluster.end_sessions(use.database.learner, spared=body.get("spared", ()))
        reason = self._request.limits.describe(limit) if limit else _OWN_END
        return {"limit": limit, "reason": reason}

    async def _seat(self, body: Mapping[str, Any]) -> Answer:
        """Make room for sessions that the check holds open in the role of the learner."""
        database = self._require_use().database
        seats = self._request.limits.database_connections + int(body["seats"])
        await self._cluster.allow_sessions(database.learner, seats)
        return {}

    # Databases

    async def _take(self) -> Answer:
        self._clone_ahead()
        if self._next is None:
            raise ServiceUnavailable("the template of the lab's database is gone.")
        database = await asyncio.shield(self._next)
        self._next = None
        since = self._opened.log.begin()
        watch = DatabaseWatch(
            self._cluster, database, self._request.limits, self._opened.log, since
        )
        watch.start()
        self._use = _Use(database, watch, since)
        if self._more_checks():
            self._clone_ahead()
        return {
            "database": _describe(database.name, learner=database.learner, checker=database.checker)
        }

    def _clone_ahead(self) -> None:
        template = self._opened.templates.find(self._key)
        if self._next is None and template is not None:
            self._next = asyncio.create_task(self._cluster.clone(template, self._request.limits))

    async def _retire(self) -> None:
        """Let go of the database in use; it is dropped while the run goes on."""
        if self._use is None:
            return
        use, self._use = self._use, None
        await use.watch.stop()
        self._opened.log.end()
        for name, used in (
            ("memory_peak_bytes", use.watch.memory_bytes),
            ("disk_bytes", use.watch.used_bytes),
        ):
            self._peaks[name] = max(self._peaks[name], used)
        self._drop_later(use.database)

    def _drop_later(self, database: Database) -> None:
        task = asyncio.create_task(self._drop(database))
        self._dropping.add(task)
        task.add_done_callback(self._dropping.discard)

    async def _drop(self, database: Database) -> None:
        with suppress(ServiceUnavailable):  # it is gone with its server, or the next sweep finds it
            await self._cluster.drop(database.name, database.learner, database.checker)

    def _require_use(self) -> _Use:
        if self._use is None:
            raise ServiceUnavailable("a check process asked about a database that it has not.")
        return self._use


def _describe(name: str, **logins: Any) -> Answer:
    return {"name": name, **{who: asdict(login) for who, login in logins.items()}}
