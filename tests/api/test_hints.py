"""Hints through the API: offered on a failed check, opened step by step, not told before."""

import pytest

from factories.content import HIDDEN, VISIBLE, CheckDraft
from fakes.grader import FakeGrader, failed, passed
from milepost.engine import Outcome
from milepost.submissions.types import SubmissionKind

NUDGE = "Which sign stands between the two?"
EXAMPLE = "Of `3` and `4`, the sum is `7`."
HINTS = f"""
[{VISIBLE.name}]
nudge = "{NUDGE}"
example = "{EXAMPLE}"
"""
OTHER = CheckDraft(name="test_other")


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab(checks=[VISIBLE, OTHER, HIDDEN], hints=HINTS)


@pytest.fixture
async def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
def hand_in(make, queue, learner, lab):
    async def submit(*results, kind=SubmissionKind.SUBMISSION):
        submission = await make.submission(lab=lab, learner=learner, kind=kind)
        await queue.work(FakeGrader(*results))
        return submission

    return submit


async def grading_of(visitor, submission):
    return (await visitor.get(f"/api/v1/gradings/{submission.grading_id}")).json()


async def ask(visitor, submission, check=VISIBLE.name, **more):
    url = f"/api/v1/submissions/{submission.id}/hints"
    return await visitor.post(url, json={"check": check, **more})


async def test_a_failed_check_says_how_many_steps_there_are_and_none_of_their_words(
    visitor, hand_in
):
    submission = await hand_in(failed(), failed(OTHER.name))

    grading = await grading_of(visitor, submission)

    assert grading["hints"] == [{"check": VISIBLE.name, "step_count": 2, "opened": []}]


async def test_steps_open_one_after_the_other_and_stay_open(visitor, hand_in):
    submission = await hand_in(failed())

    first = (await ask(visitor, submission)).json()
    second = (await ask(visitor, submission)).json()
    more = (await ask(visitor, submission)).json()

    assert [hint["text"] for hint in first["opened"]] == [NUDGE]
    assert [hint["text"] for hint in second["opened"]] == [NUDGE, EXAMPLE]
    assert [hint["kind"] for hint in second["opened"]] == ["nudge", "example"]
    assert more == second
    assert (await grading_of(visitor, submission))["hints"] == [second]


async def test_a_double_click_opens_one_step(visitor, hand_in):
    submission = await hand_in(failed())

    await ask(visitor, submission, step=1)
    again = await ask(visitor, submission, step=1)

    assert len(again.json()["opened"]) == 1


async def test_a_step_cannot_be_skipped(visitor, hand_in):
    submission = await hand_in(failed())

    refused = await ask(visitor, submission, step=2)

    assert (refused.status_code, refused.json()["code"]) == (409, "hint_step_skipped")
    assert "Open step 1 first" in refused.json()["detail"]
    assert (await grading_of(visitor, submission))["hints"][0]["opened"] == []


async def test_what_was_opened_is_open_at_the_next_failure_too(visitor, hand_in):
    await ask(visitor, await hand_in(failed()))

    grading = await grading_of(visitor, await hand_in(failed()))

    assert [hint["text"] for hint in grading["hints"][0]["opened"]] == [NUDGE]


async def test_a_hint_opened_on_a_try_outlives_it(visitor, hand_in):
    await ask(visitor, await hand_in(failed(), kind=SubmissionKind.TRY))

    submission = await hand_in(passed())

    shown = (await visitor.get(f"/api/v1/submissions/{submission.id}")).json()
    assert shown["opened_hints"] == [{"check": VISIBLE.name, "steps": 1}]


async def test_a_submission_tells_the_hints_opened_until_then(visitor, hand_in):
    before = await hand_in(passed())
    failing = await hand_in(failed())
    await ask(visitor, failing)

    for submission, opened in ((before, []), (failing, [{"check": VISIBLE.name, "steps": 1}])):
        shown = (await visitor.get(f"/api/v1/submissions/{submission.id}")).json()
        assert shown["opened_hints"] == opened


@pytest.mark.parametrize(
    ("result", "check"),
    [
        (passed(), VISIBLE.name),
        (failed(outcome=Outcome.NOT_RUN), VISIBLE.name),
        (failed(OTHER.name), OTHER.name),
        (failed(OTHER.name), VISIBLE.name),
        (failed(HIDDEN.name, hidden=True), HIDDEN.name),
        (failed(), "test_nobody"),
    ],
    ids=["passed", "not run", "no hint", "did not fail", "hidden", "unknown"],
)
async def test_there_is_no_hint_but_on_a_visible_check_that_failed(visitor, hand_in, result, check):
    submission = await hand_in(result)

    refused = await ask(visitor, submission, check)

    assert (refused.status_code, refused.json()["code"]) == (404, "hint_not_offered")
    assert NUDGE not in refused.text


async def test_there_are_no_more_steps_than_there_are(visitor, hand_in):
    submission = await hand_in(failed())

    refused = await ask(visitor, submission, step=3)

    assert (refused.status_code, refused.json()["code"]) == (404, "hint_not_offered")


async def test_another_learners_submission_has_no_hints_for_me(client, make, hand_in):
    submission = await hand_in(failed())

    refused = await ask(client.log_in(await make.learner("Grace")), submission)

    assert (refused.status_code, refused.json()["code"]) == (404, "submission_not_found")


async def test_no_door_tells_a_hint_before_it_was_opened(visitor, hand_in, lab):
    submission = await hand_in(failed(), failed(OTHER.name))

    doors = [
        f"/labs/{lab.slug}",
        f"/submissions/{submission.id}",
        f"/submissions/{submission.id}/checks/{VISIBLE.name}",
        f"/submissions/{submission.id}/events",
        f"/api/v1/labs/{lab.slug}",
        f"/api/v1/labs/{lab.slug}/package",
        f"/api/v1/submissions/{submission.id}",
        f"/api/v1/submissions/{submission.id}/gradings",
        f"/api/v1/gradings/{submission.grading_id}",
        f"/api/v1/gradings/{submission.grading_id}/events",
    ]
    for door in doors:
        response = await visitor.get(door)
        assert response.status_code == 200, door
        assert NUDGE.encode() not in response.content, door
        assert b"the sum is" not in response.content, door


async def test_new_words_of_a_hint_reach_the_same_version(visitor, hand_in, make):
    submission = await hand_in(failed())
    await make.lab(checks=[VISIBLE, OTHER, HIDDEN], hints=HINTS.replace(NUDGE, "Which sign?"))

    opened = (await ask(visitor, submission)).json()["opened"]

    assert [hint["text"] for hint in opened] == ["Which sign?"]
    assert (await visitor.get(f"/api/v1/submissions/{submission.id}")).json()["is_current_version"]
