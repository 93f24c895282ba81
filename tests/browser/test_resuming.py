"""Going on where one left off: one button of the road opens the work, and what was wrong in it."""

import pytest
from playwright.async_api import expect

from browser.editing import the_editor
from factories.content import TWICE, VISIBLE
from fakes.grader import FakeGrader, failed, passed

WRITTEN = {"adding.py": "def add(a, b):\n    return a * b\n"}


@pytest.fixture
async def learner(make):
    return await make.learner()


async def test_the_button_opens_what_was_handed_in_at_the_failed_check(visit, learner, make, queue):
    lab = await make.lab(checks=[VISIBLE, TWICE])
    await make.submission(lab=lab, learner=learner, files=WRITTEN)
    await queue.work(FakeGrader(passed(VISIBLE.name), failed(TWICE.name)))
    page = await visit(learner)
    await page.goto("/paths/tiny")
    await expect(page.locator(".left-off")).to_contain_text(f"first: {TWICE.title}")

    await page.get_by_role("link", name="Go on with Adding up").click()

    await expect(the_editor(page)).to_contain_text("return a * b")
    check = page.locator(f"#check-{TWICE.name}")
    await expect(check.locator("summary.check-line")).to_be_focused()
    await expect(check.locator(".check-body")).to_be_visible()
    await expect(page.locator("#verdict")).to_contain_text("Failed")
    assert page.url.endswith("/labs/adding?stack=python"), "a reload shows the draft"


async def test_the_button_opens_a_drill_at_the_failed_check(visit, learner, make, queue):
    drill = await make.drill()
    await make.submission(lab=drill, learner=learner, files=WRITTEN)
    await queue.work(FakeGrader(passed(VISIBLE.name), failed(TWICE.name)))
    page = await visit(learner)
    await page.goto("/paths/tiny")

    await page.get_by_role("link", name="Go on with Drill of adding").click()

    await expect(the_editor(page)).to_contain_text("return a * b")
    await expect(page.locator(f"#check-{TWICE.name} summary.check-line")).to_be_focused()


async def test_the_button_opens_the_draft(visit, learner, make):
    lab = await make.lab()
    await make.draft(lab=lab, learner=learner, files=WRITTEN)
    page = await visit(learner)
    await page.goto("/paths/tiny")

    await page.get_by_role("link", name="Go on with Adding up").click()

    await expect(the_editor(page)).to_contain_text("return a * b")
    await expect(page.locator("#apart")).to_be_hidden()
