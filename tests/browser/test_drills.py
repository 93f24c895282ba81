"""A learner practises in a lesson: code, Run and the verdict in one place, without a page change.

The web server, the worker and the engine are the shipped ones, and so is the drill.
"""

import pytest
from playwright.async_api import Page, expect

from browser import shipped
from browser.accessible import require_accessible
from browser.editing import ALLOW_PASTING, draft_is, list_outcomes, the_editor, verdict
from browser.shipped import PATH, SKILL
from milepost.accounts.service.signing_in import create_sign_in_link
from milepost.labs import load_lab

DRILL = load_lab(next(shipped.CONTENT.glob("*/1-language/drills/loops")))
LESSON = f"{SKILL}/lessons/loops"

pytestmark = pytest.mark.usefixtures("road")


@pytest.fixture
async def road(database):
    """The shipped content, published."""
    await shipped.publish(database)


def solution_in(stack):
    return next(each for each in DRILL.solutions() if each.stack == stack)


async def write(page: Page, text: str) -> None:
    """Put a text into the file that is shown, by the keyboard alone."""
    await page.evaluate("text => navigator.clipboard.writeText(text)", text)
    await page.keyboard.press("e")
    await expect(the_editor(page)).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Control+v")


@pytest.mark.usefixtures("worker")
async def test_from_signing_in_to_a_passed_drill_without_a_page_change(visit, make, database):
    flaw = next(flaw for flaw in DRILL.flawed() if flaw.name == "waits-for-an-up")
    learner = await make.learner()
    async with database.transaction() as session:
        link = f"/sign-in/{await create_sign_in_link(session, learner.actor)}"
    page = await visit(reduced_motion="reduce", **ALLOW_PASTING)
    await page.goto(link)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(visit.server + PATH)
    await page.goto(SKILL)
    await page.get_by_role("link", name=f"Practise: {DRILL.title}").click()
    await expect(page).to_have_url(f"{visit.server}{LESSON}#drill")
    await expect(page.locator(".cm-editor")).to_be_visible()
    await require_accessible(page)
    await page.evaluate("window.isSameVisit = true")

    (text,) = shipped.as_text(flaw.files).values()
    await write(page, text)
    await page.keyboard.press("Control+Enter")

    await expect(verdict(page, "failed")).to_be_visible()
    outcomes = dict(await list_outcomes(page))
    assert {name for name, outcome in outcomes.items() if outcome == "failed"} == flaw.fails
    await expect(page.locator("#verdict")).to_contain_text(flaw.title)
    shown = page.locator(".check.is-failed").filter(has=page.locator("details[open]")).first
    for part in (shown.locator(".mentor"), shown.get_by_label("Expected")):
        await expect(part).to_be_visible()
    await require_accessible(page)

    await page.keyboard.press("Escape")
    await page.keyboard.press("Tab")
    (text,) = shipped.as_text(solution_in("python").files).values()
    await write(page, text)
    await page.keyboard.press("Control+Enter")

    await expect(verdict(page, "passed")).to_contain_text("is practised now")
    await expect(page.locator("#objective-mark")).to_contain_text("Practised")
    assert {outcome for _, outcome in await list_outcomes(page)} == {"passed"}
    assert await page.evaluate("window.isSameVisit") is True
    await require_accessible(page)

    await page.goto(PATH)
    await expect(page.locator(".road-wide ~ ol .ring-practised")).to_have_count(1)
    await page.goto(SKILL)
    await expect(page.locator(".objective-rows > .is-practised")).to_have_count(1)
    await require_accessible(page)


async def test_each_language_has_its_own_draft_and_a_reload_stays_with_it(visit, make):
    learner = await make.learner()
    page = await visit(learner, **ALLOW_PASTING)
    await page.goto(f"{LESSON}#drill")
    await write(page, "# in Python\n")
    tabs = page.get_by_role("tablist", name="Language")

    await tabs.get_by_role("tab", name="Python").focus()
    await page.keyboard.press("ArrowRight")
    await expect(the_editor(page)).to_contain_text("summarizeOutages")
    await expect(tabs.get_by_role("tab", name="Node.js")).to_be_focused()
    await page.keyboard.press("Tab")
    await write(page, "// in JavaScript\n")

    for stack, text in (("python", "# in Python\n"), ("node", "// in JavaScript\n")):
        file = next(iter(DRILL.starter_files(stack)))
        await draft_is(page, learner, {file: text}, lab=DRILL.slug, stack=stack)
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    await page.reload()
    await expect(the_editor(page)).to_have_text("// in JavaScript")
    await tabs.get_by_role("tab", name="Python").click()
    await expect(the_editor(page)).to_have_text("# in Python")

    await page.get_by_role("button", name="Restore starter").click()
    await expect(the_editor(page)).to_contain_text("summarize_outages")
    await page.get_by_role("button", name="Version set aside").click()
    await expect(the_editor(page)).to_have_text("# in Python")


async def test_without_scripts_the_lesson_leads_to_what_one_can_do(visit, make):
    page = await visit(await make.learner(), java_script_enabled=False)

    await page.goto(LESSON)
    await expect(page.get_by_role("button", name="Run", exact=True)).to_be_hidden()
    await page.get_by_role("link", name="own page").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text(DRILL.title)
    told = page.locator(".drill noscript")  # whose text no locator by text looks at
    await expect(told.locator(".notice")).to_be_visible()
    await expect(told.locator(".notice")).to_contain_text(f"milepost start {DRILL.slug}")
    await expect(told.locator("pre")).to_contain_text("def summarize_outages(probes):")
    for check in DRILL.checks:
        await expect(page.get_by_text(check.title.replace("`", ""))).to_be_visible()


async def test_a_server_that_is_away_loses_nothing(visit, make):
    page = await visit(await make.learner(), is_cut_off=True, **ALLOW_PASTING)
    await page.goto(f"{LESSON}#drill")
    await page.route("**/api/v1/submissions", lambda route: route.abort())
    await write(page, "# kept\n")

    await page.get_by_role("button", name="Run", exact=True).click()

    await expect(page.locator("#verdict")).to_contain_text("press Run again: it counts once")
    await expect(the_editor(page)).to_have_text("# kept")
    await expect(page.get_by_role("button", name="Run", exact=True)).not_to_have_attribute(
        "aria-disabled", "true"
    )
