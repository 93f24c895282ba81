"""One draft in all browsers of a learner: they agree, and nothing is lost where they cannot.

What tabs of one browser do with each other is in `test_tabs`.
"""

import pytest
from playwright.async_api import expect

from browser.connection import connect
from browser.editing import saved, the_editor, write_on_top
from browser.visiting import eventually
from factories.content import RIGHT, WRONG
from fakes.grader import FakeGrader
from milepost.submissions import queries

STARTER = "def add(a, b):\n    return None\n"
NO_STORAGE = """
for (const name of ["getItem", "setItem", "removeItem"]) {
  Storage.prototype[name] = () => { throw new DOMException("switched off", "SecurityError"); };
}
"""
PARTED = "Another browser has saved other changes"


@pytest.fixture
async def lab(make):
    return await make.lab(stacks=("python", "node"))


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def connection(running_server):
    async with connect(running_server) as connection:
        yield connection


@pytest.fixture
def open_browser(visit, learner, lab):
    """Open the lab in a browser of its own, with nothing in its storage."""

    async def open_(address=f"/labs/{lab.slug}", *, script="", **options):
        page = await visit(learner, **options)
        if script:
            await page.add_init_script(script)
        await page.goto(address)
        await expect(the_editor(page)).to_contain_text("add")
        return page

    return open_


@pytest.fixture
def on_server(database, learner, lab):
    """The file that the server has as the learner's draft."""

    async def read(stack="python"):
        async with database.transaction() as session:
            draft = await queries.find_draft(session, learner.actor, lab=lab.slug, stack=stack)
            return None if draft is None else draft.files["adding.py"]

    return read


async def look_again(page):
    """What a browser is told when its window comes to the front again."""
    await page.evaluate("dispatchEvent(new Event('focus'))")


async def exchange(page):
    await page.get_by_role("button", name="Version set aside").click()
    await page.get_by_role("button", name="Show it").click()


async def test_what_is_written_in_one_browser_is_gone_on_with_in_another(open_browser, on_server):
    one = await open_browser()
    await write_on_top(one, "# one")
    await saved(one)

    two = await open_browser()
    await expect(the_editor(two)).to_contain_text("# one")
    await write_on_top(two, "# two")
    await eventually(on_server, f"# two\n# one\n{STARTER}")
    await look_again(one)

    await expect(the_editor(one)).to_contain_text("# two")
    await write_on_top(one, "# three")
    await eventually(on_server, f"# three\n# two\n# one\n{STARTER}")
    await expect(two.locator("#apart")).to_be_hidden()


async def test_a_browser_in_which_nothing_was_typed_changes_nothing(open_browser, on_server):
    old, new = await open_browser(), await open_browser()
    await write_on_top(new, "# new")
    await saved(new)

    await old.goto("/labs")
    await old.go_back()

    await expect(the_editor(old)).to_contain_text("# new")
    assert await on_server() == f"# new\n{STARTER}"


async def test_what_is_written_without_the_server_is_sent_once_it_is_back(
    open_browser, on_server, connection
):
    page = await open_browser(server=connection.url, is_cut_off=True)
    connection.cut()
    await write_on_top(page, "# offline")
    await expect(page.get_by_text("until the server can be reached")).to_be_visible()

    connection.fix()

    await saved(page)
    assert await on_server() == f"# offline\n{STARTER}"


async def test_a_save_whose_answer_was_lost_is_known_again(open_browser, on_server, connection):
    page = await open_browser(server=connection.url, is_cut_off=True)
    connection.loses_answers = True
    await write_on_top(page, "# arrived")
    await eventually(on_server, f"# arrived\n{STARTER}")
    await expect(page.get_by_text("until the server can be reached")).to_be_visible()
    await write_on_top(page, "# and more")

    connection.loses_answers = False

    await eventually(on_server, f"# and more\n# arrived\n{STARTER}")
    await expect(page.locator("#apart")).to_be_hidden()


@pytest.fixture
async def parted(open_browser, make, lab, learner, connection):
    """A browser that wrote without the server, while another draft was saved."""
    page = await open_browser(server=connection.url, is_cut_off=True)
    connection.cut()
    await write_on_top(page, "# offline")
    await expect(page.get_by_text("until the server can be reached")).to_be_visible()
    await make.draft(lab=lab, learner=learner, files={"adding.py": f"# elsewhere\n{STARTER}"})
    connection.fix()
    await expect(page.get_by_text(PARTED)).to_be_visible()
    return page


async def test_of_two_drafts_that_did_not_know_each_other_neither_is_lost(parted, on_server):
    await expect(the_editor(parted)).to_contain_text("# offline")
    await expect(parted.get_by_text("Kept beside the draft")).to_be_visible()
    assert await on_server() == f"# elsewhere\n{STARTER}"

    await parted.reload()

    await expect(the_editor(parted)).to_contain_text("# elsewhere")
    await exchange(parted)
    await expect(the_editor(parted)).to_contain_text("# offline")
    await eventually(on_server, f"# offline\n{STARTER}")


@pytest.mark.parametrize(
    ("choice", "shown", "aside"),
    [
        ("Go on with what is shown", "# offline", "# elsewhere"),
        ("Show the draft", "# elsewhere", "# offline"),
    ],
)
async def test_of_two_drafts_one_is_chosen_and_the_other_is_kept(
    parted, on_server, choice, shown, aside
):
    await parted.get_by_role("button", name=choice).click()

    await expect(parted.locator("#apart")).to_be_hidden()
    await expect(the_editor(parted)).to_contain_text(shown)
    await eventually(on_server, f"{shown}\n{STARTER}")
    await exchange(parted)
    await expect(the_editor(parted)).to_contain_text(aside)
    await eventually(on_server, f"{aside}\n{STARTER}")


@pytest.mark.parametrize("leave", ["goes on", "closes"])
async def test_what_was_typed_just_before_the_page_went_away_is_sent(
    open_browser, on_server, leave
):
    page = await open_browser()
    await write_on_top(page, "# the last word")

    if leave == "closes":
        await page.close(run_before_unload=True)
    else:
        await page.goto("/labs")

    await eventually(on_server, f"# the last word\n{STARTER}")


async def test_restoring_the_starter_ends_the_draft_everywhere(open_browser, on_server):
    one = await open_browser()
    await write_on_top(one, "# mine")
    await saved(one)
    two = await open_browser()

    await one.get_by_role("button", name="Restore starter").click()
    await one.get_by_role("dialog").get_by_role("button", name="Restore the starter").click()

    await eventually(on_server, None)
    await look_again(two)
    await expect(the_editor(two)).not_to_contain_text("# mine")


async def test_a_browser_that_keeps_nothing_has_its_draft_on_the_server(open_browser, on_server):
    page = await open_browser(script=NO_STORAGE)
    await write_on_top(page, "# without storage")

    await saved(page)

    assert await on_server() == f"# without storage\n{STARTER}"
    await page.reload()
    await expect(the_editor(page)).to_contain_text("# without storage")


async def test_what_the_server_does_not_take_stays_here_and_the_reason_is_told(
    open_browser, on_server
):
    page = await open_browser(is_cut_off=True)

    await write_on_top(page, "# \x01")

    state = page.locator("#draft-state")
    await expect(state).to_contain_text("Draft kept in this browser alone")
    await expect(state).to_contain_text("adding.py holds the control character U+0001 in line 1")
    await page.keyboard.press("Control+z")
    await write_on_top(page, "# plain")
    await saved(page)
    assert await on_server() == f"# plain\n{STARTER}"


async def test_a_lab_passed_elsewhere_begins_with_the_files_that_passed(
    open_browser, make, lab, learner, queue, on_server
):
    await make.submission(lab=lab, learner=learner, files=RIGHT)
    await queue.work(FakeGrader())

    page = await open_browser()

    await expect(the_editor(page)).to_contain_text("return a + b")
    await expect(page.get_by_text("The files that passed")).to_be_visible()
    await page.get_by_role("tab", name="Checks").click()
    await expect(page.get_by_text("Not run yet")).to_be_visible()
    await page.get_by_role("button", name="Restore starter").click()
    await page.get_by_role("dialog").get_by_role("button", name="Restore the starter").click()
    await eventually(on_server, STARTER)
    await page.reload()
    await expect(the_editor(page)).to_contain_text("return None")


@pytest.fixture
async def handed_in(make, lab, learner):
    """A submission, and the address that opens it in the editor."""
    submission = await make.submission(lab=lab, learner=learner, files=WRONG, stack="node")
    return f"/labs/{lab.slug}?submission={submission.id}"


async def test_a_submission_is_opened_as_the_draft_where_there_is_none(
    open_browser, handed_in, on_server
):
    page = await open_browser(handed_in)

    await expect(the_editor(page)).to_contain_text("return a - b")
    await expect(page.locator("#apart")).to_be_hidden()
    await saved(page)
    assert await on_server("node") == WRONG["adding.py"]


@pytest.mark.parametrize(
    ("choice", "shown"),
    [("Go on with what is shown", "return a - b"), ("Show the draft", "# mine")],
)
async def test_a_submission_is_opened_beside_a_draft_and_one_is_chosen(
    open_browser, make, lab, learner, handed_in, on_server, choice, shown
):
    await make.draft(lab=lab, learner=learner, files={"adding.py": "# mine: add\n"}, stack="node")
    page = await open_browser(handed_in)
    await expect(the_editor(page)).to_contain_text("return a - b")
    await expect(page.get_by_text("This is your submission of")).to_be_visible()
    assert await on_server("node") == "# mine: add\n"

    await page.get_by_role("button", name=choice).click()

    await expect(the_editor(page)).to_contain_text(shown)
    await expect(page.locator("#apart")).to_be_hidden()
    await saved(page)
    await page.reload()
    await expect(the_editor(page)).to_contain_text(shown)
    await expect(page.locator("#apart")).to_be_hidden()


async def test_a_terminal_begins_with_what_was_written_in_a_browser(
    open_browser, learner, lab, terminal, live_server
):
    page = await open_browser()
    await write_on_top(page, "# by hand")
    await saved(page)
    terminal.log_in(live_server, learner)

    answer = await terminal.run("start", lab.slug, "--draft")

    assert answer.exit_code == 0, answer.err
    written = (terminal.folder / lab.slug / "adding.py").read_text()
    assert written == f"# by hand\n{STARTER}"
