"""Evidence in a browser: the run's figure leads to its checks, and all of it is a press away."""

import pytest
from playwright.async_api import expect

from browser.accessible import require_accessible
from factories.content import VISIBLE
from fakes.grader import FakeGrader, failed
from fakes.recorded import recorded
from milepost.engine.evidence.registry import list_kinds
from milepost.engine.evidence.stored import evidence_from_json

LONG = recorded(
    "program",
    title="adding.py",
    at_seconds=0.2,
    duration_seconds=0.1,
    response={"stdout": "a" * 5000 + " the very end", "exit_code": 0},
)

OPEN_ALL = "document.querySelectorAll('.moment > details').forEach(each => each.open = true)"


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


async def test_every_kind_of_evidence_fits_a_phone_and_can_be_read_by_everybody(visit, make, queue):
    samples = [sample for kind in list_kinds() for sample in kind.read_samples()]
    learner = await make.learner()
    submission = await make.submission(lab=await make.lab(), learner=learner)
    await queue.work(FakeGrader(failed(evidence=tuple(map(evidence_from_json, samples)))))
    page = await visit(learner, viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    await page.goto(f"/submissions/{submission.id}")

    await page.evaluate(
        "document.querySelectorAll('.moment > details').forEach(e => e.open = true)"
    )

    assert await page.locator(".moment").count() == len(samples)
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= 360
    await require_accessible(page)
