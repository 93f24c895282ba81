"""Light and dark follow the system until a person decides; motion is short, or not at all."""

import pytest
from playwright.async_api import expect

from browser.editing import verdict
from fakes.grader import FakeGrader

LONGEST_MOTION_SECONDS = 0.2
NO_MOTION_SECONDS = 0.001  # as little as makes the end of a motion still an event
PAPER = "getComputedStyle(document.documentElement).backgroundColor"
LIST_MOTIONS = """() => {
  const seconds = (text) => text.split(",").map(parseFloat);
  return [...document.querySelectorAll("*")].flatMap((element) =>
    ["", "::before", "::after"].flatMap((part) => {
      const style = getComputedStyle(element, part || null);
      return [
        ...(style.animationName === "none" ? [] : seconds(style.animationDuration)),
        ...(style.transitionProperty === "none" ? [] : seconds(style.transitionDuration)),
      ];
    }));
}"""


@pytest.fixture
async def page_after_a_verdict(visit, make, queue):
    """Opens the lab's page and has a submission pass there, so that everything has moved."""

    async def open_page(**options):
        lab = await make.lab()
        page = await visit(await make.learner(), **options)
        await page.goto(f"/labs/{lab.slug}")
        async with queue.working(FakeGrader()):
            await page.get_by_role("button", name="Submit", exact=True).click()
            await expect(verdict(page, "passed")).to_be_visible()
        await expect(page.locator(".has-arrived")).to_have_count(1)
        return page

    return open_page


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_theme_follows_the_system_also_when_that_changes(visit, scheme):
    other = {"light": "dark", "dark": "light"}[scheme]
    page = await visit(color_scheme=scheme)
    await page.goto("/signed-out")
    await expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    before = await page.evaluate(PAPER)

    await page.emulate_media(color_scheme=other)

    await expect(page.locator("html")).to_have_attribute("data-theme", other)
    await page.wait_for_function(f"before => {PAPER} !== before", arg=before)


async def test_chosen_theme_stays_on_other_pages_and_reaches_other_tabs(visit):
    page = await visit(color_scheme="light")
    await page.goto("/signed-out")
    second = await page.context.new_page()
    await second.goto("/api/docs")

    await page.get_by_role("button", name="Switch to dark").click()

    for each in (page, second):
        await expect(each.locator("html")).to_have_attribute("data-theme", "dark")
        await expect(each.get_by_role("button", name="Switch to light")).to_be_visible()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.emulate_media(color_scheme="dark")
    await page.emulate_media(color_scheme="light")
    await page.goto("/api/docs")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    await page.get_by_role("button", name="Switch to light").click()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_motion_is_short(page_after_a_verdict):
    page = await page_after_a_verdict(reduced_motion="no-preference")

    motions = await page.evaluate(LIST_MOTIONS)

    assert max(motions) > NO_MOTION_SECONDS
    assert max(motions) < LONGEST_MOTION_SECONDS


async def test_nothing_moves_where_less_motion_is_wished(page_after_a_verdict):
    page = await page_after_a_verdict(reduced_motion="reduce")

    assert max(await page.evaluate(LIST_MOTIONS)) <= NO_MOTION_SECONDS
