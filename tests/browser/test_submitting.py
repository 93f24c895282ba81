"""Submit counts once, whatever the hand or the network does, and no draft is lost on the way.

What is graded, and how it is shown, is tested elsewhere.
"""

import pytest
from playwright.async_api import expect

from browser.connection import connect
from browser.editing import ALLOW_PASTING, draft_is, the_editor, verdict, write_file
from browser.visiting import eventually
from fakes.grader import FakeGrader
from milepost.submissions import queries

MARK = "# written before the server was gone\n"


@pytest.fixture
async def lab(make):
    return await make.lab()


@pytest.fixture
async def connection(running_server):
    async with connect(running_server) as connection:
        yield connection


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
def handed_in(database, learner):
    """How many submissions the learner has."""

    async def count():
        async with database.transaction() as session:
            return len(await queries.list_submissions(session, learner.actor))

    return count


@pytest.fixture
async def page(visit, learner, lab, connection):
    """The lab's page with a draft, over a connection that can be cut."""
    page = await visit(learner, server=connection.url, is_cut_off=True)
    await page.goto(f"/labs/{lab.slug}")
    await the_editor(page).click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.insert_text(MARK)
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    return page


async def test_double_click_on_submit_is_one_submission(page, queue, handed_in):
    await _submit_button(page).dblclick()
    await expect(page.locator("#verdict")).to_contain_text("No grading worker is running")

    assert await handed_in() == 1
    assert [job.task for job in await queue.jobs()] == ["grade_submission"]


async def test_server_that_is_gone_costs_nothing_and_the_page_says_what_to_do(
    page, queue, connection, handed_in
):
    connection.cut()
    await _submit_button(page).click()
    says = page.locator("#verdict")
    await expect(says).to_contain_text("The server could not be reached")
    await expect(says).to_contain_text("Check that Milepost is running, then press Submit again")
    await expect(_submit_button(page)).to_have_attribute("aria-disabled", "false")

    connection.fix()
    await page.reload()
    await expect(the_editor(page)).to_contain_text(MARK.strip())
    await expect(says).to_contain_text("may not have arrived. Press the button again")
    async with queue.working(FakeGrader()):
        await _submit_button(page).click()
        await expect(verdict(page, "passed")).to_be_visible()

    assert await handed_in() == 1


async def test_lost_answer_and_a_second_press_are_one_submission(
    page, queue, connection, handed_in
):
    connection.loses_answers = True
    await _submit_button(page).click()
    await expect(page.locator("#verdict")).to_contain_text("it is not known whether")
    await eventually(handed_in, 1)

    connection.loses_answers = False
    async with queue.working(FakeGrader()):
        await _submit_button(page).click()
        await expect(verdict(page, "passed")).to_be_visible()

    assert await handed_in() == 1


async def test_signed_out_browser_is_told_so_and_keeps_the_draft(page, learner, lab, handed_in):
    await page.context.clear_cookies()

    await _submit_button(page).click()

    await expect(page.locator("#verdict")).to_contain_text("You are signed out")
    await expect(page.locator("#verdict")).to_contain_text("milepost open")
    starter = lab.starter["python"]
    await draft_is(page, learner, {path: MARK + text for path, text in starter.items()})
    assert await handed_in() == 0


async def test_database_that_is_gone_is_told_and_the_next_press_counts(
    page, queue, outage, handed_in
):
    with outage:
        await _submit_button(page).click()
        await expect(_submit_button(page)).to_have_attribute("aria-disabled", "false")
        await expect(page.locator("#verdict")).to_contain_text("database")

    async with queue.working(FakeGrader()):
        await _submit_button(page).click()
        await expect(verdict(page, "passed")).to_be_visible()

    assert await handed_in() == 1


def _submit_button(page):
    return page.get_by_role("button", name="Submit", exact=True)


async def test_a_paste_beyond_a_files_size_is_refused_and_leaves_the_draft(visit, learner, lab):
    page = await visit(learner, **ALLOW_PASTING)
    await page.goto(f"/labs/{lab.slug}")
    before = await the_editor(page).inner_text()

    await write_file(page, "adding.py", "# a line of data\n" * 40_000)

    await expect(page.locator("#verdict")).to_contain_text("256 KiB are the most for one file")
    assert await the_editor(page).inner_text() == before
