"""Two tabs, one draft; Back; and tabs that are old: of an older lab, another account, signed out.

No tab loses what another has written, and none acts for what it was not made for.
"""

import json
from uuid import uuid4

import pytest
from playwright.async_api import expect

from browser.editing import draft_is, read_draft, saved, the_editor, verdict, write_on_top
from browser.visiting import eventually
from factories.content import CheckDraft
from fakes.grader import FakeGrader, passed
from milepost.submissions import queries

# A tab that hears nothing of the others, as one that was frozen.
DEAF = """
for (const kind of ["storage", "visibilitychange", "focus"]) {
  addEventListener(kind, (event) => event.stopImmediatePropagation(), true);
}
"""
STARTER = "def add(a, b):\n    return None\n"


@pytest.fixture
async def lab(make):
    return await make.lab(stacks=("python", "node"))


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
def open_tab(visit, learner, lab):
    """Open another tab of the lab in one browser; `is_deaf`: it hears nothing of the others."""
    browser = []

    async def open_(*, is_deaf=False, stack="python", **options):
        page = await browser[0].new_page() if browser else await visit(learner, **options)
        browser.append(page.context)
        if is_deaf:
            await page.add_init_script(DEAF)
        await page.goto(f"/labs/{lab.slug}?stack={stack}")
        await expect(the_editor(page)).to_contain_text("add")
        return page

    return open_


@pytest.mark.parametrize("is_deaf", [False, True])
async def test_a_tab_in_which_nothing_was_typed_changes_nothing(open_tab, learner, is_deaf):
    old = await open_tab(is_deaf=is_deaf)
    new = await open_tab()
    await write_on_top(new, "# written in the new tab")
    await saved(new)

    await old.get_by_role("tab", name="adding.py").click()
    await old.goto("/labs")
    await old.close()

    await draft_is(new, learner, {"adding.py": f"# written in the new tab\n{STARTER}"})


async def test_a_tab_shows_what_another_has_written_and_goes_on_from_there(open_tab, learner):
    one, two = await open_tab(), await open_tab()
    await write_on_top(one, "# one")
    await expect(the_editor(two)).to_contain_text("# one")

    await write_on_top(two, "# two")

    await expect(the_editor(one)).to_contain_text("# two")
    await draft_is(one, learner, {"adding.py": f"# two\n# one\n{STARTER}"})
    await expect(two.locator("#apart")).to_be_hidden()


@pytest.fixture
async def parted(open_tab):
    """An old tab and a new one, each with changes that the other has not seen."""
    old = await open_tab(is_deaf=True)
    new = await open_tab()
    await write_on_top(new, "# newer")
    await saved(new)
    await write_on_top(old, "# older")
    await expect(old.get_by_text("Another tab of this lab has saved other changes")).to_be_visible()
    return old, new


async def test_an_older_tab_does_not_write_over_a_newer_draft(parted, learner):
    old, _ = parted

    await draft_is(old, learner, {"adding.py": f"# newer\n{STARTER}"})
    await expect(the_editor(old)).to_contain_text("# older")
    await expect(old.get_by_text("Kept beside the draft")).to_be_visible()

    await old.reload()
    await expect(the_editor(old)).to_contain_text("# newer")
    await old.get_by_role("button", name="Version set aside").click()
    await old.get_by_role("button", name="Show it").click()
    await expect(the_editor(old)).to_contain_text("# older")
    await draft_is(old, learner, {"adding.py": f"# older\n{STARTER}"})


@pytest.mark.parametrize(
    ("choice", "shown", "aside"),
    [("Go on with what is shown", "# older", "# newer"), ("Show the draft", "# newer", "# older")],
)
async def test_of_two_versions_one_is_chosen_and_the_other_is_kept(
    parted, learner, choice, shown, aside
):
    old, new = parted

    await old.get_by_role("button", name=choice).click()

    await expect(old.locator("#apart")).to_be_hidden()
    await expect(the_editor(old)).to_contain_text(shown)
    await draft_is(old, learner, {"adding.py": f"{shown}\n{STARTER}"})
    await expect(the_editor(new)).to_contain_text(shown)
    await old.get_by_role("button", name="Version set aside").click()
    await old.get_by_role("button", name="Show it").click()
    await expect(the_editor(old)).to_contain_text(aside)
    await draft_is(old, learner, {"adding.py": f"{aside}\n{STARTER}"})


async def test_restoring_the_starter_sets_the_draft_aside(open_tab, learner):
    page = await open_tab()
    await write_on_top(page, "# mine")
    await saved(page)

    await page.get_by_role("button", name="Restore starter").click()
    await page.get_by_role("dialog").get_by_role("button", name="Restore the starter").click()
    await expect(the_editor(page)).not_to_contain_text("# mine")
    await page.get_by_role("button", name="Version set aside").click()
    await page.get_by_role("button", name="Show it").click()

    await expect(the_editor(page)).to_contain_text("# mine")
    await draft_is(page, learner, {"adding.py": f"# mine\n{STARTER}"})


async def test_drafts_of_two_stacks_and_a_submission_leave_each_other_alone(
    open_tab, learner, queue
):
    node, python = await open_tab(stack="node"), await open_tab()
    await write_on_top(node, "// in node")
    await saved(node)
    await write_on_top(python, "# in python")
    async with queue.working(FakeGrader()):
        await python.get_by_role("button", name="Submit", exact=True).click()
        await expect(verdict(python, "passed")).to_be_visible()

    await python.close()
    await node.reload()

    await expect(the_editor(node)).to_contain_text("// in node")
    kept = await read_draft(node, learner, stack="python")
    assert kept["files"]["adding.py"] == f"# in python\n{STARTER}"


async def test_a_draft_of_before_drafts_were_a_learners_own_is_taken_over(open_tab, lab, learner):
    page = await open_tab()
    former = {"version": lab.content_hash, "files": {"adding.py": "# of old\n"}}
    await page.evaluate(
        "kept => localStorage.setItem('milepost:draft:adding:python', kept)", json.dumps(former)
    )

    await page.reload()

    await expect(the_editor(page)).to_contain_text("# of old")
    await draft_is(page, learner, {"adding.py": "# of old\n"})


async def test_back_after_a_verdict_shows_the_verdict(visit, learner, lab, make, queue):
    await make.submission(lab=lab, learner=learner)
    page = await visit(learner)
    await page.goto("/submissions")
    await expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    await page.goto(f"/labs/{lab.slug}")
    await expect(page.get_by_text("No grading worker is running")).to_be_visible()
    async with queue.working(FakeGrader()):
        await expect(verdict(page, "passed")).to_be_visible()
    await page.goto("/account")

    await page.go_back()
    await expect(page.get_by_text("Your last submission: Passed")).to_be_visible()
    await expect(page.get_by_text("is being graded")).to_have_count(0)
    await page.go_back()
    await expect(page.locator("#content").get_by_text("Passed", exact=True)).to_be_visible()
    await expect(page.get_by_text("Waiting for a worker")).to_have_count(0)


async def test_a_page_that_was_kept_whole_for_back_is_loaded_anew(visit, learner, lab, make, queue):
    await make.submission(lab=lab, learner=learner)
    page = await visit(learner)
    await page.goto("/submissions")
    await expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    await queue.work(FakeGrader())

    # What Chromium tells a page that it takes out of its back/forward cache, which is off in tests.
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    await expect(page.locator("#content").get_by_text("Passed", exact=True)).to_be_visible()


async def test_a_run_that_the_server_no_longer_has_leaves_the_buttons_alive(
    open_tab, learner, queue
):
    page = await open_tab(is_cut_off=True)
    run = {"kind": "try", "files": {}, "idempotencyKey": "old", "id": str(uuid4())}
    await page.evaluate(
        "([key, run]) => localStorage.setItem(key, run)",
        [f"milepost:run:{learner.id}:adding:python", json.dumps(run)],
    )

    await page.reload()

    run_button = page.get_by_role("button", name="Run", exact=True)
    await expect(page.get_by_text("Your last run is no longer kept")).to_be_visible()
    await expect(run_button).not_to_have_attribute("aria-disabled", "true")
    async with queue.working(FakeGrader()):
        await run_button.click()
        await expect(verdict(page, "passed")).to_be_visible()


@pytest.fixture
def handed_in(database):
    """How many submissions somebody has."""

    async def count(learner):
        async with database.transaction() as session:
            return len(await queries.list_submissions(session, learner.actor))

    return count


async def test_a_tab_of_another_account_acts_for_nobody(open_tab, make, queue, handed_in):
    grace = await make.learner("Grace")
    page = await open_tab(is_cut_off=True)
    await write_on_top(page, "# by Ada")
    await saved(page)
    url = page.url.partition("/labs")[0]
    await page.context.add_cookies([{"name": "milepost", "value": grace.session, "url": url}])

    await page.get_by_role("button", name="Submit", exact=True).click()

    await expect(page.locator("#verdict")).to_contain_text("Another account is signed in by now")
    assert (await handed_in(grace), await queue.jobs()) == (0, [])
    await page.reload()
    await expect(the_editor(page)).to_contain_text("def add")
    await expect(the_editor(page)).not_to_contain_text("by Ada")


async def test_a_tab_of_an_older_lab_hands_in_nothing_until_it_is_loaded_anew(
    open_tab, make, queue
):
    page = await open_tab(is_cut_off=True)
    await write_on_top(page, "# written before")
    await saved(page)
    more = CheckDraft(name="test_more", title="More")
    await make.lab(stacks=("python", "node"), checks=(more,))

    await page.get_by_role("button", name="Submit", exact=True).click()

    await expect(page.locator("#verdict")).to_contain_text("has changed since this was loaded")
    assert await queue.jobs() == []
    await page.reload()
    await expect(the_editor(page)).to_contain_text("# written before")
    async with queue.working(FakeGrader(passed("test_more"))):
        await page.get_by_role("button", name="Submit", exact=True).click()
        await expect(verdict(page, "passed")).to_be_visible()


async def test_a_tab_that_was_signed_out_elsewhere_says_so_and_stops_following(
    open_tab, client, learner, queue
):
    page = await open_tab(is_cut_off=True)
    grader = FakeGrader()
    held = grader.hold("test_two_numbers_are_added")
    async with queue.working(grader):
        await page.get_by_role("button", name="Submit", exact=True).click()
        await expect(page.get_by_text("Running.")).to_be_visible()

        await client.log_in(learner).post("/account/sign-out")

        await expect(page.get_by_text("You are signed out, so this page")).to_be_visible()
        held.set()

        async def finished():
            return [job.status for job in await queue.jobs()]

        await eventually(finished, ["succeeded"])
    await expect(page.locator("[data-verdict]")).to_have_count(0)
