"""Templates: one filled database for each state of a lab's data and each of its data sets.

Filled once, by the lab's own SQL files and, through a check process, by its `seed` function, as a
role that can do nothing elsewhere. A second run waits; a filling that fails leaves nothing.
"""

import asyncio
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import psycopg

from milepost.engine.backing.hosting import ServiceUnavailable
from milepost.engine.backing.lab_data import Key, list_data_files
from milepost.engine.backing.postgres.cluster import Cluster, Template

_KEPT = 15


class DataBroken(RuntimeError):
    """The lab's own SQL files cannot be run. That is the lab's fault."""


class Templates:
    """All templates of one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._ready: OrderedDict[Key, Template] = OrderedDict()
        self._filling: dict[Key, asyncio.Lock] = {}

    def find(self, key: Key) -> Template | None:
        """Find a template that is ready."""
        template = self._ready.get(key)
        if template is not None:
            self._ready.move_to_end(key)
        return template

    async def begin(self, key: Key, lab: Path) -> Template | None:
        """Have a template filled, once: None when another has done so in the meantime.

        After the lab's own SQL files, the caller may fill in more. `finish` or `give_up` follows.
        """
        lock = self._filling.setdefault(key, asyncio.Lock())
        await lock.acquire()
        if key in self._ready:
            lock.release()
            return None
        template: Template | None = None
        try:
            template = await self._cluster.make_template()
            await self._run_files(template, list_data_files(lab, "postgres"))
        except BaseException:
            await self.give_up(key, template)
            raise
        return template

    async def finish(self, key: Key, template: Template) -> None:
        """Make a filled template the one that everybody clones, and drop the longest unused."""
        try:
            await self._collect_statistics(template)
            await self._cluster.seal(template)
        except BaseException:
            await self.give_up(key, template)
            raise
        self._ready[key] = template
        self._filling[key].release()
        while len(self._ready) > _KEPT:
            _, oldest = self._ready.popitem(last=False)
            await self._cluster.drop(oldest.name, oldest.builder)

    async def give_up(self, key: Key, template: Template | None) -> None:
        """Undo a filling, so that the next run tries again."""
        try:
            if template is not None:
                with suppress(ServiceUnavailable):
                    await self._cluster.drop(template.name, template.builder)
        finally:
            self._filling[key].release()

    async def _run_files(self, template: Template, files: list[Path]) -> None:
        async with await self._connect(template) as connection:
            for file in files:
                try:
                    await connection.execute(file.read_bytes())
                except (psycopg.Error, OSError) as error:
                    await self._cluster.require_alive()
                    raise DataBroken(f"data/{file.name} cannot be run: {error}") from error

    async def _collect_statistics(self, template: Template) -> None:
        async with await self._connect(template) as connection:
            await connection.execute("VACUUM (ANALYZE)")

    async def _connect(self, template: Template) -> psycopg.AsyncConnection:
        try:
            return await self._cluster.server.connect(template.name, template.builder)
        except psycopg.OperationalError as error:
            raise ServiceUnavailable(f"the labs' PostgreSQL failed: {error}") from error
