"""One real Chromium for all browser tests, and `visit()` to open a watched page in it.

A page belongs to its test: profile, cookies and storage begin empty and are gone after it.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, async_playwright, expect

from browser.visiting import FLAGS, PATIENCE_MS, Visits, find_chromium
from harness.live_worker import Workers, stopping


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser, started once."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=[*FLAGS], timeout=2 * PATIENCE_MS
        )
        yield browser
        await browser.close()


@pytest.fixture
async def visit(chromium: Browser, running_server: str) -> AsyncIterator[Visits]:
    """Opens pages of the live server: `page = await visit(learner)`."""
    async with AsyncExitStack() as stack:
        visits = Visits(chromium, running_server, stack)
        yield visits
    assert visits.faults == []


@pytest.fixture
def worker(settings, database) -> Iterator[None]:
    """A shipped worker with the real engine, in a process of its own."""
    with stopping(Workers(database.url, settings.data_dir)) as workers:
        workers.start()
        yield
