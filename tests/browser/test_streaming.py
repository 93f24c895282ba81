"""Checks arrive one by one, through cuts and reloads: each once, in order, and one verdict.

The worker runs in the test's process, so that a check can be held open.
"""

import pytest
from playwright.async_api import expect
from sqlalchemy import func, select

from browser.connection import connect
from browser.editing import list_outcomes, verdict
from browser.visiting import eventually
from factories.content import CheckDraft
from fakes.grader import FakeGrader, failed, passed
from milepost.submissions.models import CheckRecord

NAMES = [f"test_{word}" for word in ("first", "second", "third", "fourth", "fifth")]
DRAFTS = [CheckDraft(name=name, title=name.removeprefix("test_").title()) for name in NAMES]
# Tells which checks arrived on the page, in order, however often.
REMEMBER_ARRIVALS = """
window.arrivals = [];
new MutationObserver((changes) => {
  for (const node of changes.flatMap((change) => [...change.addedNodes])) {
    const { check, outcome } = node.dataset ?? {};
    if (check && outcome !== "waiting") arrivals.push(check);
  }
}).observe(document.getElementById("check-list"), { childList: true, subtree: true });
"""


@pytest.fixture
async def lab(make):
    return await make.lab(checks=DRAFTS)


@pytest.fixture
def grader():
    first, second, *others = NAMES
    return FakeGrader(passed(first), failed(second), *(passed(name) for name in others))


@pytest.fixture
async def connection(running_server):
    """Between the browser and the server; can be cut."""
    async with connect(running_server) as connection:
        yield connection


@pytest.fixture
async def stored_checks(database):
    """How many checks of the grading are stored."""

    async def count():
        async with database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(CheckRecord))

    return count


async def test_on_a_phone_what_is_said_comes_into_sight(visit, make, lab, grader, queue):
    page = await visit(await make.learner(), viewport={"width": 360, "height": 740})
    await page.goto(f"/labs/{lab.slug}")
    async with queue.working(grader):
        await page.get_by_role("button", name="Submit", exact=True).click()
        await expect(page.locator("#verdict")).to_be_in_viewport()

        await expect(verdict(page, "failed")).to_be_in_viewport(ratio=0.5)


async def test_two_checks_are_shown_while_the_third_is_held_open(visit, make, lab, grader, queue):
    third = grader.hold(NAMES[2])
    page = await visit(await make.learner())
    await page.goto(f"/labs/{lab.slug}")
    await page.evaluate(REMEMBER_ARRIVALS)
    async with queue.working(grader):
        await page.get_by_role("button", name="Submit", exact=True).click()

        await expect(page.locator(f"#check-{NAMES[1]}.is-failed")).to_be_visible()
        assert await list_outcomes(page) == _outcomes("passed", "failed", *["waiting"] * 3)
        await expect(page.locator("[data-verdict]")).to_have_count(0)
        await expect(page.get_by_text("2 of 5 in, 1 not passed.")).to_be_visible()

        third.set()
        await expect(verdict(page, "failed")).to_be_visible()

    assert await list_outcomes(page) == _outcomes("passed", "failed", *["passed"] * 3)
    assert await page.evaluate("arrivals") == NAMES


async def test_cut_connection_comes_back_and_loses_and_repeats_no_check(
    visit, make, lab, grader, queue, connection, stored_checks
):
    third, fifth = grader.hold(NAMES[2]), grader.hold(NAMES[4])
    page = await visit(await make.learner(), server=connection.url, is_cut_off=True)
    await page.goto(f"/labs/{lab.slug}")
    await page.evaluate(REMEMBER_ARRIVALS)
    async with queue.working(grader):
        await page.get_by_role("button", name="Submit", exact=True).click()
        await expect(page.locator(f"#check-{NAMES[1]}.is-failed")).to_be_visible()

        connection.cut()
        await expect(page.get_by_text("The connection is lost.")).to_be_visible()
        third.set()
        await eventually(stored_checks, 4)
        assert await page.evaluate("arrivals") == NAMES[:2]

        connection.fix()
        await expect(page.locator(f"#check-{NAMES[3]}.is-passed")).to_be_visible()
        fifth.set()
        await expect(verdict(page, "failed")).to_be_visible()

    assert await page.evaluate("arrivals") == NAMES
    assert await list_outcomes(page) == _outcomes("passed", "failed", *["passed"] * 3)


async def test_reloaded_lab_page_takes_up_the_run_that_goes_on(visit, make, lab, grader, queue):
    third = grader.hold(NAMES[2])
    page = await visit(await make.learner())
    await page.goto(f"/labs/{lab.slug}")
    async with queue.working(grader):
        await page.get_by_role("button", name="Run", exact=True).click()
        await expect(page.locator(f"#check-{NAMES[1]}.is-failed")).to_be_visible()

        await page.reload()

        await expect(page.locator(f"#check-{NAMES[1]}.is-failed")).to_be_visible()
        third.set()
        await expect(verdict(page, "failed")).to_be_visible()

    assert await list_outcomes(page) == _outcomes("passed", "failed", *["passed"] * 3)


async def test_submission_opened_in_mid_verdict_shows_the_rest_as_it_comes(
    visit, make, lab, grader, queue
):
    third = grader.hold(NAMES[2])
    learner = await make.learner()
    submission = await make.submission(lab=lab, learner=learner)
    page = await visit(learner)
    async with queue.working(grader):
        await page.goto(f"/submissions/{submission.id}")
        await expect(page.locator(f"#check-{NAMES[1]}.is-failed")).to_be_visible()
        assert await list_outcomes(page) == _outcomes("passed", "failed")

        third.set()
        await expect(verdict(page, "failed")).to_be_visible()
        await expect(page.get_by_role("heading", name="The run", exact=True)).to_be_visible()

    assert await list_outcomes(page) == _outcomes("passed", "failed", *["passed"] * 3)


def _outcomes(*outcomes):
    return list(zip(NAMES, outcomes, strict=False))
