"""A try of some checks by name: it runs these alone, and is never taken for a whole run."""

import pytest

from factories.content import HIDDEN, RIGHT, VISIBLE, WRONG, CheckDraft, FlawDraft
from fakes.grader import FakeGrader, failed, passed

OTHER = CheckDraft(name="test_zero_changes_nothing", title="Zero changes nothing")


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def visitor(client, make, learner):
    flaw = FlawDraft("takes-away", (VISIBLE.name,), "You take away where you should add.")
    await make.lab(checks=(VISIBLE, OTHER, HIDDEN), flaws=(flaw,))
    return client.log_in(learner)


@pytest.fixture
def send(visitor):
    async def send(only, *, kind="try", key="one", files=RIGHT):
        body = {"lab": "adding", "stack": "python", "files": files, "kind": kind, "only": only}
        headers = {"Idempotency-Key": key}
        return await visitor.post("/api/v1/submissions", json=body, headers=headers)

    return send


@pytest.fixture
def read(visitor):
    async def read(accepted):
        shown = await visitor.get(f"/api/v1/submissions/{accepted['id']}")
        grading = await visitor.get(f"/api/v1/gradings/{accepted['grading']['id']}")
        return shown.json(), grading.json()

    return read


async def test_only_the_named_check_runs_and_both_answers_say_so(send, read, queue):
    grader = FakeGrader(passed(VISIBLE.name), passed(OTHER.name))

    accepted = await send([OTHER.name])
    await queue.work(grader)

    assert (accepted.status_code, accepted.json()["only"]) == (202, [OTHER.name])
    assert [request.only for request in grader.requests] == [(OTHER.name,)]
    shown, grading = await read(accepted.json())
    assert (shown["only"], shown["grading"]["verdict"]) == ([OTHER.name], "passed")
    assert [check["name"] for check in grading["checks"]] == [OTHER.name]


async def test_it_proves_nothing_and_is_in_no_list(send, visitor, queue):
    await send([VISIBLE.name])
    await queue.work(FakeGrader(passed(VISIBLE.name)))

    progress = (await visitor.get("/api/v1/progress")).json()
    assert [path["proven_count"] for path in progress["paths"]] == [0]
    assert (await visitor.get("/api/v1/submissions")).json()["items"] == []


@pytest.mark.parametrize("only", [[VISIBLE.name], []], ids=["picked", "whole"])
async def test_what_the_others_would_tell_is_not_guessed(send, read, queue, only):
    accepted = await send(only, files=WRONG)
    await queue.work(FakeGrader(failed(VISIBLE.name), passed(OTHER.name)))

    _, grading = await read(accepted.json())
    known = [each["title"] for each in grading["misconceptions"]]
    assert known == ([] if only else ["takes-away"])


@pytest.mark.parametrize("name", [HIDDEN.name, "test_nothing", "checks.py", " "])
async def test_a_check_that_is_not_shown_cant_be_named(send, queue, name):
    refused = await send([VISIBLE.name, name])

    assert (refused.status_code, refused.json()["code"]) == (422, "check_not_offered")
    assert "Nothing was sent to be graded" in refused.json()["detail"]
    assert await queue.jobs() == []


async def test_a_submission_is_always_whole(send, queue):
    refused = await send([VISIBLE.name], kind="submission")

    assert (refused.status_code, refused.json()["code"]) == (422, "submission_not_whole")
    assert await queue.jobs() == []


async def test_a_key_stands_for_one_choice_of_checks(send, queue):
    both = await send([VISIBLE.name, OTHER.name], key="click")
    again = await send([OTHER.name, VISIBLE.name, OTHER.name], key="click")
    others = [
        await send([VISIBLE.name], key="click"),
        await send([], key="click"),
        await send([VISIBLE.name, OTHER.name], key="click", files=WRONG),
    ]

    assert again.json()["id"] == both.json()["id"]
    assert {each.json()["code"] for each in others} == {"idempotency_key_reused"}
    assert len(await queue.jobs()) == 1


async def test_the_page_of_such_a_try_never_looks_like_a_pass(send, visitor, queue):
    accepted = await send([VISIBLE.name])
    await queue.work(FakeGrader(passed(VISIBLE.name)))

    page = (await visitor.get(f"/submissions/{accepted.json()['id']}")).text

    assert "1 check run alone: 1 of 1 check passed" in page
    assert "Nothing else was run" in page
    assert 'class="verdict-box is-passed"' not in page
