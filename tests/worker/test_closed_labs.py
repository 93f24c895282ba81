"""A lab whose own checks are at fault takes nothing new, says so at every door, and opens again."""

import pytest

from factories.content import HIDDEN, RIGHT, VISIBLE
from fakes.grader import FakeGrader
from milepost.engine import Verdict

REASON = "the check `test_two_numbers_are_added` did not end by itself."


def broken_lab():
    return FakeGrader(verdict=Verdict.LAB_BROKEN, message=REASON)


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab()


@pytest.fixture
def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
async def closed(make, lab, learner, queue):
    submission = await make.submission(lab=lab, learner=learner)
    await queue.work(broken_lab())
    return submission


@pytest.fixture
def hand_in(visitor, lab):
    async def hand_in(key="another"):
        body = {"lab": lab.slug, "stack": "python", "files": dict(RIGHT)}
        headers = {"Idempotency-Key": key}
        return await visitor.post("/api/v1/submissions", json=body, headers=headers)

    return hand_in


async def test_a_closed_lab_refuses_what_is_new_and_keeps_what_is_there(
    closed, hand_in, visitor, queue
):
    refused = await hand_in()

    assert refused.status_code == 409
    assert refused.json()["code"] == "lab_closed"
    assert "one of its own checks is at fault" in refused.json()["detail"]
    assert len(await queue.jobs()) == 1
    kept = (await visitor.get(f"/api/v1/submissions/{closed.id}")).json()
    assert kept["grading"]["verdict"] == "lab_broken"


async def test_what_was_accepted_before_is_graded_and_answered_still(
    make, lab, hand_in, queue, learner
):
    accepted = await hand_in("mine")
    await make.submission(lab=lab, learner=learner)
    await queue.work(broken_lab())

    repeated = await hand_in("mine")

    assert repeated.status_code == 202
    assert repeated.json()["id"] == accepted.json()["id"]
    assert [job.status for job in await queue.jobs()] == ["succeeded", "succeeded"]


async def test_page_and_api_say_that_the_lab_is_closed(closed, visitor, lab):
    assert closed
    page = (await visitor.get(f"/labs/{lab.slug}")).text
    shown = (await visitor.get(f"/api/v1/labs/{lab.slug}")).json()

    assert "This lab is closed for now" in page
    assert shown["closed_at"] is not None


async def test_the_terminal_says_so_when_one_begins_and_when_one_hands_in(
    make, lab, learner, terminal, live_server, queue
):
    terminal.log_in(live_server, learner)
    began = await terminal.run("start", lab.slug)
    await make.submission(lab=lab, learner=learner)
    await queue.work(broken_lab())
    folder = terminal.folder / lab.slug

    submitted = await terminal.run("submit", cwd=folder)
    renewed = await terminal.run("start", lab.slug, "--renew", cwd=folder)

    assert "closed" not in began.err
    assert submitted.exit_code == 2
    assert "is closed for now" in submitted.err
    assert "is closed for now" in renewed.err


async def test_the_operator_finds_lab_reason_and_fix_and_opens_it(closed, lab, hand_in, operate):
    assert closed
    doctor = await operate("doctor", "--json")
    [finding] = [
        each
        for each in doctor.json["findings"]
        if each["name"] == lab.slug and "reopen" in each["fix"]
    ]
    reopened = await operate("labs", "reopen", lab.slug)
    once_more = await operate("labs", "reopen", lab.slug)
    unknown = await operate("labs", "reopen", "no-such-lab")

    assert not finding["ready"]
    assert REASON in finding["detail"]
    assert f"milepost labs reopen {lab.slug}" in finding["fix"]
    assert "open again" in reopened.out
    assert "was not closed" in once_more.out
    assert "no lab called no-such-lab" in unknown.err
    assert (await hand_in()).status_code == 202


async def test_a_new_version_opens_it_and_the_broken_one_stays_closed(closed, make, hand_in):
    assert closed
    await make.published()
    same = await hand_in("one")
    await make.lab(checks=(VISIBLE, HIDDEN))
    fixed = await hand_in("two")
    await make.lab()
    back = await hand_in("three")

    assert [answer.status_code for answer in (same, fixed, back)] == [409, 202, 409]
