"""The whole way by keyboard alone, from the sign-in link to a verdict. No test here has a mouse.

The worker and its engine are the shipped ones.
"""

import pytest
from playwright.async_api import expect

from browser.editing import the_editor, verdict
from browser.keyboard import Hands
from milepost.accounts.service.signing_in import create_sign_in_link


@pytest.fixture
async def lab(make):
    return await make.lab(title="Adding up")


@pytest.fixture
async def hands(visit, make, lab):
    """At the lab's page, signed in."""
    page = await visit(await make.learner())
    await page.goto(f"/labs/{lab.slug}")
    return Hands(page)


@pytest.mark.usefixtures("lab", "worker")
async def test_whole_way_from_the_sign_in_to_a_verdict_needs_no_mouse(visit, make, database):
    learner = await make.learner(track=None)
    async with database.transaction() as session:
        link = await create_sign_in_link(session, learner.actor)
    page = await visit()
    hands = Hands(page)
    await page.goto(f"/sign-in/{link}")

    await hands.go_to(page.get_by_role("button", name="Sign in"))
    await hands.press("Enter")

    await expect(page.get_by_role("heading", name="Choose your track")).to_be_visible()
    await hands.go_to(_choice(page, "Language", "Python"))
    await hands.press("Space")
    await hands.go_to(_choice(page, "Framework", "FastAPI"))
    await hands.press("Space")
    await hands.go_to(page.get_by_role("button", name="Show me the road"))
    await hands.press("Enter")

    await expect(page.get_by_role("navigation", name="The road")).to_be_visible()
    await hands.go_to(page.get_by_role("navigation", name="The road").get_by_role("link").first)
    await hands.press("Enter")

    await expect(page.get_by_role("heading", name="Basics", level=1)).to_be_visible()
    await hands.go_to(page.get_by_role("main").get_by_role("link", name="Adding up"))
    await hands.press("Enter")

    await expect(the_editor(page)).to_be_visible()
    await hands.go_to(the_editor(page))
    await hands.press("Control+a")
    await hands.type("def add(a, b):\nreturn a + b")  # the editor indents, as it does for people
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    await hands.press("Escape")
    await hands.go_to(page.get_by_role("button", name="Submit", exact=True))
    await hands.press("Enter")

    await expect(verdict(page, "passed")).to_be_visible()
    await hands.require_visible_focus()
    await hands.go_to(page.get_by_role("link", name="Keep this link"))
    await hands.press("Enter")
    await expect(page.get_by_role("heading", name="The run", exact=True)).to_be_visible()


async def test_tab_goes_through_the_lab_page_both_ways_and_is_trapped_nowhere(hands):
    submit = hands.page.get_by_role("button", name="Submit", exact=True)
    skip = hands.page.get_by_role("link", name="Skip to the content")

    await hands.go_to(the_editor(hands.page))
    await hands.press("Escape")
    await hands.go_to(submit)
    await hands.go_to(the_editor(hands.page), key="Shift+Tab")
    await hands.press("Escape")
    await hands.go_to(skip, key="Shift+Tab")

    await hands.press("Enter")
    assert await hands.is_at(hands.page.get_by_role("main"))
    assert "return None" in await the_editor(hands.page).inner_text()  # no Tab was typed


async def test_tab_indents_and_leaves_the_editor_after_escape_however_late(hands):
    page, editor = hands.page, the_editor(hands.page)
    await hands.go_to(editor)
    await hands.press("Control+a")
    await hands.type("def add(a, b):")
    await hands.press("Home", "Tab", "End", "Tab")
    assert await _text(page) == "    def add(a, b):  "  # to the next step of four
    await hands.press("Control+a", "Shift+Tab")
    assert await _text(page) == "def add(a, b):  "

    await expect(page.locator("#editor-help")).to_contain_text("leaves the editor")
    await hands.press("Escape")
    await expect(page.get_by_text("Tab leaves the editor now.")).to_be_visible()
    await page.wait_for_timeout(2_500)  # the editor's own patience would be over
    await hands.press("Shift+Tab")
    await hands.require_visible_focus()
    assert not await hands.is_at(editor)

    await hands.press("Tab")  # back, where Tab indents again
    await hands.press("Escape", "Control+End", "Tab")
    assert await hands.is_at(editor)
    assert await _text(page) == "def add(a, b):      "


async def test_question_mark_opens_the_shortcuts_and_closes_them_again(hands):
    dialog = hands.page.get_by_role("dialog", name="Keyboard shortcuts")
    run = hands.page.get_by_role("button", name="Run", exact=True)
    await hands.go_to(the_editor(hands.page))
    await hands.press("Escape")
    await hands.go_to(run)

    await hands.press("?")
    await expect(dialog).to_be_visible()
    await hands.press("?")
    await expect(dialog).to_be_hidden()
    await hands.press("?")
    await expect(dialog).to_be_visible()
    await hands.press("Escape")
    await expect(dialog).to_be_hidden()
    assert await hands.is_at(run)

    await hands.go_to(the_editor(hands.page), key="Shift+Tab")
    await hands.press("Control+a")
    await hands.type("?")
    await expect(the_editor(hands.page)).to_have_text("?")
    await expect(dialog).to_be_hidden()


async def test_letters_lead_to_the_brief_the_checks_and_the_editor(hands):
    for letter, place in (
        ("c", hands.page.get_by_role("tabpanel", name="Checks")),
        ("b", hands.page.get_by_role("tabpanel", name="Brief")),
        ("e", the_editor(hands.page)),
    ):
        await hands.press(letter)
        await expect(place).to_be_focused()
        await hands.require_visible_focus()


async def _text(page):
    lines = page.locator(".cm-line")
    return "\n".join(await lines.evaluate_all("lines => lines.map(line => line.textContent)"))


def _choice(page, group, name):
    return page.get_by_role("group", name=group).get_by_role("radio", name=name)
