"""Going from one failed check to the next, and running one by itself: by button and by key."""

import pytest
from playwright.async_api import expect

from browser.accessible import require_accessible
from browser.editing import list_outcomes, verdict
from factories.content import HIDDEN, CheckDraft
from fakes.grader import FakeGrader, failed, passed

NAMES = [f"test_{word}" for word in ("first", "second", "third", "fourth")]
DRAFTS = [CheckDraft(name=name, title=name.removeprefix("test_").title()) for name in NAMES]


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def page(visit, make, queue, learner):
    """The lab's page after a submission that failed its second, its fourth and a hidden check."""
    lab = await make.lab(checks=[*DRAFTS, HIDDEN])
    page = await visit(learner, reduced_motion="reduce")
    await page.goto(f"/labs/{lab.slug}")
    first, second, third, fourth = NAMES
    grader = FakeGrader(
        passed(first),
        failed(second),
        passed(third),
        failed(fourth),
        failed(HIDDEN.name, hidden=True, title=HIDDEN.title),
    )
    async with queue.working(grader):
        await page.get_by_role("button", name="Submit", exact=True).click()
        await expect(verdict(page, "failed")).to_be_visible()
    return page


def _summary(page, name):
    return page.locator(f"#check-{name} > details > summary")


async def test_next_failed_goes_round_by_button_and_by_key(page):
    tools = page.locator("#check-tools")
    await expect(tools).to_contain_text("3 not passed")
    await expect(page.locator(f"#check-{NAMES[1]} > details")).to_have_attribute("open", "")

    await tools.get_by_role("button", name="Next failed").click()
    await expect(_summary(page, NAMES[3])).to_be_focused()
    await expect(page.locator(f"#check-{NAMES[3]} > details")).to_have_attribute("open", "")
    await page.keyboard.press("n")
    await expect(page.locator(f"#check-{HIDDEN.name}")).to_be_focused()
    await page.keyboard.press("n")
    await expect(_summary(page, NAMES[1])).to_be_focused()
    await page.keyboard.press("Shift+N")
    await expect(page.locator(f"#check-{HIDDEN.name}")).to_be_focused()
    await require_accessible(page)


async def test_the_key_leads_out_of_the_brief_to_the_checks(page):
    await page.get_by_role("tab", name="Brief").click()

    await page.keyboard.press("n")

    await expect(_summary(page, NAMES[3])).to_be_focused()


async def test_one_check_runs_by_its_button_and_the_others_stay_as_they_are(page, queue):
    grader = FakeGrader(*(passed(name) for name in NAMES))
    check = page.locator(f"#check-{NAMES[1]}")
    async with queue.working(grader):
        await check.get_by_role("button", name="Run only this check").click()
        await expect(page.locator("#verdict [data-only]")).to_be_visible()

    assert grader.requests[0].only == (NAMES[1],)
    assert await list_outcomes(page) == [
        (NAMES[0], "passed"),
        (NAMES[1], "passed"),
        (NAMES[2], "passed"),
        (NAMES[3], "failed"),
        (HIDDEN.name, "failed"),
    ]
    says = page.locator("#verdict")
    await expect(says).to_contain_text("1 check run alone: 1 of 1 check passed")
    await expect(says).to_contain_text("Nothing else was run")
    await expect(says.locator(".verdict-box.is-passed")).to_have_count(0)
    await require_accessible(page)


async def test_one_check_runs_by_key_and_keeps_the_focus(page, queue):
    async with queue.working(FakeGrader(failed(NAMES[3]))):
        await page.keyboard.press("n")
        await expect(_summary(page, NAMES[3])).to_be_focused()
        await page.keyboard.press("r")
        await expect(page.locator("#verdict [data-only]")).to_be_visible()

    await expect(_summary(page, NAMES[3])).to_be_focused()
    again = page.locator("#verdict .again")
    await expect(again).to_contain_text(f"--only {NAMES[3]}")


async def test_a_reload_in_mid_run_follows_the_one_check_again(page, queue):
    grader = FakeGrader(passed(NAMES[1]))
    gate = grader.hold(NAMES[1])
    async with queue.working(grader):
        await page.locator(f"#check-{NAMES[1]}").get_by_role("button", name="Run only").click()
        await expect(page.locator("#verdict")).to_contain_text("Running")

        await page.reload()
        gate.set()
        await expect(page.locator("#verdict [data-only]")).to_be_visible()

    assert dict(await list_outcomes(page)) == {
        name: "passed" if name == NAMES[1] else "waiting" for name in NAMES
    }


async def test_a_hidden_check_cant_be_run_by_itself(page):
    hidden = page.locator(f"#check-{HIDDEN.name}")

    await expect(hidden.get_by_role("button")).to_have_count(0)


async def test_the_shortcuts_name_both_keys(page):
    await page.keyboard.press("?")

    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(dialog).to_contain_text("Show the next failed check")
    await expect(dialog).to_contain_text("Run only the check you look at")


async def test_next_failed_is_on_a_submissions_page_too(page):
    await page.get_by_role("link", name="Keep this link").click()
    await expect(page.locator("#check-tools")).to_contain_text("3 not passed")

    await page.get_by_role("button", name="Next failed").click()
    await page.keyboard.press("n")

    await expect(_summary(page, NAMES[3])).to_be_focused()
    await expect(page.get_by_role("button", name="Run only")).to_have_count(0)


async def test_the_first_failure_of_the_next_run_is_in_sight(visit, make, queue, learner):
    names = [f"test_number_{n}" for n in range(24)]
    lab = await make.lab(checks=[CheckDraft(name=name, title=name) for name in names])
    page = await visit(learner, viewport={"width": 1440, "height": 900})
    await page.goto(f"/labs/{lab.slug}")
    run = page.get_by_role("button", name="Run", exact=True)
    async with queue.working(FakeGrader(*(failed(name) for name in names))):
        await run.click()
        await expect(verdict(page, "failed")).to_be_visible()
        for _ in range(20):
            await page.locator("#check-tools").get_by_role("button", name="Next failed").click()
        await expect(page.locator(f"#check-{names[0]}")).not_to_be_in_viewport()

        await run.click()
        await expect(page.locator('#check-list [data-outcome="waiting"]')).not_to_have_count(0)
        await expect(page.locator('#check-list [data-outcome="waiting"]')).to_have_count(0)

    await expect(page.locator(f"#check-{names[0]} > details")).to_have_attribute("open", "")
    await expect(_summary(page, names[0])).to_be_in_viewport()
