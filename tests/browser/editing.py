"""The lab page as a person works in it: files are added, text is pasted, a run is followed."""

from typing import Any

from playwright.async_api import Page, expect

from factories import Learner

ALLOW_PASTING = {"permissions": ["clipboard-read", "clipboard-write"]}


async def write_file(page: Page, path: str, text: str) -> None:
    """Put `text` into a file of the editor by pasting, adding the file if there is none."""
    tab = page.get_by_role("tab", name=path, exact=True)
    if await tab.count():
        await tab.click()
    else:
        await page.get_by_role("button", name="Add a file").click()
        await page.get_by_label("Name, with its folder").fill(path)
        await page.get_by_role("button", name="Add", exact=True).click()
    await expect(tab).to_have_attribute("aria-selected", "true")
    await page.evaluate("text => navigator.clipboard.writeText(text)", text)
    await the_editor(page).click()
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Control+v")


def the_editor(page: Page):
    """The text that is edited."""
    return page.locator(".cm-content")


def verdict(page: Page, name: str):
    """The box of a verdict."""
    return page.locator(f'#verdict [data-verdict="{name}"]')


async def write_on_top(page: Page, text: str) -> None:
    """Type a line above everything."""
    await the_editor(page).click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.insert_text(f"{text}\n")


async def saved(page: Page) -> None:
    """Wait until the server has the draft."""
    await expect(page.get_by_text("Draft saved")).to_be_visible()


async def draft_is(
    page: Page,
    learner: Learner,
    files: dict[str, str],
    *,
    lab: str = "adding",
    stack: str = "python",
) -> None:
    """Wait until the browser keeps these files, among others, as the learner's draft."""
    await page.wait_for_function(
        """([key, files]) => {
            const kept = JSON.parse(localStorage.getItem(key))?.files ?? {};
            return Object.entries(files).every(([path, text]) => kept[path] === text);
        }""",
        arg=[f"milepost:draft:{learner.id}:{lab}:{stack}", files],
    )


async def read_draft(page: Page, learner: Learner, *, lab: str = "adding", stack: str) -> Any:
    """What the browser keeps as the learner's draft."""
    key = f"milepost:draft:{learner.id}:{lab}:{stack}"
    return await page.evaluate("key => JSON.parse(localStorage.getItem(key))", key)


async def list_outcomes(page: Page) -> list[tuple[str, str]]:
    """Every check on the page with its outcome, from top to bottom."""
    found = await page.locator("#check-list [data-check]").evaluate_all(
        "checks => checks.map(check => [check.dataset.check, check.dataset.outcome])"
    )
    return [(name, outcome) for name, outcome in found]
