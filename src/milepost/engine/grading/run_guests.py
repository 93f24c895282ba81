"""The guests of one run, by name: what each may be asked for, and what it has, is decided here.

A guest that ended is replaced when it is asked for again. Why the last one of a name ended stays
known, because a check process may ask later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import assert_never

from milepost.engine.backing.registry import find_components
from milepost.engine.errors import EngineFault, IsolationUnavailable
from milepost.engine.grading.build import build
from milepost.engine.grading.tally import Tally
from milepost.engine.guests.guest import BuiltFile, Guest, GuestLost, GuestNotStarted
from milepost.engine.guests.pool import GuestPool
from milepost.engine.guests.shared import SharedKind
from milepost.engine.guests.submitted_imports import looks_at_its_start
from milepost.engine.limits import Limits, effective_limits
from milepost.engine.protocol.guest_names import MAIN, GuestName, Role
from milepost.engine.request import GradeRequest
from milepost.engine.results import BuildReport
from milepost.engine.sandbox import Isolation, Tier
from milepost.engine.stacks import Stack

End = tuple[str | None, str]  # the limit that was reached, and the reason in words


@dataclass(frozen=True, slots=True)
class GuestSpec:
    """What a guest has: others of a run may have another stack, other files, other limits."""

    stack: Stack
    files: Mapping[str, bytes]
    limits: Limits


class RunGuests:
    """The guests of one run."""

    def __init__(
        self,
        isolation: Isolation,
        pool: GuestPool,
        stack: Stack,
        request: GradeRequest,
        tally: Tally,
    ) -> None:
        self._isolation = isolation
        self._pool = pool
        self._stack = stack
        self._request = request
        self._tally = tally
        # Done once it is known what was built, also where that is nothing.
        self._built: asyncio.Future[tuple[BuiltFile, ...]]
        self._built = asyncio.get_running_loop().create_future()
        self._live: dict[GuestName, asyncio.Task[Guest]] = {}
        self._ends: dict[GuestName, End] = {}

    @property
    def loads_ahead(self) -> tuple[str, ...] | None:
        """What a program loads ahead where two guests take turns; None where they do not."""
        is_worth_it = self._stack.starts_ahead and not self._request.ends_early
        can_wait = is_worth_it and self._isolation.tier is Tier.ISOLATED
        would_tell = can_wait and looks_at_its_start(self._request.files)
        return self._stack.preload if can_wait and not would_tell else None

    def begin(self, name: GuestName = MAIN) -> None:
        """Start a guest, if it does not run, without waiting for it or for what is being built.

        Raises EngineFault for one that this run can't have.
        """
        if name not in self._live:
            self._live[name] = asyncio.create_task(self._start_whole(self._specify(name)))

    async def build(self) -> BuildReport | None:
        """Have the submission built, if its stack builds at all; what is made, all guests get."""
        files: tuple[BuiltFile, ...] = ()
        try:
            if (step := self._stack.build) is None:
                return None
            limits = effective_limits(self._request.limits, step.limits, {})
            spec = GuestSpec(self._stack, self._request.files, limits)
            guest = await self._start(spec)
            built = await build(guest, self._stack, step, self._request, self._leave_builder(spec))
            files = built.files
            return built.report
        finally:
            self._built.set_result(files)  # guests wait for it, whatever has come of it

    async def get(self, name: GuestName) -> Guest:
        """Return a guest that runs. Raises EngineFault for one that this run can't have."""
        self.begin(name)
        return await self._live[name]

    async def end(self, name: GuestName, limit: str | None = None) -> End:
        """End a guest; return why it ended, also if it had ended before, or raise GuestLost."""
        if name in self._live:
            guest = await self._live.pop(name)
            guest.limit = guest.limit or limit
            await guest.stop()
            self._tally.reach(guest.limit)
            self._tally.add_usage(guest.usage())
            self._ends[name] = (guest.limit, guest.reason)
            if guest.is_lost and guest.limit is None:
                raise GuestLost("a sandbox of learner code was killed from outside.")
        return self._ends.get(name, (None, ""))

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
        for name in list(self._live):
            await self.end(name, limit)

    async def stop(self, *, hand_on: bool = False) -> None:
        """End every guest at the end of a run, also one that did not come up.

        With `hand_on`, those that can be renewed wait for the next run that shares guests. No order
        of this run may come any more.
        """
        # Without namespaces, limits of a user's processes are counted anew for each guest.
        hand_on = hand_on and self._isolation.tier is Tier.ISOLATED
        for name in list(self._live):
            with suppress(GuestLost, GuestNotStarted, IsolationUnavailable, OSError):
                if not (hand_on and await self._hand_on(name)):
                    await self.end(name)

    async def _hand_on(self, name: GuestName) -> bool:
        guest = await self._live[name]
        if not await guest.renew():
            return False
        self._tally.add_usage(guest.usage())
        del self._live[name]
        await self._pool.shared.give_back(self._describe_shared(self._specify(name)), guest)
        return True

    def _specify(self, name: GuestName) -> GuestSpec:
        request = self._request
        if not self._can_have(name):
            raise EngineFault(f"the check process asked for the guest `{name}`, which can't be.")
        return GuestSpec(self._stack, request.files, request.limits)

    def _can_have(self, name: GuestName) -> bool:
        components = find_components(self._request.services)
        match name.role:
            case Role.MAIN:
                return name.index == 0
            case Role.SECOND:
                return name.index == 0 and self.loads_ahead is not None
            case Role.REPLICA:
                return 1 <= name.index <= max((each.replicas for each in components), default=0)
            case _:
                assert_never(name.role)

    def _leave_builder(self, spec: GuestSpec) -> Callable[[Guest], Awaitable[None]]:
        """Return what is done with the guest of a build: it is ended, or handed on."""

        async def leave(guest: Guest) -> None:
            if self._request.shares_guests and await guest.renew():
                await self._pool.shared.give_back(self._describe_shared(spec), guest)
            else:
                await guest.stop()

        return leave

    def _describe_shared(self, spec: GuestSpec) -> SharedKind:
        return SharedKind(self._request.lab, spec.stack, spec.limits)

    async def _start_whole(self, spec: GuestSpec) -> Guest:
        """Start a guest, and give it what was built once that is known."""
        guest = await self._start(spec)
        await guest.add_built(await self._built)
        return guest

    async def _take(self, spec: GuestSpec) -> Guest:
        if self._request.shares_guests:
            used = await self._pool.shared.take(self._describe_shared(spec))
            if used is not None:
                return used
        return await self._pool.take(self._isolation, spec.stack, spec.limits)

    async def _start(self, spec: GuestSpec) -> Guest:
        guest = await self._take(spec)
        await guest.begin(spec.stack, spec.files, spec.limits)
        return guest
