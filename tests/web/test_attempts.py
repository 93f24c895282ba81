"""Attempts at a lab over time, what changed between two, and the way back into the editor."""

import re

import pytest

from factories.content import HIDDEN, RIGHT, VISIBLE, WRONG
from fakes.grader import FakeGrader, failed, passed

QUERY_BUDGET = 9


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
async def lab(make):
    return await make.lab(checks=[VISIBLE, HIDDEN])


@pytest.fixture
async def attempts(make, lab, learner, queue):
    """A submission that failed one of two checks, and the one after it, which passed."""
    first = await make.submission(lab=lab, learner=learner, files=WRONG)
    await queue.work(FakeGrader(passed(HIDDEN.name, hidden=True), failed()))
    second = await make.submission(lab=lab, learner=learner, files={**RIGHT, "more.py": "x = 1\n"})
    await queue.work(FakeGrader(passed(HIDDEN.name, hidden=True), passed()))
    return first, second


def section_of(page, heading):
    return page.partition(f">{heading}</h2>")[2].partition("</section>")[0]


def read_table(page):
    rows = re.findall(r"<tr.*?</tr>", section_of(page, "Attempts"), re.DOTALL)
    plain = [re.sub(r"<[^>]+>", " ", row) for row in rows]
    return [" ".join(row.split()) for row in plain]


async def test_a_submissions_page_shows_all_attempts_with_their_scores(visitor, attempts):
    first, second = attempts

    page = (await visitor.get(f"/submissions/{first.id}")).text

    _, newest, oldest = read_table(page)
    assert "Passed 2 of 2" in newest
    assert "Failed 1 of 2" in oldest
    assert "this one" in oldest
    assert f'href="/submissions/{first.id}/differences/{second.id}"' in page
    bars = re.findall(r'class="attempts-bar is-(\w+)( is-this)?".*?height="([\d.]+)"', page)
    assert bars == [("failed", " is-this", "49.5"), ("passed", "", "97.0")]


async def test_attempts_that_have_no_verdict_have_no_score(make, lab, learner, visitor):
    waiting = await make.submission(lab=lab, learner=learner)

    page = (await visitor.get(f"/submissions/{waiting.id}")).text

    assert "Waiting for a worker none yet" in read_table(page)[1]


async def test_the_page_asks_the_same_few_things_however_many_attempts(
    make, lab, learner, visitor, attempts, count_queries
):
    first, _ = attempts
    with count_queries() as few:
        await visitor.get(f"/submissions/{first.id}")
    for _ in range(5):
        await make.submission(lab=lab, learner=learner)

    with count_queries() as many:
        await visitor.get(f"/submissions/{first.id}")

    assert len(few) == len(many) <= QUERY_BUDGET, many


async def test_the_api_tells_each_submissions_score(visitor, attempts):
    listed = (await visitor.get("/api/v1/submissions", params={"lab": "adding"})).json()["items"]
    shown = (await visitor.get(f"/api/v1/submissions/{attempts[0].id}")).json()

    assert [(each["passed_count"], each["check_count"]) for each in listed] == [(2, 2), (1, 2)]
    assert (shown["passed_count"], shown["check_count"]) == (1, 2)


@pytest.mark.parametrize("order", [1, -1])
async def test_what_changed_goes_from_the_older_to_the_newer(visitor, attempts, order):
    one, other = attempts[::order]

    page = (await visitor.get(f"/submissions/{one.id}/differences/{other.id}")).text

    before, after = (page.rindex(f'href="/submissions/{each.id}"') for each in attempts)
    assert page.index("<dt>Before</dt>") < before < page.index("<dt>After</dt>") < after
    assert "return a <mark>-</mark> b" in page
    assert "return a <mark>+</mark> b" in page
    assert "<code>more.py</code>" in page
    assert "new: 0 lines removed, 1 added" in page


async def test_a_submission_beside_itself_is_the_same_to_the_letter(visitor, attempts):
    first, _ = attempts

    page = (await visitor.get(f"/submissions/{first.id}/differences/{first.id}")).text

    assert "Both have the same files, to the letter." in page


async def test_submissions_of_two_labs_can_be_compared(make, learner, visitor, attempts):
    first, _ = attempts
    other = await make.lab("other", title="Another one")
    theirs = await make.submission(lab=other, learner=learner)

    page = (await visitor.get(f"/submissions/{first.id}/differences/{theirs.id}")).text

    assert "Adding up, <time" in page
    assert "Another one, <time" in page


async def test_another_learners_submission_is_not_found_in_a_comparison(
    client, make, lab, attempts
):
    grace = await make.learner("Grace")
    hers = await make.submission(lab=lab, learner=grace)
    visitor = client.log_in(grace)

    answers = [
        await visitor.get(f"/submissions/{hers.id}/differences/{attempts[0].id}"),
        await visitor.get(f"/submissions/{attempts[0].id}/differences/{hers.id}"),
        await visitor.get(f"/labs/adding?submission={attempts[0].id}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_names_and_lines_are_text_whatever_they_hold(make, lab, learner, visitor):
    nasty = {"adding.py": "<script>alert(1)</script>\n"}
    one = await make.submission(lab=lab, learner=learner, files=RIGHT)
    two = await make.submission(lab=lab, learner=learner, files=nasty)

    page = (await visitor.get(f"/submissions/{one.id}/differences/{two.id}")).text

    assert "<script>alert" not in page
    assert "alert" in page


@pytest.mark.parametrize("address", ["/submissions", "/submissions/{id}"])
async def test_every_submission_can_be_opened_in_the_editor(visitor, attempts, address):
    first, _ = attempts

    page = (await visitor.get(address.format(id=first.id))).text

    assert f'href="/labs/adding?submission={first.id}"' in page


async def test_a_submission_of_another_lab_or_of_none_is_not_opened(make, learner, visitor, lab):
    other = await make.lab("other")
    theirs = await make.submission(lab=other, learner=learner)

    of_another = await visitor.get(f"/labs/{lab.slug}?submission={theirs.id}")
    of_nobody = await visitor.get(f"/labs/{lab.slug}?submission={lab.version_id}")
    no_name = await visitor.get(f"/labs/{lab.slug}?submission=newest")

    assert [each.status_code for each in (of_another, of_nobody, no_name)] == [404, 404, 422]
