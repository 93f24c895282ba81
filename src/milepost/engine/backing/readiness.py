"""Waiting until a component's server serves: no longer than it takes, and not for ever.

What "serves" means is told by each kind of server itself, which is asked again and again. A sandbox
that ends meanwhile ends the waiting.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextlib import suppress

from milepost.engine.sandbox import Sandbox

Serves = Callable[[], bool | Awaitable[bool]]


class NotReady(Exception):
    """The server has ended, or its time was up, before it served."""


async def wait_until_ready(
    sandbox: Sandbox, serves: Serves, *, seconds: float, look_every: float
) -> None:
    """Return as soon as the server in this sandbox serves. Raises NotReady."""
    try:
        async with asyncio.timeout(seconds):
            if await sandbox.find_init() is None:
                raise NotReady("it ended at once")
            while not await _ask(serves):
                await _rest(sandbox, look_every)
    except TimeoutError:
        raise NotReady(f"it did not serve in {seconds:g} seconds") from None


async def _ask(serves: Serves) -> bool:
    found = serves()
    return await found if inspect.isawaitable(found) else found


async def _rest(sandbox: Sandbox, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await sandbox.ended()
        raise NotReady("it ended at once")
