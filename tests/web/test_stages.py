"""Stages and hints as HTML: the lab's page, a submission's page, and the form that opens a hint."""

import pytest

from factories.content import CheckDraft
from fakes.grader import FakeGrader, failed, passed
from milepost.submissions.types import SubmissionKind

FIRST = CheckDraft(name="test_first", title="The first holds", task="first")
SECOND = CheckDraft(name="test_second", title="The second holds", task="second")
LESSON = "# Adding\n\nTwo numbers.\n\n## What a sum is\n\nBoth together.\n"
HINTS = """
[test_first]
nudge = "Which `sign` stands there?"
lesson = "basics.adding#what-a-sum-is"
example = "Of `3` and `4`, **seven**."
"""


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
async def lab(make):
    path = await make.path("tiny")
    lesson = path / "1-basics" / "lessons" / "adding.md"
    lesson.parent.mkdir()
    lesson.write_text(LESSON)
    return await make.lab(tasks=("first", "second"), checks=[FIRST, SECOND], hints=HINTS)


@pytest.fixture
def hand_in(make, queue, learner, lab):
    async def submit(*right, kind=SubmissionKind.SUBMISSION):
        submission = await make.submission(lab=lab, learner=learner, kind=kind)
        results = [
            (passed if check in right else failed)(check.name, title=check.title, task=check.task)
            for check in (FIRST, SECOND)
        ]
        await queue.work(FakeGrader(*results))
        return submission

    return submit


def opening(visitor, submission, learner, *, step, **headers):
    form = {"account": str(learner.id), "check": FIRST.name, "step": str(step)}
    return visitor.post(f"/submissions/{submission.id}/hints", data=form, headers=headers)


async def test_a_lab_begins_at_its_first_stage(visitor, lab):
    page = (await visitor.get(f"/labs/{lab.slug}")).text

    assert 'data-stage="first" data-state="current" aria-current="step"' in page
    assert 'data-stage="second" data-state="later"' in page
    assert "Stage 1 of 2, First." in page


async def test_a_lab_is_gone_on_with_where_the_newest_submission_left_it(visitor, lab, hand_in):
    await hand_in(FIRST)
    await hand_in(FIRST, kind=SubmissionKind.TRY)

    page = (await visitor.get(f"/labs/{lab.slug}")).text

    assert 'data-stage="first" data-state="passed"' in page
    assert 'data-stage="second" data-state="current"' in page


async def test_a_submission_that_broke_a_stage_says_so(visitor, lab, hand_in):
    await hand_in(FIRST)
    broken = await hand_in()

    page = (await visitor.get(f"/submissions/{broken.id}")).text
    events = (await visitor.get(f"/submissions/{broken.id}/events")).text

    for told in (page, events):
        assert "First was passed on" in told
        assert "this submission breaks it." in told
    assert "what came after broke it" in (await visitor.get(f"/labs/{lab.slug}")).text


async def test_what_is_explained_first_is_of_the_current_stage(visitor, hand_in):
    submission = await hand_in(FIRST)

    page = (await visitor.get(f"/submissions/{submission.id}")).text

    assert "See what happened in “The second holds”" in page
    assert "1 stage passed." in page


async def test_hints_open_without_scripts_step_by_step(visitor, learner, hand_in):
    submission = await hand_in()
    address = f"/submissions/{submission.id}"
    assert "Show a hint" in (await visitor.get(address)).text

    first = await opening(visitor, submission, learner, step=1)
    page = (await visitor.get(address)).text
    await opening(visitor, submission, learner, step=2)
    await opening(visitor, submission, learner, step=3)
    whole = (await visitor.get(address)).text

    assert first.status_code == 303
    assert first.headers["location"] == f"{address}#check-{FIRST.name}"
    assert "Which <code>sign</code> stands there?" in page
    assert "What a sum is" not in page
    assert "Show the next hint" in page
    section = "/paths/tiny/skills/basics/lessons/adding#section-what-a-sum-is"
    assert f'<a href="{section}">What a sum is</a>' in whole
    assert "<strong>seven</strong>" in whole
    assert "Show the next hint" not in whole
    assert "3 hints opened by then, on 1 check" in whole
    lesson = (await visitor.get(section.partition("#")[0])).text
    assert '<h2 id="section-what-a-sum-is">What a sum is</h2>' in lesson


async def test_a_script_gets_the_hints_alone(visitor, learner, hand_in):
    submission = await hand_in()

    fragment = await opening(visitor, submission, learner, step=1, **{"hx-request": "true"})

    assert fragment.text.strip().startswith("<section")
    assert "autofocus" in fragment.text


@pytest.mark.parametrize("step", ["", "one", "9" * 5000])
async def test_a_step_that_is_no_number_opens_the_next(visitor, learner, hand_in, step):
    submission = await hand_in()

    await opening(visitor, submission, learner, step=step)

    assert "Which <code>sign</code>" in (await visitor.get(f"/submissions/{submission.id}")).text


async def test_a_page_of_another_account_opens_nothing(visitor, make, hand_in):
    submission = await hand_in()
    other = await make.learner("Grace")

    refused = await opening(visitor, submission, other, step=1)

    assert refused.status_code == 409
    assert "Which <code>" not in (await visitor.get(f"/submissions/{submission.id}")).text


async def test_a_whole_pass_says_that_all_stages_are_passed(visitor, lab, hand_in):
    await hand_in(FIRST, SECOND)

    assert "All 2 stages are passed." in (await visitor.get(f"/labs/{lab.slug}")).text


async def test_a_try_says_that_what_can_be_seen_holds(visitor, hand_in):
    tried = await hand_in(FIRST, SECOND, kind=SubmissionKind.TRY)

    page = (await visitor.get(f"/submissions/{tried.id}")).text

    assert "Every check you can see holds, in all 2 stages." in page
