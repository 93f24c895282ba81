"""The lab page's shape: what stays in sight, on narrow screens, on paper and without scripts."""

import pytest
from playwright.async_api import expect

from browser import shipped
from browser.editing import verdict
from factories.content import VISIBLE, CheckDraft
from fakes.grader import FakeGrader, failed
from fakes.recorded import recorded

LONG = "A sentence that a mentor would say, with all that there is to be said of it. " * 12
EXCHANGE = recorded(
    "exchange",
    title="GET /books",
    at_seconds=0.001,
    duration_seconds=0.001,
    request={"method": "GET", "url": "http://127.0.0.1:8000/books", "headers": {}},
    response={
        "status": 200,
        "reason": "OK",
        "headers": {
            "content-type": "application/problem+json",
            "cache-control": "public, max-age=31536000, immutable",
        },
        "body": "[]",
    },
)


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab(checks=(VISIBLE, CheckDraft("test_more", "More")))


async def test_buttons_stay_in_sight_above_a_long_verdict(visit, learner, lab, queue):
    page = await visit(learner, viewport={"width": 1440, "height": 900})
    await page.goto(f"/labs/{lab.slug}")
    await expect(page.locator(".cm-editor")).to_be_visible()
    run = page.get_by_role("button", name="Run", exact=True)
    before = await run.bounding_box()

    async with queue.working(FakeGrader(failed(VISIBLE.name, message=LONG))):
        await run.click()
        await expect(verdict(page, "failed")).to_be_visible()

    for name in ("Run", "Submit"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    assert await run.bounding_box() == before
    await expect(verdict(page, "failed").locator(".badge")).to_be_in_viewport(ratio=1)


async def test_header_values_are_not_broken_within_words(visit, learner, lab, queue):
    page = await visit(learner, viewport={"width": 1440, "height": 900})
    await page.goto(f"/labs/{lab.slug}")
    async with queue.working(FakeGrader(failed(VISIBLE.name, evidence=(EXCHANGE,)))):
        await page.get_by_role("button", name="Run", exact=True).click()
        await expect(verdict(page, "failed")).to_be_visible()

    value = page.locator(".headers dd", has_text="application/problem+json")
    lines = await value.evaluate(
        "dd => { const range = document.createRange(); range.selectNodeContents(dd);"
        " return range.getClientRects().length; }"
    )
    assert lines == 1


@pytest.mark.parametrize("width", [320, 360])
async def test_nothing_scrolls_sideways_on_a_narrow_screen(visit, learner, database, width):
    await shipped.publish(database)
    page = await visit(learner, viewport={"width": width, "height": 740})
    for slug in ("traffic-report", "bookshop", "books-api", "price-tags"):
        await page.goto(f"/labs/{slug}")
        await expect(page.locator(".cm-editor")).to_be_visible()
        for tab in await page.locator(".tab-list").get_by_role("tab").all():
            await tab.click()
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{slug}, {await tab.inner_text()}: {wide}"


async def test_a_briefs_table_is_cards_on_a_phone(visit, learner, database):
    await shipped.publish(database)
    page = await visit(learner, viewport={"width": 360, "height": 740})
    await page.goto("/labs/traffic-report")

    for cell in await page.locator("table.scroll").first.locator("tbody td").all():
        box = await cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    second = page.locator("table.scroll").first.locator("tbody td").nth(1)
    label = await second.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"here: "'


async def test_on_paper_there_are_brief_and_evidence_on_white(visit, learner, lab, queue):
    page = await visit(learner, color_scheme="dark")
    await page.goto(f"/labs/{lab.slug}")
    async with queue.working(FakeGrader(failed(VISIBLE.name, evidence=(EXCHANGE,)))):
        await page.get_by_role("button", name="Run", exact=True).click()
        await expect(verdict(page, "failed")).to_be_visible()

    await page.emulate_media(media="print", color_scheme="dark")

    for part in ("#panel-brief", "#panel-checks", "#verdict"):
        await expect(page.locator(part)).to_be_visible()
    await expect(page.locator(".check-body").first).to_be_visible()
    await expect(page.get_by_role("button", name="Run", exact=True)).to_be_hidden()
    paper = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == "rgb(251, 248, 241)"
    assert await page.evaluate("getComputedStyle(document.body).overflowY") == "visible"


async def test_without_scripts_brief_and_checks_are_read_and_no_button_is_dead(visit, learner, lab):
    page = await visit(learner, java_script_enabled=False)
    await page.goto(f"/labs/{lab.slug}")

    await expect(page.get_by_text("What this lab proves")).to_be_visible()
    await expect(page.get_by_text(VISIBLE.title)).to_be_visible()
    instead = page.locator(".lab-left noscript")
    await expect(instead).to_be_in_viewport()
    assert f"milepost start {lab.slug} --stack python" in await instead.inner_text()
    assert [await button.is_visible() for button in await page.get_by_role("button").all()] == []


async def test_a_run_that_takes_its_time_to_begin_says_what_is_made_ready(
    visit, make, learner, queue
):
    lab = await make.lab(services=("postgres",))
    page = await visit(learner)
    await page.goto(f"/labs/{lab.slug}")
    grader = FakeGrader()
    first = grader.hold(VISIBLE.name)
    async with queue.working(grader):
        await page.get_by_role("button", name="Run", exact=True).click()

        says = page.locator("#verdict")
        await expect(says).to_contain_text("PostgreSQL is made ready for this run")
        await expect(says).to_contain_text("s so far.")
        first.set()
        await expect(verdict(page, "passed")).to_be_visible()

    await expect(says).not_to_contain_text("made ready")
