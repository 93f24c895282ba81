"""What changed between two submissions, on a screen too narrow for both sides."""

import pytest

BEFORE = "def add(a, b):\n    # one\n    # two\n    return a - b\n"
AFTER = "def add(a, b):\n    first = a\n    second = b\n    return a - b\n"
# The lines in the order in which they stand on the screen.
_LINES = """() => [...document.querySelectorAll(".difference .differs td:not(.number)")]
  .filter((cell) => cell.getClientRects().length)
  .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
  .map((cell) => cell.textContent.trim())"""


@pytest.mark.parametrize("width", [320, 360])
async def test_what_was_removed_stands_together_before_what_was_added(visit, make, width):
    learner = await make.learner()
    lab = await make.lab()
    one = await make.submission(lab=lab, learner=learner, files={"adding.py": BEFORE})
    two = await make.submission(lab=lab, learner=learner, files={"adding.py": AFTER})
    page = await visit(learner, viewport={"width": width, "height": 740})

    await page.goto(f"/submissions/{one.id}/differences/{two.id}")

    assert await page.evaluate(_LINES) == ["# one", "# two", "first = a", "second = b"]
