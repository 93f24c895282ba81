"""A reader runs a lesson's examples, edits them in place, and nothing of it is recorded.

The web server, the worker and the engine are the shipped ones, and so are the lessons.
"""

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import func, select

from browser import shipped
from browser.accessible import require_accessible
from browser.editing import ALLOW_PASTING
from browser.keyboard import Hands
from browser.shipped import PATH, SKILL
from factories.make import PYTHON
from milepost.submissions.models import Draft, Submission

LESSON = f"{SKILL}/lessons/conditionals"
SQL_LESSON = f"{PATH}/skills/databases/lessons/select"

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
async def content(database):
    """The shipped content, published."""
    await shipped.publish(database)


def example(page: Page, number: int = 0):
    return page.locator(".example").nth(number)


def result(page: Page, number: int = 0):
    return example(page, number).locator(".run-result").filter(visible=True)


@pytest.mark.usefixtures("worker")
async def test_an_example_is_run_edited_and_reset_by_keyboard_alone(visit, make, database):
    page = await visit(await make.learner(track=PYTHON), reduced_motion="reduce", **ALLOW_PASTING)
    await page.goto(LESSON)
    hands = Hands(page)

    await hands.go_to(example(page).get_by_role("button", name="Run the Python code"))
    await hands.press("Enter")
    await expect(result(page)).to_contain_text("Ended with exit code 0")
    await expect(result(page)).to_contain_text("It printed what the lesson shows.")
    await expect(result(page).get_by_label("Your output")).to_have_text("1 light, 1 heavy")
    await expect(page.get_by_role("status").filter(has_text="exit code 0")).to_have_count(1)
    await require_accessible(page)

    await hands.go_to(example(page).get_by_role("button", name="Edit the Python code"))
    await hands.press("Enter")
    editor = example(page).locator(".cm-content")
    await expect(editor).to_be_focused()
    await require_accessible(page)
    await hands.press("Control+Home")
    await hands.type("import sys")
    await hands.press("Enter")
    await hands.type("print(undefined_name)")
    await hands.press("Enter", "Control+Enter")
    await expect(result(page)).to_contain_text("Ended with exit code 1")
    await expect(result(page).get_by_label("Errors")).to_contain_text("NameError")
    await expect(example(page).locator(".cm-errorLine")).to_contain_text("undefined_name")
    await expect(editor).to_be_focused()
    await require_accessible(page)

    await hands.press("Escape")
    await expect(example(page).get_by_text("Tab leaves the editor now.")).to_be_visible()
    await hands.go_to(example(page).get_by_role("button", name="Copy the Python"), key="Shift+Tab")
    await hands.press("Enter")
    assert "undefined_name" in await page.evaluate("navigator.clipboard.readText()")
    await hands.go_to(example(page).get_by_role("button", name="Reset"), key="Shift+Tab")
    await hands.press("Enter")
    await expect(example(page).get_by_role("button", name="Edit the Python")).to_be_focused()
    await expect(editor).to_have_count(0)
    await expect(result(page)).to_have_count(0)
    await expect(example(page).locator('[data-language="python"] pre').first).to_be_visible()
    async with database.transaction() as session:
        for recorded in (Submission, Draft):
            assert await session.scalar(select(func.count()).select_from(recorded)) == 0


@pytest.mark.usefixtures("worker")
async def test_each_language_of_an_example_has_its_own_run(visit, make):
    page = await visit(await make.learner(track=PYTHON))
    await page.goto(LESSON)

    await example(page, 1).get_by_role("tab", name="JavaScript").click()
    await example(page, 1).get_by_role("button", name="Run the JavaScript code").click()

    await expect(result(page, 1)).to_contain_text("It printed what the lesson shows.")
    await example(page, 1).get_by_role("tab", name="Python").click()
    await expect(result(page, 1)).to_have_count(0)
    await example(page, 1).get_by_role("tab", name="JavaScript").click()
    await expect(result(page, 1).get_by_label("Your output")).to_have_text("5 5 9 9")


@pytest.mark.needs_isolated_tier
@pytest.mark.usefixtures("worker")
async def test_sql_runs_on_the_tables_of_its_lesson(visit, make):
    page = await visit(await make.learner(track=PYTHON), reduced_motion="reduce")
    await page.goto(SQL_LESSON)

    await example(page, 1).get_by_role("button", name="Run the SQL code").click()

    await expect(result(page, 1)).to_contain_text("It printed what the lesson shows.")
    await expect(result(page, 1).get_by_label("Your output")).to_contain_text("Lovage  7.20")
    await require_accessible(page)


async def test_without_a_worker_the_example_says_what_helps(visit, make):
    page = await visit(await make.learner(track=PYTHON), reduced_motion="reduce")
    await page.goto(LESSON)

    await example(page).get_by_role("button", name="Run the Python code").click()

    await expect(result(page)).to_contain_text("No grading worker is running")
    await expect(result(page).locator("code").first).to_have_text("milepost worker")
    await require_accessible(page)


async def test_who_is_signed_out_is_told_and_keeps_what_they_wrote(visit, make):
    page = await visit(await make.learner(track=PYTHON), is_cut_off=True)
    await page.goto(LESSON)
    await example(page).get_by_role("button", name="Edit the Python code").click()
    await example(page).locator(".cm-content").press("Control+Home")
    await page.keyboard.type("# mine")
    await page.context.clear_cookies()

    await page.keyboard.press("Control+Enter")

    await expect(result(page)).to_contain_text("You are signed out, so nothing was run.")
    await expect(example(page).locator(".cm-content")).to_contain_text("# mine")


async def test_a_server_that_is_gone_is_told_calmly(visit, make):
    page = await visit(await make.learner(track=PYTHON), is_cut_off=True)
    await page.goto(LESSON)
    await page.context.set_offline(offline=True)

    await example(page).get_by_role("button", name="Run the Python code").click()

    await expect(result(page)).to_contain_text("The server could not be reached.")
    run = example(page).get_by_role("button", name="Run the Python code")
    await expect(run).to_have_attribute("aria-disabled", "false")
