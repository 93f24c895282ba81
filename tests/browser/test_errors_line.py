"""Where an error came up: marked in the editor, and every place in evidence is a link to it."""

import re

import pytest
from playwright.async_api import expect

from browser.editing import the_editor
from factories.content import VISIBLE, CheckDraft
from fakes.grader import FakeGrader, failed
from fakes.recorded import recorded

FILES = {
    "adding.py": "from inner import total\n\n\ndef add(a, b):\n    return total(a, b)\n",
    "inner.py": "def total(a, b):\n    rest = b\n    return a + rest.value\n",
}
PYTHON = """Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/inner.py", line 99, in run
  File "/work/adding.py", line 5, in add
    return total(a, b)
  File "/work/inner.py", line 3, in total
    return a + rest.value
AttributeError: 'int' object has no attribute 'value'
"""
NODE = """TypeError: Cannot read properties of undefined (reading 'value')
    at total (file:///work/inner.mjs:3:19)
    at add (/srv/room-7/work/adding.mjs:5:10)
    at node:internal/modules/esm:12:1
"""


def raised(trace):
    return recorded(
        "call",
        title="add(2, 3)",
        at_seconds=0.001,
        duration_seconds=0.001,
        request={"name": "add", "arguments": [2, 3]},
        response={"error": {"type": "TypeError", "message": "no value", "traceback": trace}},
    )


def refused(file):
    return recorded(
        "statement",
        title="SELECT",
        at_seconds=0.001,
        duration_seconds=0.001,
        request={"sql": "SELECT 1;\nSELECT no", "database_role": "you", "file": file, "line": 2},
        response={"error": "no such column", "detail": "   3 | SELECT no\n              ^"},
    )


@pytest.fixture
async def learner(make):
    return await make.learner()


async def failing(visit, make, queue, learner, files, **fields):
    """The lab's page with these files, after a run that failed so."""
    stack = "node" if "adding.mjs" in files else "python"
    lab = await make.lab(stacks=(stack,))
    page = await visit(learner)
    key = f"milepost:draft:{learner.id}:adding:{stack}"
    await page.goto("/labs")
    await page.evaluate(
        "([key, draft]) => localStorage.setItem(key, JSON.stringify(draft))",
        [key, {"version": lab.content_hash, "files": files}],
    )
    await page.goto(f"/labs/{lab.slug}?stack={stack}")
    async with queue.working(FakeGrader(failed(VISIBLE.name, **fields))):
        await page.get_by_role("button", name="Run", exact=True).click()
        await expect(page.locator('#verdict [data-verdict="failed"]')).to_be_visible()
    return page


async def test_pythons_innermost_line_is_marked_and_its_places_lead_into_the_editor(
    visit, make, queue, learner
):
    page = await failing(visit, make, queue, learner, FILES, evidence=(raised(PYTHON),))

    places = page.locator(".place")
    assert await places.all_inner_texts() == [
        '/work/adding.py", line 5',
        '/work/inner.py", line 3',
    ]
    await expect(page.locator(".cm-errorLine")).to_have_count(0)  # it is in the other file
    await places.last.click()
    tab = page.get_by_role("tab", name="inner.py")
    await expect(tab).to_have_attribute("aria-selected", "true")
    await expect(page.locator(".cm-errorLine")).to_have_text("    return a + rest.value")
    await expect(the_editor(page)).to_be_focused()
    await expect(page.locator(".cm-activeLine")).to_have_text("    return a + rest.value")

    await page.keyboard.press("Control+Home")
    await page.keyboard.type("# one line more\n")
    await expect(page.locator(".cm-errorLine")).to_have_text("    return a + rest.value")


async def test_nodes_innermost_line_is_marked(visit, make, queue, learner):
    files = {"adding.mjs": "// the first\n" * 6, "inner.mjs": "// one\n// two\n// three\n"}

    page = await failing(visit, make, queue, learner, files, evidence=(raised(NODE),))

    places = page.locator(".place")
    assert await places.all_inner_texts() == [
        "file:///work/inner.mjs:3:19",
        "/srv/room-7/work/adding.mjs:5:10",
    ]
    await page.get_by_role("tab", name="inner.mjs").click()
    await expect(page.locator(".cm-errorLine")).to_have_text("// three")


async def test_line_of_a_module_that_does_not_parse_is_marked(visit, make, queue, learner):
    files = {"adding.mjs": "// one\nfunction add() {\n}}\n"}
    message = (
        "Your module `adding.mjs` could not be imported: "
        "SyntaxError: Unexpected token '}' (adding.mjs, line 3)"
    )
    detail = "/work/adding.mjs:3\n}}\n ^\n\nSyntaxError: Unexpected token '}'"

    page = await failing(visit, make, queue, learner, files, message=message, detail=detail)

    places = page.locator(".check .place")
    assert await places.all_text_contents() == ["adding.mjs, line 3", "/work/adding.mjs:3"]
    await expect(page.locator(".cm-errorLine")).to_have_text("}}")


async def test_lines_of_sql_are_links_in_sentences_and_where_a_statement_was_refused(
    visit, make, queue, learner
):
    files = {**FILES, "answer.sql": "-- one\nSELECT 1;\nSELECT no\n"}
    message = "PostgreSQL refuses `answer.sql`, line 3, column 8: no such column."

    page = await failing(
        visit, make, queue, learner, files, message=message, evidence=(refused("answer.sql"),)
    )

    places = page.locator(".check .place")
    assert await places.all_inner_texts() == [
        "answer.sql, line 3, column 8",
        "answer.sql, from line 2",
        "   3",
    ]
    await places.first.click()
    await expect(page.locator(".cm-errorLine")).to_have_text("SELECT no")
    await page.keyboard.type("|")  # the column is gone to
    await expect(page.locator(".cm-errorLine")).to_have_text("SELECT |no")


async def test_the_next_run_takes_the_mark_away(visit, make, queue, learner):
    page = await failing(visit, make, queue, learner, FILES, evidence=(raised(PYTHON),))
    await page.get_by_role("tab", name="inner.py").click()
    await expect(page.locator(".cm-errorLine")).to_have_count(1)

    async with queue.working(FakeGrader()):
        await page.get_by_role("button", name="Run", exact=True).click()
        await expect(page.locator('#verdict [data-verdict="passed"]')).to_be_visible()

    await expect(page.locator(".cm-errorLine")).to_have_count(0)


async def test_on_a_submissions_page_a_place_leads_to_the_line_in_its_file(
    visit, make, queue, learner
):
    lab = await make.lab(checks=(CheckDraft(),))
    submission = await make.submission(lab=lab, learner=learner, files=FILES)
    await queue.work(FakeGrader(failed(VISIBLE.name, evidence=(raised(PYTHON),))))
    page = await visit(learner)
    await page.goto(f"/submissions/{submission.id}")

    await page.locator(".place").last.click()

    line = page.locator(".line:target")
    await expect(line).to_have_text("    return a + rest.value")
    await expect(line).to_be_in_viewport()

    await page.goto(f"/submissions/{submission.id}/checks/{VISIBLE.name}")
    await page.locator(".place").last.click()
    await expect(page).to_have_url(re.compile(rf"/submissions/{submission.id}#file-2-L3"))
    await expect(line).to_be_in_viewport()
