"""The guests of one run: one that every run has, and one more for each replica that checks ask for.

A guest that ended is replaced when it is asked for again. Why the last one of a number ended stays
known, because a check process may ask later.
"""

import asyncio
from contextlib import suppress

from milepost.engine.checks.settings import SECOND
from milepost.engine.errors import IsolationUnavailable
from milepost.engine.guest_pool import GuestPool
from milepost.engine.guests import Guest, GuestLost, GuestNotStarted
from milepost.engine.ledger import Ledger
from milepost.engine.request import GradeRequest
from milepost.engine.sandbox import Isolation, Tier
from milepost.engine.services.balancer_run import MOST_REPLICAS
from milepost.engine.stacks import Stack
from milepost.engine.submitted_imports import looks_at_its_start

End = tuple[str | None, str]  # the limit that was reached, and the reason in words


class RunGuests:
    """The guests of one run, by number; 0 is the one that every run has."""

    def __init__(
        self,
        isolation: Isolation,
        pool: GuestPool,
        stack: Stack,
        request: GradeRequest,
        ledger: Ledger,
    ) -> None:
        self._isolation = isolation
        self._pool = pool
        self._stack = stack
        self._request = request
        self._ledger = ledger
        self._live: dict[int, asyncio.Task[Guest]] = {}
        self._ends: dict[int, End] = {}

    @property
    def loads_ahead(self) -> tuple[str, ...] | None:
        """What a program loads ahead where two guests take turns; None where they do not."""
        can_wait = self._stack.starts_ahead and self._isolation.tier is Tier.ISOLATED
        would_tell = can_wait and looks_at_its_start(self._request.files)
        return self._stack.preload if can_wait and not would_tell else None

    def begin(self, number: int = 0) -> None:
        """Start a guest, if it does not run, without waiting for it."""
        if number not in self._live:
            self._live[number] = asyncio.create_task(self._start())

    async def get(self, number: int) -> Guest:
        """Answer a guest that runs. Raises ValueError for a number that there can't be."""
        most = MOST_REPLICAS if "balancer" in self._request.services else 0
        least = 0 if self.loads_ahead is None else SECOND
        if not least <= number <= most:
            raise ValueError(f"there is no guest {number}")
        self.begin(number)
        return await self._live[number]

    async def end(self, number: int, limit: str | None = None) -> End:
        """End a guest; answer why it ended, also if it had ended before, or raise GuestLost."""
        if number in self._live:
            guest = await self._live.pop(number)
            guest.limit = guest.limit or limit
            await guest.stop()
            self._ledger.reach(guest.limit)
            self._ledger.add_usage(guest.usage())
            self._ends[number] = (guest.limit, guest.reason)
            if guest.is_lost and guest.limit is None:
                raise GuestLost("a sandbox of learner code was killed from outside.")
        return self._ends.get(number, (None, ""))

    def take_refusal(self) -> str | None:
        """Name the limit that the kernel has enforced in a guest in the check that ends now."""
        tasks = [task for task in self._live.values() if task.done() and not task.cancelled()]
        refusals = [task.result().take_refusal() for task in tasks if task.exception() is None]
        return next(filter(None, refusals), None)

    def usage(self) -> list[dict[str, int]]:
        """List what each guest that runs has used so far, by the names in Usage."""
        tasks = [task for task in self._live.values() if task.done() and not task.cancelled()]
        return [task.result().usage() for task in tasks if task.exception() is None]

    async def end_all(self, limit: str | None = None) -> None:
        """End every guest, whatever it does."""
        for number in list(self._live):
            await self.end(number, limit)

    async def stop(self) -> None:
        """End every guest at the end of a run, also one that did not come up."""
        for number in list(self._live):
            with suppress(GuestLost, GuestNotStarted, IsolationUnavailable, OSError):
                await self.end(number)

    async def _start(self) -> Guest:
        guest = await self._pool.take(self._isolation, self._stack, self._request.limits)
        await guest.begin(self._stack, self._request.files, self._request.limits)
        return guest
