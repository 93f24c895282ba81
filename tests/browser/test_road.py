"""The road's page: folded to what one needs, as it was left after Back, and without scripts too."""

import pytest
from playwright.async_api import expect

from browser import shipped
from browser.keyboard import Hands
from browser.shipped import PATH

PHONE = {"width": 360, "height": 740}
MOST_SCREENS_OF_A_PHONE = 6
IS_OPEN = "folds => folds.filter((fold) => fold.open).map((fold) => fold.parentElement.id)"


@pytest.fixture(autouse=True)
async def road(database):
    """The shipped content, published."""
    await shipped.publish(database)


async def list_open(page):
    """Return which milestones are unfolded."""
    return await page.locator(".skill-row > details").evaluate_all(IS_OPEN)


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_only_the_flags_milestone_is_open_and_each_unfolds_by_keyboard(
    visit, make, has_scripts
):
    page = await visit(await make.learner())
    if not has_scripts:
        nothing = {"body": "", "content_type": "text/javascript"}
        await page.route("**/*.js", lambda route: route.fulfill(**nothing))
    await page.goto(PATH)
    assert await list_open(page) == ["language"]

    hands = Hands(page)
    await hands.go_to(page.locator("#databases summary"))
    await hands.press("Enter")

    assert await list_open(page) == ["language", "databases"]
    await expect(page.locator("#databases .objectives")).to_be_visible()


async def test_what_was_unfolded_is_so_after_coming_back(visit, make):
    page = await visit(await make.learner())
    await page.goto(PATH)
    await page.locator("#language summary").click()
    await page.locator("#databases summary").click()

    await page.locator("#databases").get_by_role("link", name="Joins").click()
    await expect(page.get_by_role("article")).to_be_visible()
    await page.go_back()

    await expect(page.locator("#databases .objectives")).to_be_visible()
    assert await list_open(page) == ["databases"]
    await page.goto(f"{PATH}?anew")
    assert await list_open(page) == ["language"]


async def test_an_address_that_names_a_milestone_unfolds_it(visit, make):
    page = await visit(await make.learner())

    await page.goto(f"{PATH}#delivery")

    await expect(page.locator("#delivery .objectives")).to_be_visible()


async def test_the_road_is_a_few_screens_of_a_phone(visit, make):
    page = await visit(await make.learner(), viewport=PHONE)
    await page.goto(PATH)

    height = await page.evaluate("document.scrollingElement.scrollHeight")

    assert height <= MOST_SCREENS_OF_A_PHONE * PHONE["height"]
