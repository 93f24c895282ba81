"""The answers to a lab in a browser: readable by everybody, at every width."""

import pytest
from playwright.async_api import expect

from browser.accessible import require_accessible
from factories.content import HIDDEN, SLIPS, TWICE, VISIBLE, FlawDraft
from fakes.grader import FakeGrader

OWN = {"adding.py": "def add(a, b):\n    return sum([a, b])\n"}
UNSEEN = FlawDraft("loses-the-sign", (TWICE.name, HIDDEN.name), "You lose the sign.")
_IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [360, 768, 1440])
async def test_the_answers_fit_the_screen_and_are_accessible(visit, make, queue, width):
    lab = await make.lab(
        checks=(VISIBLE, TWICE, HIDDEN), flaws=(*SLIPS, UNSEEN), stacks=("python", "node")
    )
    learner = await make.learner()
    submission = await make.submission(lab=lab, learner=learner, files=OWN)
    await queue.work(FakeGrader())
    page = await visit(learner, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    await page.goto(f"/submissions/{submission.id}")

    await page.get_by_role("link", name="See the model answers beside yours").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Answers to Adding up")
    hidden = page.locator("details.mistake", has_text="loses-the-sign")
    await hidden.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(hidden.get_by_text("and a hidden check")).to_be_visible()
    assert not await page.evaluate(_IS_WIDER)
    await require_accessible(page)
    await page.get_by_role("link", name="Improve yours in the editor").click()
    await expect(page.locator(".cm-content")).to_contain_text("sum([a, b])")
