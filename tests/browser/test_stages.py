"""Stages and hints as a learner meets them: steps at the top, quiet later checks, hints."""

import pytest
from playwright.async_api import expect

from browser.accessible import require_accessible
from browser.editing import verdict
from factories.content import CheckDraft
from fakes.grader import FakeGrader, failed, passed

TASKS = ("read-a-line", "sort-the-answers", "build-the-report", "run-it")
CHECKS = [
    CheckDraft(name="test_line", title="A line becomes a record", task="read-a-line"),
    CheckDraft(name="test_broken", title="A malformed line gives nothing", task="read-a-line"),
    CheckDraft(name="test_words", title="Every class begins where it does", task=TASKS[1]),
    CheckDraft(name="test_secret", title="Other is other", task=TASKS[1], hidden=True),
    CheckDraft(name="test_sums", title="Sizes are added as numbers", task="build-the-report"),
    CheckDraft(name="test_program", title="The program prints a report", task="run-it"),
]
HINTS = """
[test_line]
nudge = "What does `split` make of a quoted text with a space in it?"
example = '''
Of `"a b" c` three parts come:

```python
'"a b" c'.split(" ")  # ['"a', 'b"', 'c']
```
'''
"""
WIDTHS = [(360, 740), (768, 1024), (1440, 900)]


def results(*right):
    return [
        (passed if check.name in right else failed)(
            check.name, title=check.title, task=check.task, hidden=check.hidden
        )
        for check in CHECKS
    ]


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab(tasks=TASKS, checks=CHECKS, hints=HINTS)


@pytest.fixture
def submit(queue):
    async def press(page, *right, button="Submit", ends="failed"):
        async with queue.working(FakeGrader(*results(*right))):
            await page.get_by_role("button", name=button, exact=True).click()
            await expect(verdict(page, ends)).to_be_visible()

    return press


def step(page, title):
    return page.locator(".stage-step", has_text=title)


async def test_steps_stand_at_the_top_and_move_on_with_a_verdict(visit, learner, lab, submit):
    page = await visit(learner)
    await page.goto(f"/labs/{lab.slug}")
    await expect(step(page, "Read a line")).to_have_attribute("aria-current", "step")

    await submit(page, "test_line", "test_broken")

    await expect(step(page, "Read a line")).to_have_attribute("data-state", "passed")
    await expect(step(page, "Sort the answers")).to_have_attribute("aria-current", "step")
    await expect(page.locator(".stage-now")).to_contain_text("Stage 2 of 4, Sort the answers.")
    await expect(page.locator("#verdict .stage-line")).to_contain_text("1 stage passed.")


async def test_checks_of_later_stages_are_shown_and_stay_folded(visit, learner, lab, submit):
    page = await visit(learner)
    await page.goto(f"/labs/{lab.slug}")

    await submit(page, "test_line")

    await expect(page.locator("#check-tools [data-failed]")).to_have_text("1 not passed")
    await expect(page.locator("#check-tools [data-later]")).to_have_text("4 in later stages")
    await expect(page.get_by_text("A malformed line gives nothing").first).to_be_visible()
    await expect(page.locator("#check-test_sums")).to_be_hidden()
    await expect(page.locator("#check-test_broken > details")).to_have_attribute("open", "")
    assert await page.locator("#check-test_sums > details[open]").count() == 0


async def test_next_failed_goes_to_the_current_stage_first(visit, learner, lab, submit):
    page = await visit(learner)
    await page.goto(f"/labs/{lab.slug}")
    await submit(page, "test_line", "test_broken", "test_sums")

    titles = []
    for _ in range(3):
        await page.keyboard.press("n")
        titles.append(await page.evaluate("document.activeElement.textContent.trim()"))

    assert "Other is other" in titles[0]  # after the one that the verdict has opened
    assert "The program prints" in titles[1]  # of a later stage
    assert "Every class" in titles[2]


async def test_what_a_submission_breaks_is_told_on_the_lab_and_on_its_page(
    visit, learner, lab, submit
):
    page = await visit(learner)
    await page.goto(f"/labs/{lab.slug}")
    await submit(page, "test_line", "test_broken")
    await submit(page, "test_broken")

    told = page.locator("#verdict .stage-broken")
    await expect(told).to_contain_text("Read a line was passed on")
    await expect(told).to_contain_text("this submission breaks it.")
    await page.get_by_role("link", name="Keep this link").click()
    await expect(page.locator("#check-list .stage-broken")).to_contain_text("breaks it.")
    await expect(step(page, "Read a line")).to_have_attribute("aria-current", "step")


async def test_hints_open_one_at_a_time_by_keyboard_and_are_noted(visit, learner, lab, submit):
    page = await visit(learner)
    await page.goto(f"/labs/{lab.slug}")
    await submit(page)

    button = page.get_by_role("button", name="Show a hint")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".hint")).to_have_count(1)
    await expect(page.locator(".hint")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".hint")).to_have_count(2)
    await expect(page.locator(".hint pre")).to_be_visible()
    await expect(page.get_by_role("button", name="Show the next hint")).to_have_count(0)

    await page.get_by_role("link", name="Keep this link").click()
    await expect(page.locator(".facts")).to_contain_text("2 hints opened by then, on 1 check")
    await expect(page.locator(".hint")).to_have_count(2)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
async def test_stages_and_hints_are_accessible_and_nothing_scrolls_sideways(
    visit, learner, lab, submit, width, height
):
    size = {"width": width, "height": height}
    page = await visit(learner, viewport=size, reduced_motion="reduce")
    await page.goto(f"/labs/{lab.slug}")
    await require_accessible(page)
    await submit(page, "test_line", "test_broken")
    await submit(page, "test_broken")
    await page.get_by_role("button", name="Show a hint").click()
    await page.get_by_role("button", name="Show the next hint").click()
    await expect(page.locator(".hint")).to_have_count(2)
    await require_accessible(page)
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= width
    await page.get_by_role("link", name="Keep this link").click()
    await expect(page.locator(".stage-step").first).to_be_visible()
    await require_accessible(page)
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= width
