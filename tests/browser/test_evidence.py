"""Evidence in a browser: the run's figure leads to its checks, and all of it is a press away."""

import pytest
from playwright.async_api import expect

from factories.content import VISIBLE
from fakes.grader import FakeGrader, failed
from milepost.engine import Evidence

LONG = Evidence(
    kind="program",
    title="adding.py",
    at_seconds=0.2,
    duration_seconds=0.1,
    request={"argv": ["python", "adding.py"], "stdin": ""},
    response={"stdout": "a" * 5000 + " the very end", "exit_code": 0},
)


@pytest.fixture
async def page(visit, make, queue):
    """The page of a submission that failed, with long evidence."""
    learner = await make.learner()
    submission = await make.submission(lab=await make.lab(), learner=learner)
    await queue.work(FakeGrader(failed(at_seconds=0.1, duration_seconds=0.3, evidence=(LONG,))))
    page = await visit(learner)
    await page.goto(f"/submissions/{submission.id}")
    return page


async def test_a_line_of_the_figure_opens_its_check_by_keyboard(page):
    check = page.locator(f"#check-{VISIBLE.name} > details")
    await check.locator("> summary").click()
    await expect(check).not_to_have_attribute("open", "")

    await page.locator(".run-lane").focus()
    await page.keyboard.press("Enter")

    await expect(check).to_have_attribute("open", "")
    await expect(check.locator("> summary")).to_be_focused()


async def test_all_that_is_stored_comes_into_the_page(page):
    check = page.locator(f"#check-{VISIBLE.name}")
    await expect(check).not_to_contain_text("the very end")

    await check.get_by_role("link", name="Show all").click()

    await expect(check).to_contain_text("the very end")
    await expect(page.locator(".run-lane")).to_have_count(1)
