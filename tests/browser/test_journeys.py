"""What a learner does on the shipped content: sign in, find the way, pass the first lab.

The web server, the worker and the engine are the shipped ones, each in a process of its own.
"""

from datetime import UTC, datetime

import httpx
import pytest
from playwright.async_api import expect

from browser import shipped
from browser.accessible import require_accessible
from browser.editing import ALLOW_PASTING, draft_is, list_outcomes, verdict, write_file
from browser.shipped import LAB, PATH, SKILL
from milepost.accounts.service.signing_in import create_sign_in_link

pytestmark = pytest.mark.usefixtures("road")


@pytest.fixture
async def road(database):
    """The shipped content, published."""
    await shipped.publish(database)


async def test_link_signs_in_by_its_button_and_the_first_run_asks_for_a_track(
    visit, make, database
):
    learner = await make.learner(track=None)
    async with database.transaction() as session:
        link = f"/sign-in/{await create_sign_in_link(session, learner.actor)}"
    for _ in range(2):  # a chat's preview, a browser's prefetch
        assert await _fetch(visit.server + link) == 200
    page = await visit()

    await page.goto(link)
    await page.get_by_role("button", name="Sign in").click()

    await expect(page).to_have_url(f"{visit.server}/track")
    await _choose_track(page, "Python", "FastAPI", "Show me the road")
    await expect(page).to_have_url(visit.server + PATH)
    await expect(page.get_by_text("Your track: Python with FastAPI")).to_be_visible()

    await page.get_by_role("link", name="change").click()
    await _choose_track(page, "JavaScript", "Express", "Keep this track")
    await expect(page.get_by_text("Your track: JavaScript (Node.js) with Express")).to_be_visible()
    await page.goto(f"/labs/{LAB}")
    await expect(page.locator(".stack-choice [aria-current]")).to_contain_text("Node.js")

    assert await _fetch(visit.server + link) == 404


async def test_road_has_eight_milestones_and_begins_at_the_first(visit, make):
    page = await visit(await make.learner())

    await page.goto("/")

    stones = page.get_by_role("navigation", name="The road").get_by_role("listitem")
    await expect(stones).to_have_count(shipped.SKILLS)
    await expect(stones.filter(has_text="Start learning from here")).to_have_count(1)
    await expect(stones.first).to_contain_text("Start learning from here")
    await expect(page.get_by_role("link", name="Start with")).to_have_count(1)
    await expect(page.locator(".objectives > li")).to_have_count(shipped.OBJECTIVES)
    await expect(page.locator(".objectives > .is-proven")).to_have_count(0)


async def test_course_is_planned_started_and_finished_with_its_dates(visit, make):
    page = await visit(await make.learner())
    await page.goto(PATH)
    await _mark_this_visit(page)
    course = page.locator("#course-language")

    for button, state in (
        ("Plan it for later", "Planned"),
        ("I have started it", "Started"),
        ("I have finished it", "Finished"),
    ):
        days = {datetime.now(UTC).date().isoformat()}
        await course.get_by_role("button", name=button).click()
        await expect(course).to_contain_text(state)
        days.add(datetime.now(UTC).date().isoformat())
        moment = await course.locator("time").first.get_attribute("datetime")
        assert moment[:10] in days
    await _require_same_visit(page)

    await page.goto(SKILL)
    await expect(course).to_contain_text("Finished")


async def test_way_leads_from_the_road_over_a_lesson_into_the_source_and_to_the_lab(visit, make):
    page = await visit(await make.learner())
    await page.goto(PATH)

    await page.get_by_role("navigation", name="The road").get_by_role("link").first.click()
    await expect(page).to_have_url(visit.server + SKILL)
    await page.get_by_role("link", name="Loops").first.click()
    await expect(page).to_have_url(f"{visit.server}{SKILL}/lessons/loops")
    lesson = page.get_by_role("article")
    await expect(lesson.locator("pre").first).to_be_visible()

    await lesson.locator('a[href^="/source/src/"]').first.click()
    await expect(page.locator(".line:target")).to_be_visible()
    await page.go_back()
    await lesson.locator(f'a[href="/labs/{LAB}"]').first.click()

    await expect(page.get_by_role("heading", level=1)).to_have_text(shipped.the_lab().title)
    await expect(page.locator(".cm-editor")).to_be_visible()


async def test_draft_of_several_files_survives_a_reload_and_leads_back_to_the_starter(visit, make):
    files = shipped.several_files()
    learner = await make.learner()
    page = await visit(learner, **ALLOW_PASTING)
    await page.goto(f"/labs/{LAB}")
    for path, text in files.items():
        await write_file(page, path, text)
    await draft_is(page, learner, files, lab=LAB)

    await page.reload()

    for path, text in files.items():
        await page.get_by_role("tab", name=path, exact=True).click()
        first_line = text.splitlines()[0].strip('"')
        await expect(page.locator(".cm-content")).to_contain_text(first_line)
    await expect(page.get_by_text("Draft saved")).to_be_visible()

    await page.get_by_role("button", name="Restore starter").click()
    await page.get_by_role("dialog").get_by_role("button", name="Restore the starter").click()
    starter = shipped.the_lab().starter_files("python")
    await expect(page.locator("#file-tabs [role=tab]")).to_have_count(len(starter))


@pytest.mark.usefixtures("worker")
async def test_wrong_try_is_explained_and_right_submission_moves_the_milestone(visit, make):
    lab, flaw = shipped.the_lab(), shipped.wrong()
    page = await visit(await make.learner(), reduced_motion="reduce", **ALLOW_PASTING)
    await page.goto(f"/labs/{LAB}")
    await _mark_this_visit(page)

    for path, text in shipped.as_text(flaw.files).items():
        await write_file(page, path, text)
    await page.get_by_role("button", name="Run", exact=True).click()

    await expect(verdict(page, "failed")).to_be_visible()
    visible = {check.name for check in lab.checks if not check.hidden}
    outcomes = dict(await list_outcomes(page))
    assert set(outcomes) == visible
    failed = {name for name, outcome in outcomes.items() if outcome == "failed"}
    assert failed == flaw.fails & visible
    await expect(page.locator("#verdict")).to_contain_text(flaw.title.replace("`", ""))
    shown = page.locator(".check.is-failed").filter(has=page.locator("details[open]")).first
    sides = [shown.get_by_label("Expected"), shown.get_by_label("Got")]
    for part in [shown.locator(".mentor"), *sides]:
        await expect(part).to_be_visible()
        await expect(part).not_to_be_empty()
    await require_accessible(page)

    for path, text in shipped.several_files().items():
        await write_file(page, path, text)
    await page.get_by_role("button", name="Submit", exact=True).click()

    await expect(verdict(page, "passed")).to_be_visible()
    assert dict(await list_outcomes(page)) == {check.name: "passed" for check in lab.checks}
    proven = len(lab.objectives)
    await expect(page.locator("#lab-objectives .is-proven")).to_have_count(proven)
    stone = page.locator("#milepost-strip .is-here")
    await expect(stone).to_contain_text(f"{proven} of")
    await expect(stone.locator(".ring-done")).to_have_count(1)
    await _require_same_visit(page)

    await page.goto("/")
    await expect(page.locator(".stone").first).to_contain_text(f"{proven} of")
    await expect(page.locator("#language .objectives > .is-proven")).to_have_count(proven)
    await page.goto("/submissions")
    await expect(page.locator(".rows > li")).to_have_count(1)  # the try left no trace


async def test_eight_skills_page_names_every_objective_and_leads_into_the_source(visit, make):
    page = await visit(await make.learner())
    await page.goto(PATH)

    await page.get_by_role("link", name="The eight skills in Milepost").click()

    await expect(page.get_by_role("heading", level=2)).to_have_count(shipped.SKILLS)
    rows = page.locator(".shown-rows dd")
    await expect(rows).to_have_count(shipped.OBJECTIVES)
    assert all(text.strip() for text in await rows.all_inner_texts())
    await rows.get_by_role("link").first.click()
    await expect(page.locator(".line:target")).to_be_visible()


async def _fetch(address):
    async with httpx.AsyncClient() as nobody:
        return (await nobody.get(address)).status_code


async def _choose_track(page, language, framework, button):
    await page.get_by_role("group", name="Language").get_by_text(language).first.click()
    await page.get_by_role("group", name="Framework").get_by_text(framework).first.click()
    await page.get_by_role("button", name=button).click()


async def _mark_this_visit(page):
    await page.evaluate("window.stillTheSameVisit = true")


async def _require_same_visit(page):
    assert await page.evaluate("window.stillTheSameVisit"), "the page was loaded anew"
