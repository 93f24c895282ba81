"""The databases of one run: one for each check that asks, cloned while the check before still runs.

Each is found at the address of the run, so that all checks start learner code alike. It replies to
a check process, which knows passwords of its own run only. Whatever happened, `stop` leaves neither
database nor role. A server that is lost is a fault of ours.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from milepost.engine.backing.hosting import Host, LabDataBroken, Reply, Run, ServiceUnavailable
from milepost.engine.backing.lab_data import Key, key_of_data
from milepost.engine.backing.leases import Ahead, Departures
from milepost.engine.backing.messages import Done, Ended
from milepost.engine.backing.postgres import CONNECTIONS
from milepost.engine.backing.postgres.cluster import Address, Database, Template
from milepost.engine.backing.postgres.messages import (
    QUESTIONS,
    AskStatements,
    DatabaseGiven,
    DatabaseQuestion,
    EndSessions,
    MakeSeats,
    OpenDatabase,
    Statements,
    TemplateFilled,
    TemplateToFill,
)
from milepost.engine.backing.postgres.shared import LabPostgres, OpenCluster
from milepost.engine.backing.postgres.templates import DataBroken
from milepost.engine.backing.postgres.watch import DatabaseWatch
from milepost.engine.backing.registry import describe_limit

_ANSWER_SECONDS = 120.0
_FAULT_SHOWS_SECONDS = 0.5
_OWN_END = "Your SQL ended its own session."


@dataclass(slots=True)
class _Use:
    """A database in use by a check."""

    database: Database
    watch: DatabaseWatch
    log_since: int
    limit: str | None = None


class PostgresHost(Host):
    """What an engine has of the labs' PostgreSQL: one cluster for all runs."""

    def __init__(self, runtime_dir: Path) -> None:
        super().__init__(runtime_dir)
        self._postgres = LabPostgres(runtime_dir)

    @property
    def opened(self) -> OpenCluster | None:
        """The cluster that runs; None until a run has asked for it."""
        return self._postgres.opened

    async def open(self, run: Run) -> "RunDatabases":
        """Find the cluster, or start it, and begin to clone the first database."""
        return RunDatabases(await self._postgres.get(run.isolation), run)

    async def aclose(self) -> None:
        """End the cluster."""
        await self._postgres.aclose()


class RunDatabases:
    """What one run has of the labs' PostgreSQL."""

    questions = QUESTIONS

    def __init__(self, opened: OpenCluster, run: Run) -> None:
        self._opened = opened
        self._cluster = opened.cluster
        self._request = request = run.request
        self._has_more_checks = run.has_more_checks
        self._key: Key = key_of_data(request.lab, request.seed)
        self._address = Address.make()
        self._filling: Template | None = None
        self._clones = Ahead(self._clone)
        self._use: _Use | None = None
        self._dropping = Departures()
        self._peaks = {"memory_peak_bytes": 0, "disk_bytes": 0}
        self._clone_ahead()

    def usage(self) -> dict[str, int]:
        """Return the most that any database of this run used, by the names in Usage."""
        return self._peaks

    async def answer(self, question: DatabaseQuestion) -> Reply:
        """Reply to the check process. Raises ServiceUnavailable for faults of ours."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                message = await self._answer(question)
        except TimeoutError as error:
            raise ServiceUnavailable("the labs' PostgreSQL did not answer in time.") from error
        gives_a_place = isinstance(message, DatabaseGiven | TemplateToFill)
        return Reply(message, (self._cluster.server.socket_folder,) if gives_a_place else ())

    async def _answer(self, question: DatabaseQuestion) -> object:
        match question:
            case OpenDatabase():
                return await self._provide()
            case TemplateFilled():
                return await self._finish_filling()
            case AskStatements():
                return await self._list_statements()
            case EndSessions():
                return await self._end(question)
            case MakeSeats(seats):
                return await self._make_seats(seats)
            case _:
                assert_never(question)

    async def end_check(self) -> str | None:
        """Return the limit that the check's database reached. Opening the next one drops it.

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
        if self._use is not None:
            self._drop_later(await self._leave(self._use))
        if self._filling is not None:
            filling, self._filling = self._filling, None
            await self._opened.templates.give_up(self._key, filling)
        clone = await self._clones.take_back()
        if clone is not None:
            self._drop_later(clone)
        await self._dropping.wait()

    # Questions

    async def _provide(self) -> DatabaseGiven | TemplateToFill:
        if self._use is not None:
            await self._withdraw(await self._leave(self._use))
        if not self._clones.has_begun and self._opened.templates.find(self._key) is None:
            try:
                self._filling = await self._opened.templates.begin(self._key, self._request.lab)
            except DataBroken as broken:
                raise LabDataBroken(str(broken)) from broken
            if self._filling is not None:
                return TemplateToFill(self._filling.name, self._filling.builder)
        return await self._take()

    async def _finish_filling(self) -> DatabaseGiven:
        filling, self._filling = self._filling, None
        if filling is None:
            raise ServiceUnavailable("a check process filled a template that it was not given.")
        await self._opened.templates.finish(self._key, filling)
        return await self._take()

    async def _list_statements(self) -> Statements:
        use = self._require_use()
        mark = await self._cluster.mark_log()
        found = await self._opened.log.read_until(
            mark, use.log_since, use.database.name, use.database.learner.role
        )
        return Statements(tuple(found))

    async def _end(self, question: EndSessions) -> Ended:
        """End the sessions of the database in use; returns why they ended."""
        use = self._require_use()
        await self._cluster.require_alive()
        if use.watch.fault is not None:
            raise use.watch.fault
        limit = use.watch.limit or use.limit or question.limit
        if limit is None:
            # A server that loses a session by a fault of its own takes a moment to go down itself.
            await asyncio.sleep(_FAULT_SHOWS_SECONDS)
            await self._cluster.require_alive()
        await self._cluster.end_sessions(use.database.learner, spared=question.spared)
        reason = describe_limit(limit, self._request.limits) if limit else _OWN_END
        return Ended(limit, reason)

    async def _make_seats(self, wanted: int) -> Done:
        """Make room for sessions that the check holds open in the role of the learner."""
        database = self._require_use().database
        seats = CONNECTIONS.of(self._request.limits) + wanted
        await self._cluster.allow_sessions(database.learner, seats)
        return Done()

    # Databases

    async def _take(self) -> DatabaseGiven:
        clone = await self._clones.take()
        try:
            database = await self._cluster.hand_out(clone, self._address)
        except BaseException:
            self._drop_later(clone)
            raise
        since = await self._opened.log.begin(self._cluster.mark_log)
        watch = DatabaseWatch(
            self._cluster, database, self._request.limits, self._opened.log, since
        )
        watch.start()
        self._use = _Use(database, watch, since)
        if self._has_more_checks():
            self._clone_ahead()
        return DatabaseGiven(database.name, database.learner, database.checker)

    def _clone_ahead(self) -> None:
        if self._opened.templates.find(self._key) is not None:
            self._clones.begin()

    async def _clone(self) -> Database:
        template = self._opened.templates.find(self._key)
        if template is None:
            raise ServiceUnavailable("the template of the lab's database is gone.")
        return await self._cluster.clone(template, self._request.limits)

    async def _leave(self, use: _Use) -> Database:
        """Watch the database in use no more, and keep what was used of it."""
        self._use = None
        await use.watch.stop()
        self._opened.log.end()
        for name, used in (
            ("memory_peak_bytes", use.watch.memory_bytes),
            ("disk_bytes", use.watch.used_bytes),
        ):
            self._peaks[name] = max(self._peaks[name], used)
        return use.database

    async def _withdraw(self, database: Database) -> None:
        """Free the run's address for the next check; the database is dropped while that runs."""
        try:
            database = await self._cluster.withdraw(database)
        finally:
            self._drop_later(database)
        if database.name == self._address.database:  # a session in it has not ended in time
            self._address = Address.make()

    def _drop_later(self, database: Database) -> None:
        self._dropping.begin(self._drop(database))

    async def _drop(self, database: Database) -> None:
        with suppress(ServiceUnavailable):  # it is gone with its server, or the next sweep finds it
            await self._cluster.drop(database.name, database.learner, database.checker)

    def _require_use(self) -> _Use:
        if self._use is None:
            raise ServiceUnavailable("a check process asked about a database before it had one.")
        return self._use
