"""A learner opens a lab's database: its tables are drawn, and statements are run and planned.

The web server, the worker, the engine and its databases are the shipped ones, and so is the lab.
"""

import pytest
from playwright.async_api import expect
from sqlalchemy import func, select

from browser import shipped
from browser.accessible import require_accessible
from browser.keyboard import Hands
from factories.make import PYTHON
from milepost.submissions.models import Draft, Submission

BOOKSHOP = "/labs/bookshop"
WIDTHS = (360, 768, 1440)


@pytest.fixture
async def content(database):
    """The shipped content, published."""
    await shipped.publish(database)


def panel(page):
    return page.locator("#panel-database")


def result(page):
    return page.locator("#console-result")


@pytest.mark.needs_isolated_tier
@pytest.mark.usefixtures("content", "worker")
async def test_the_database_is_looked_at_and_tried_by_keyboard_alone(visit, make, database):
    page = await visit(await make.learner(track=PYTHON), reduced_motion="reduce")
    await page.goto(BOOKSHOP)
    hands = Hands(page)

    await hands.go_to(page.get_by_role("tab", name="Brief"))
    await hands.press("End")
    await expect(page.get_by_role("tab", name="Database")).to_be_focused()
    drawing = panel(page).get_by_role("img", name="Tables of bookshop")
    await expect(drawing).to_be_visible(timeout=60_000)
    await expect(drawing.locator(".schema-table")).to_have_count(7)
    await expect(drawing.get_by_text("50,000 rows")).to_be_visible()
    await expect(result(page)).to_be_hidden()
    await require_accessible(page)
    await panel(page).get_by_text("The same as tables of text").click()
    await require_accessible(page)
    await panel(page).get_by_text("The same as tables of text").click()

    editor = panel(page).locator(".cm-content")
    await hands.go_to(editor)
    await hands.type("DELETE FROM reviews;")
    await hands.press("Enter")
    await hands.type("SELECT count(*) AS reviews FROM reviews;")
    await hands.press("Control+Enter")
    await expect(result(page).get_by_label("Result")).to_contain_text("reviews\n0")
    await expect(drawing.get_by_text("6,000 rows")).to_have_count(0)
    await expect(editor).to_be_focused()
    await require_accessible(page)

    await hands.press("Control+a", "Delete")
    await hands.type("SELECT * FROM reviews WHERE stars = 6")
    await hands.press("Escape")
    await hands.go_to(panel(page).get_by_role("button", name="Plan"))
    await hands.press("Enter")
    await expect(result(page).get_by_label("Result")).to_contain_text("Seq Scan on reviews")
    await expect(drawing.get_by_text("6,000 rows")).to_be_visible()

    await hands.go_to(editor, key="Shift+Tab")
    await hands.press("Control+a", "Delete")
    await hands.type("SELECT * FROM revue")
    await hands.press("Control+Enter")
    await expect(result(page)).to_contain_text("PostgreSQL refused a statement")
    await expect(result(page).get_by_label("Errors")).to_contain_text('"revue" does not exist')
    await require_accessible(page)
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(beyond) <= 0, f"the page scrolls sideways at {width}"
        await expect(drawing).to_be_visible()
    async with database.transaction() as session:
        for recorded in (Submission, Draft):
            assert await session.scalar(select(func.count()).select_from(recorded)) == 0


@pytest.mark.usefixtures("content")
async def test_without_a_worker_the_pane_says_what_helps(visit, make):
    page = await visit(await make.learner(track=PYTHON), reduced_motion="reduce")
    await page.goto(BOOKSHOP)

    await page.get_by_role("tab", name="Database").click()

    await expect(result(page)).to_contain_text("No grading worker is running")
    await expect(result(page).locator("code").first).to_have_text("milepost worker")
    await require_accessible(page)


async def test_an_empty_console_and_a_server_that_is_gone_are_told(visit, make):
    await make.lab(services=("postgres",))
    page = await visit(await make.learner(), is_cut_off=True)
    await page.goto("/labs/adding")
    await page.context.set_offline(offline=True)
    await page.get_by_role("tab", name="Database").click()
    await expect(result(page)).to_contain_text("The server could not be reached.")

    await panel(page).get_by_role("button", name="Run").click()

    await expect(result(page)).to_contain_text("There is no statement yet.")
    await page.get_by_role("tab", name="Checks").click()
    await expect(panel(page)).to_be_hidden()
