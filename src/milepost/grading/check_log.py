"""Stores what a run has shown so far, while it goes on.

What is stored is what a learner may see now; the verdict brings the rest.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from milepost.core.database import Database
from milepost.engine import CheckResult, Outcome
from milepost.submissions import service

_STORE_EVERY_SECONDS = 0.05


class CheckLog:
    """Stores checks while the next ones run, and tells readers so.

    What ends is stored together, every 50 ms: as soon as a person can see, for a fraction of the
    transactions. A run that is over sooner than that is told as a whole, with its verdict, as is
    whatever is left at the end. So are hidden checks, since the moments at which they end would
    tell of their inputs, and checks that broke, since whose fault that is comes out last. The
    caller closes it.
    """

    def __init__(self, database: Database, grading_id: UUID, attempt: int) -> None:
        self._database = database
        self.grading_id = grading_id
        self.attempt = attempt
        self.is_overtaken = False
        self._waiting: list[CheckResult] = []
        self._stored: set[str] = set()
        self._writing: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    @property
    def next_position(self) -> int:
        """Where the next check stands among those that are stored."""
        return len(self._stored) + 1

    def list_unstored(self, results: Sequence[CheckResult]) -> list[CheckResult]:
        """Return those of `results` that are not stored yet."""
        return [result for result in results if result.name not in self._stored]

    def begin(self) -> None:
        """Begin to look for what is to be stored."""
        self._writing = asyncio.create_task(self._write())

    def add(self, result: CheckResult) -> None:
        """Have a result stored soon. What went wrong in storing earlier ones is raised here."""
        if not result.hidden and result.outcome is not Outcome.BROKEN:
            self._waiting.append(result)
        if self._writing is not None and self._writing.done():
            self._writing.result()

    async def settle(self) -> None:
        """Wait for what is being stored, and leave the rest to the verdict."""
        self._ended.set()
        if self._writing is not None:
            await self._writing

    async def flush(self) -> None:
        """Store now what waits, once it has settled: the verdict is still some time away."""
        if self._waiting:
            await self._store()

    async def aclose(self) -> None:
        """Store nothing more."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    async def _write(self) -> None:
        is_told = False
        while not (await self._has_ended() or self.is_overtaken):
            if self._waiting:
                await self._store()
            elif not is_told:
                await self._tell_of_beginning()
            is_told = True

    async def _has_ended(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(_STORE_EVERY_SECONDS):
                await self._ended.wait()
        return self._ended.is_set()

    async def _tell_of_beginning(self) -> None:
        async with self._database.transaction() as session:
            await service.announce_attempt(session, grading_id=self.grading_id)

    async def _store(self) -> None:
        results, self._waiting = self._waiting, []
        async with self._database.transaction() as session:
            is_current = await service.record_checks(
                session,
                grading_id=self.grading_id,
                attempt=self.attempt,
                first_position=self.next_position,
                results=results,
            )
        self.is_overtaken = not is_current
        self._stored.update(result.name for result in results)
