"""Code in a lesson: copied with a button, and shown in the language that its reader chose."""

import pytest
from playwright.async_api import Page, expect

from browser import shipped
from browser.accessible import require_accessible
from browser.editing import ALLOW_PASTING
from browser.keyboard import Hands
from browser.shipped import SKILL
from factories.make import PYTHON
from milepost.accounts.types import Track

LESSON = f"{SKILL}/lessons/conditionals"
NODE = Track(language="javascript", framework="express")
NO_CLIPBOARD = """
Object.defineProperty(navigator, "clipboard", { value: undefined });
document.execCommand = () => false;
"""

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
async def content(database):
    """The shipped content, published."""
    await shipped.publish(database)


def first_example(page: Page):
    return page.locator(".example").first


async def clipboard(page: Page) -> str:
    return str(await page.evaluate("navigator.clipboard.readText()"))


async def test_a_block_is_copied_by_keyboard_and_that_is_told(visit, make):
    page = await visit(await make.learner(track=PYTHON), reduced_motion="reduce", **ALLOW_PASTING)
    await page.goto(LESSON)
    hands = Hands(page)
    button = first_example(page).get_by_role("button", name="Copy the Python code")

    await hands.go_to(button)
    await hands.press("Enter")

    await expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    await expect(button).to_have_text("Copied")
    code = await first_example(page).locator('[data-language="python"] pre').text_content()
    assert await clipboard(page) == code.removesuffix("\n")

    await first_example(page).get_by_role("button", name="Copy the output").click()
    await expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert await clipboard(page) == "1 light, 1 heavy"
    await expect(button).to_have_text("Copy")
    await require_accessible(page)


async def test_where_the_browser_refuses_to_copy_the_code_is_selected(visit, make):
    page = await visit(await make.learner(track=PYTHON))
    await page.add_init_script(NO_CLIPBOARD)
    await page.goto(LESSON)

    await first_example(page).get_by_role("button", name="Copy the output").click()

    await expect(page.get_by_role("status").filter(has_text="press Ctrl+C")).to_have_count(1)
    assert await page.evaluate("getSelection().toString().trim()") == "1 light, 1 heavy"


async def test_over_plain_http_a_block_is_copied_too(visit, make):
    page = await visit(await make.learner(track=PYTHON), **ALLOW_PASTING)
    await page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error())")
    await page.goto(LESSON)
    button = first_example(page).get_by_role("button", name="Copy the output")

    await button.click()

    await expect(button).to_have_text("Copied")
    await expect(button).to_be_focused()
    assert await clipboard(page) == "1 light, 1 heavy"


async def test_a_chosen_language_holds_for_all_examples_and_pages_of_the_track(visit, make):
    page = await visit(await make.learner(track=NODE), reduced_motion="reduce")
    await page.goto(LESSON)
    hands = Hands(page)
    examples = page.locator(".example.has-tabs")
    tabs = examples.first.get_by_role("tab")
    await expect(tabs).to_have_text(["JavaScript", "Python"])
    await expect(page.get_by_role("tabpanel", name="JavaScript").first).to_be_visible()
    await expect(page.get_by_role("tabpanel", name="Python")).to_have_count(0)
    third = examples.nth(2)
    await third.get_by_role("tab", name="JavaScript").focus()
    before = (await third.bounding_box())["y"]

    await hands.press("ArrowRight")

    await expect(third.get_by_role("tab", name="Python")).to_be_focused()
    assert await third.get_by_role("tab", name="Python").get_attribute("aria-selected") == "true"
    assert (await third.bounding_box())["y"] == pytest.approx(before, abs=1)
    await expect(page.get_by_role("tabpanel", name="JavaScript")).to_have_count(0)
    await expect(third.get_by_role("button", name="Copy the Python code")).to_be_visible()
    await require_accessible(page)
    await page.goto(f"{SKILL}/lessons/loops")
    await expect(page.get_by_role("tabpanel", name="Python").first).to_be_visible()
    await expect(page.get_by_role("tabpanel", name="JavaScript")).to_have_count(0)


async def test_a_choice_made_in_one_track_does_not_hold_in_another(visit, make):
    page = await visit(await make.learner(track=PYTHON))
    await page.goto(LESSON)
    await first_example(page).get_by_role("tab", name="JavaScript").click()
    await first_example(page).get_by_role("tab", name="Python").click()

    await page.goto("/track")
    await page.locator('[name="language"][value="javascript"]').check()
    await page.locator('[name="framework"][value="express"]').check()
    await page.get_by_role("button", name="Keep this track").click()
    await page.wait_for_url("**/paths/**")
    await page.goto(LESSON)

    await expect(first_example(page).get_by_role("tabpanel", name="JavaScript")).to_be_visible()


async def test_without_scripts_every_language_is_shown_with_its_name_and_no_button(visit, make):
    page = await visit(await make.learner(track=NODE), java_script_enabled=False)

    await page.goto(LESSON)

    example = first_example(page)
    await expect(example.locator(".code-name")).to_have_text(["JavaScript", "Python", "Output"])
    for block in await example.locator("pre").all():
        await expect(block).to_be_visible()
    await expect(example.get_by_role("button")).to_have_count(0)


async def test_print_shows_the_chosen_language_with_its_name(visit, make):
    page = await visit(await make.learner(track=NODE))
    await page.goto(LESSON)
    example = first_example(page)
    await expect(example.get_by_role("tab").first).to_be_visible()

    await page.emulate_media(media="print")

    await expect(example.locator(".code-name").filter(visible=True)).to_have_text(
        ["JavaScript", "Output"]
    )
    await expect(example.locator("button").filter(visible=True)).to_have_count(0)


async def test_a_brief_has_its_blocks_to_copy(visit, make):
    page = await visit(await make.learner(track=PYTHON), reduced_motion="reduce", **ALLOW_PASTING)
    await page.goto("/labs/books-api")

    await first_example(page).get_by_role("button", name="Copy the JSON code").click()

    await expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert '"title": "Emma"' in await clipboard(page)
    await require_accessible(page)
