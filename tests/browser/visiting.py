"""A person's browser in a test: real Chromium, signed in by cookie, watched all the while.

Every page that is opened here is watched until its test ends: an error in the console, a refusal by
the content security policy, or a request to anywhere but the server fails the test.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from factories import Learner

PATIENCE_MS = 45_000
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error(
  `refused by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


def find_chromium() -> str:
    """The Chromium to drive: the one that MILEPOST_CHROMIUM names, else the one on PATH."""
    found = os.environ.get("MILEPOST_CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.fail(
            "There is no Chromium to test with. `make test` installs one; or name yours: "
            "MILEPOST_CHROMIUM=/path/to/chromium"
        )
    return found


@dataclass
class Watch:
    """What happened in one browser context that should not have."""

    origin: str
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or self._is_about_the_page(message):
            return
        self.faults.append(f"console: {message.text} ({message.location['url']})")

    @staticmethod
    def _is_about_the_page(message: ConsoleMessage) -> bool:
        """Chromium logs the status of an error page itself; a test asserts that anyway."""
        tells_status = "the server responded with a status of" in message.text
        return (
            tells_status
            and message.page is not None
            and (message.location["url"].split("#")[0] == message.page.url.split("#")[0])
        )


class Visits:
    """Opens pages, each in a browser profile of its own unless told which one to share."""

    def __init__(self, chromium: Browser, server: str, stack: AsyncExitStack) -> None:
        self.server = server
        self._chromium = chromium
        self._stack = stack
        self._watches: list[Watch] = []

    async def __call__(
        self,
        learner: Learner | None = None,
        *,
        server: str | None = None,
        is_cut_off: bool = False,
        **options: Any,
    ) -> Page:
        """Open an empty page, signed in as `learner`. `is_cut_off`: its connection will fail."""
        server = server or self.server
        context = await self._chromium.new_context(base_url=server, **options)
        self._stack.push_async_callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(TELL_VIOLATIONS)
        watch = Watch(server)
        watch.over(context)
        if not is_cut_off:
            self._watches.append(watch)
        if learner is not None:
            await context.add_cookies(
                [{"name": "milepost", "value": learner.session, "url": server}]
            )
        return await context.new_page()

    @property
    def faults(self) -> list[str]:
        """What the pages of this test did that no page may do."""
        return [fault for watch in self._watches for fault in watch.faults]

    @property
    def requests(self) -> list[str]:
        """Every address that was asked for."""
        return [url for watch in self._watches for url in watch.requests]


async def eventually(look: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Return once `look` sees what is wanted; fail after a long while with what it saw last."""
    give_up_at = time.monotonic() + PATIENCE_MS / 1000
    while (seen := await look()) != wanted:
        assert time.monotonic() < give_up_at, f"waited for {wanted!r}, last seen {seen!r}"
        await asyncio.sleep(0.02)
