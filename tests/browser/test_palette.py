"""The palette, by keyboard alone: opened anywhere, searched as one types, closed again."""

import re

import pytest
from playwright.async_api import expect

from browser.accessible import require_accessible
from browser.editing import the_editor
from browser.keyboard import Hands

LESSON = "# Adding up\n\nA sum of zebras.\n\n## Carrying over\n\nAsk the neighbour.\n"
PHONE = {"width": 360, "height": 640}


@pytest.fixture
async def learner(make):
    await make.lab(title="Adding zebras")
    file = make.content_dir / "tiny" / "1-basics" / "lessons" / "adding.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(LESSON)
    await make.published()
    return await make.learner()


def field(page):
    return page.get_by_role("combobox", name="Words to search for")


def options(page):
    return page.get_by_role("listbox", name="Results").get_by_role("option")


async def test_what_is_typed_is_found_and_opened_without_a_mouse(visit, learner):
    page = await visit(learner)
    await page.goto("/labs")
    hands = Hands(page)

    await hands.press("Control+k")
    await expect(field(page)).to_be_focused()
    await hands.require_visible_focus()
    await hands.type("zebra")
    await expect(options(page)).to_have_count(3)
    await expect(page.get_by_role("status").filter(has_text="2 results.")).to_be_visible()
    await expect(options(page).nth(0)).to_have_attribute("aria-selected", "true")
    await hands.press("ArrowDown")
    chosen = options(page).nth(1)
    await expect(chosen).to_have_attribute("aria-selected", "true")
    await expect(field(page)).to_have_attribute(
        "aria-activedescendant", str(await chosen.get_attribute("id"))
    )
    await expect(field(page)).to_be_focused()
    await hands.press("Enter")

    await expect(page).to_have_url(re.compile("/lessons/adding$"))


async def test_a_section_is_opened_at_its_heading_also_from_its_own_lesson(visit, learner):
    page = await visit(learner)
    await page.goto("/paths/tiny/skills/basics/lessons/adding")
    hands = Hands(page)

    await hands.press("/")
    await hands.type("neighb")
    await expect(options(page)).to_have_count(2)
    await hands.press("Enter")

    await expect(page).to_have_url(re.compile("#section-carrying-over$"))
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_role("heading", name="Carrying over")).to_be_in_viewport()


async def test_it_opens_from_the_editor_and_gives_the_focus_back_with_nothing_typed(visit, learner):
    page = await visit(learner)
    await page.goto("/labs/adding")
    hands = Hands(page)
    await the_editor(page).focus()
    before = await the_editor(page).inner_text()

    await hands.press("Control+k")
    await expect(field(page)).to_be_focused()
    await hands.type("t/?n")  # single keys of the page mean nothing in here
    await hands.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(the_editor(page)).to_be_focused()
    assert await the_editor(page).inner_text() == before


async def test_arrows_go_around_and_the_last_choice_leads_to_the_search_page(visit, learner):
    page = await visit(learner)
    await page.goto("/labs")
    hands = Hands(page)
    await hands.press("Control+k")
    await hands.type("zebra")
    await expect(options(page)).to_have_count(3)

    await hands.press("ArrowUp")
    await expect(options(page).nth(2)).to_have_attribute("aria-selected", "true")
    await hands.press("ArrowDown")
    await expect(options(page).nth(0)).to_have_attribute("aria-selected", "true")
    await hands.press("ArrowUp", "Enter")

    await expect(page).to_have_url(re.compile(r"/search\?q=zebra$"))
    await expect(page.get_by_role("heading", name="Lessons 1")).to_be_visible()


async def test_enter_before_the_answer_opens_nothing_of_an_older_search(visit, learner):
    page = await visit(learner)
    await page.goto("/labs")
    hands = Hands(page)
    await hands.press("Control+k")
    await hands.type("zebra")
    await expect(options(page)).to_have_count(3)

    await field(page).fill("neighbour")
    await hands.press("Enter")

    await expect(page).to_have_url(re.compile(r"/search\?q=neighbour$"))


async def test_nothing_found_and_no_words_are_told(visit, learner):
    page = await visit(learner)
    await page.goto("/labs")
    hands = Hands(page)
    await page.get_by_role("link", name="Search").click()
    says = page.get_by_role("status").filter(has_text=re.compile("."))

    await hands.type("walrus")
    await expect(says).to_contain_text("Nothing has “walrus”.")
    await expect(options(page)).to_have_count(0)
    await field(page).fill("")
    await expect(says).to_contain_text("Lessons, drills, labs")
    await page.get_by_role("button", name="Close the search").click()

    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_a_server_that_is_away_is_told(visit, learner):
    page = await visit(learner, is_cut_off=True)
    await page.goto("/labs")
    await page.route("**/api/v1/search*", lambda route: route.abort())
    hands = Hands(page)
    await hands.press("Control+k")
    await hands.type("zebra")

    says = page.get_by_role("status").filter(has_text="The server could not be reached.")
    await expect(says).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}])
async def test_the_open_palette_is_accessible_and_fits(visit, learner, viewport):
    page = await visit(learner, reduced_motion="reduce", viewport=viewport)
    await page.goto("/labs")
    hands = Hands(page)
    await hands.press("Control+k")
    await hands.type("zebra")
    await expect(options(page)).to_have_count(3)

    await require_accessible(page)
    box = await page.get_by_role("dialog").get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
