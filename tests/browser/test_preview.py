"""`milepost labs preview` in a browser: saves are shown, graded by the real engine."""

import asyncio
import re
import signal
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from browser.accessible import require_accessible
from browser.visiting import Visits
from harness.terminal import read_until

WRONG = "/?answer=flawed/counts-gaps"
NARROW = {"width": 360, "height": 740}


@pytest.fixture
async def lab(terminal):
    """The folder of a new lab, as `milepost labs new` begins it."""
    skill = terminal.folder / "content" / "politeness" / "1-manners"
    skill.mkdir(parents=True)
    (skill.parent / "path.toml").write_text('slug = "politeness"\n')
    (skill / "skill.toml").write_text('slug = "manners"\n[[objectives]]\nslug = "greeting"\n')
    made = await terminal.run("labs", "new", "word-count", "--objective", "manners.greeting")
    assert made.exit_code == 0, made.err
    return skill / "labs" / "word-count"


@pytest.fixture
async def preview(terminal, lab):
    """The command, and where it listens."""
    process = await terminal.start("labs", "preview", lab.name, "--port", "0")
    said = await read_until(process, "Ctrl-C ends")
    yield process, re.search(r"http://\S+", said)[0]
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
    await process.communicate()


@pytest.fixture
async def open_page(chromium, preview):
    """Open an address of the preview in a browser that is watched for faults."""
    async with AsyncExitStack() as stack:
        visits = Visits(chromium, preview[1], stack)

        async def open_page(address, **options):
            page = await visits(**options)
            await page.goto(address, wait_until="domcontentloaded")
            return page

        yield open_page
    assert visits.faults == []


async def test_a_save_is_shown_and_graded_anew_while_folds_and_keyboard_stay(open_page, lab):
    page = await open_page(WRONG)
    verdict = page.locator(".verdict-box")
    await expect(verdict).to_have_attribute("data-verdict", "failed")
    first = page.locator("[data-check] summary").first
    await first.focus()
    await first.press("Enter")

    solution = lab / "solutions" / "python" / "count.py"
    flaw = lab / "flawed" / "counts-gaps.toml"
    flaw.write_text(flaw.read_text().replace('text.split(" ")', "text.split()) + len([0]"))
    await expect(page.get_by_text("You divide the text at every single space")).to_be_visible()
    await expect(first).to_be_focused()
    await expect(page.locator("[data-check] > details").first).not_to_have_attribute("open", "")

    await page.get_by_role("link", name="python").last.click()
    await expect(verdict).to_have_attribute("data-verdict", "passed")
    solution.write_text("def count_words(text):\n    return 0\n")
    await expect(page.get_by_text("This lab cannot be loaded yet")).to_be_visible()
    await expect(page.locator(".preview-problems")).to_contain_text("flawed/counts-gaps.toml")


async def test_it_is_accessible_and_fits_on_a_phone(open_page):
    page = await open_page(WRONG, reduced_motion="reduce", viewport=NARROW)
    await expect(page.locator(".verdict-box")).to_be_visible()

    assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    await require_accessible(page)


async def test_it_is_readable_without_scripts(open_page):
    page = await open_page(WRONG, java_script_enabled=False)

    await expect(page.locator(".verdict-box")).to_be_visible()  # the page asks again by itself
    await expect(page.get_by_text("As declared")).to_be_visible()


async def test_an_interruption_ends_it_and_the_page_says_so(open_page, preview):
    page = await open_page("/", is_cut_off=True)
    await expect(page.locator(".verdict-box")).to_be_visible()
    process, _ = preview

    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(30):
        said, complaints = await process.communicate()

    assert (process.returncode, complaints) == (130, b"")
    assert "The preview has ended." in said.decode()
    await expect(page.get_by_text("The preview has ended.")).to_be_visible()


async def test_a_port_that_is_taken_is_said_with_what_to_do(terminal, lab, preview):
    port = preview[1].rpartition(":")[2]

    refused = await terminal.run("labs", "preview", lab.name, "--port", port)

    assert refused.exit_code == 2
    assert "--port 0 for any that is free" in refused.err
