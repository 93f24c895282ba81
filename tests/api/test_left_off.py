"""Where a learner left off: the newest work that is not finished, as `/progress` tells it."""

import shutil

import pytest
from sqlalchemy import text

from factories.content import HIDDEN, RIGHT, TWICE, VISIBLE, WRONG
from fakes.grader import FakeGrader, failed, passed
from milepost.engine import BuildReport, Outcome, Verdict
from milepost.submissions.types import SubmissionKind

LAB = "/labs/adding?stack=python"


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab(checks=[VISIBLE, TWICE, HIDDEN], stacks=["python", "node"])


@pytest.fixture
def look(client, learner):
    async def look():
        return (await client.log_in(learner).get("/api/v1/progress")).json()["left_off"]

    return look


@pytest.fixture
def hand_in(make, lab, learner, queue):
    async def hand_in(*results, of=None, files=None, kind=SubmissionKind.SUBMISSION, **report):
        made = await make.submission(lab=of or lab, learner=learner, files=files, kind=kind)
        await queue.work(FakeGrader(*results, **report))
        return made

    return hand_in


def outcome(result, outcome):
    return passed(result.name, outcome=outcome, title=result.title, hidden=result.hidden)


async def test_nothing_is_left_off_where_nothing_was_begun(lab, look):
    assert lab.slug
    assert await look() is None


async def test_a_draft_that_was_never_run_leads_to_its_editor(make, lab, learner, look):
    await make.draft(lab=lab, learner=learner, stack="node")

    left = await look()

    assert (left["lab"], left["stack"], left["kind"]) == ("adding", "node", "draft")
    assert left["words"] == "Adding up, Node.js: a draft that was not run yet"
    assert left["address"] == "/labs/adding?stack=node"
    assert (left["check"], left["submission_id"]) == (None, None)


async def test_a_failed_submission_counts_its_checks_and_names_the_first(hand_in, look):
    made = await hand_in(passed(VISIBLE.name), failed(TWICE.name), failed(HIDDEN.name, hidden=True))

    left = await look()

    assert left["words"] == f"Adding up, Python: 2 of 3 checks fail; first: {TWICE.title}"
    assert (left["kind"], left["check"]) == ("failed", TWICE.name)
    assert left["submission_id"] == str(made.id)
    assert left["address"] == f"/labs/adding?submission={made.id}&check={TWICE.name}"


async def test_a_hidden_check_is_counted_and_never_named(hand_in, look):
    made = await hand_in(passed(VISIBLE.name), failed(HIDDEN.name, title=HIDDEN.title, hidden=True))

    left = await look()

    assert left["words"] == "Adding up, Python: 1 of 2 checks fails"
    assert HIDDEN.title not in str(left)
    assert (left["check"], left["address"]) == (None, f"/labs/adding?submission={made.id}")


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (Outcome.TIMED_OUT, "the time ran out; 2 of 2 checks did not pass"),
        (Outcome.CRASHED, "it crashed; 2 of 2 checks did not pass"),
    ],
)
async def test_how_a_run_ended_is_said_and_its_own_check_comes_first(hand_in, look, end, says):
    await hand_in(outcome(VISIBLE, Outcome.FAILED), outcome(TWICE, end))

    assert (await look())["words"] == f"Adding up, Python: {says}; first: {TWICE.title}"


async def test_what_does_not_build_says_so(hand_in, look):
    build = BuildReport(passed=False, output="no", seconds=0.1)
    await hand_in(verdict=Verdict.FAILED, build=build)

    assert (await look())["words"].startswith("Adding up, Python: it does not build yet")


async def test_a_draft_is_newer_than_the_run_only_if_it_is_different(
    make, lab, learner, hand_in, look
):
    await hand_in(failed(VISIBLE.name), files=WRONG)
    await make.draft(lab=lab, learner=learner, files=WRONG)  # as the page saves it, a second late
    same = await look()
    await make.draft(lab=lab, learner=learner, files={**WRONG, "more.py": "x = 1\n"})
    changed = await look()
    await hand_in(failed(VISIBLE.name), files=RIGHT)
    run_again = await look()

    assert same["kind"] == "failed"
    assert changed["words"] == "Adding up, Python: a draft, changed since its last run"
    assert changed["address"] == LAB
    assert run_again["kind"] == "failed"


async def test_what_passed_is_finished_with_all_that_came_before_it(
    make, lab, learner, hand_in, look
):
    await make.draft(lab=lab, learner=learner, files=WRONG, stack="node")
    await hand_in(failed(VISIBLE.name), files=WRONG)
    await hand_in()
    await make.draft(lab=lab, learner=learner)  # what passed, saved late
    finished = await look()
    await make.draft(lab=lab, learner=learner, files={"adding.mjs": "// more\n"}, stack="node")

    assert finished is None
    assert (await look())["stack"] == "node"


async def test_the_newest_of_several_labs_is_where_one_left_off(make, lab, hand_in, look):
    other = await make.lab("other", title="Something else")
    await hand_in(failed(VISIBLE.name))
    await hand_in(failed(VISIBLE.name), of=other)
    newest = await look()
    await hand_in(of=other)

    assert lab.slug
    assert newest["lab"] == "other"
    assert (await look())["lab"] == "adding"


async def test_a_run_without_a_verdict_leads_to_its_page(make, lab, learner, look):
    made = await make.submission(lab=lab, learner=learner)

    left = await look()

    assert left["words"] == "Adding up, Python: it is being graded"
    assert left["address"] == f"/submissions/{made.id}"


async def test_a_try_that_passed_is_not_submitted_yet(hand_in, look):
    await hand_in(kind=SubmissionKind.TRY)

    left = await look()

    assert left["kind"] == "not_submitted"
    assert left["words"].endswith("all checks that you can see pass; it is not submitted yet")


async def test_a_try_of_what_is_passed_already_leaves_nothing_undone(hand_in, look):
    await hand_in()
    await hand_in(kind=SubmissionKind.TRY)

    assert await look() is None


async def test_a_run_of_some_checks_alone_counts_as_its_draft(
    client, make, lab, learner, queue, look
):
    await make.draft(lab=lab, learner=learner)
    await client.log_in(learner).post(
        "/api/v1/submissions",
        json={
            "lab": lab.slug,
            "stack": "python",
            "kind": "try",
            "files": RIGHT,
            "checks": [VISIBLE.name],
        },
        headers={"Idempotency-Key": "one"},
    )
    await queue.work(FakeGrader())

    assert (await look())["words"] == "Adding up, Python: a draft that was not run yet"


async def test_a_fault_of_ours_is_not_the_learners(hand_in, look, operate):
    await hand_in(passed(VISIBLE.name), verdict=Verdict.LAB_BROKEN)
    while_closed = await look()
    await operate("labs", "reopen", "adding")

    left = await look()

    assert while_closed is None
    assert left["kind"] == "not_graded"
    assert left["words"].endswith("it could not be graded, through no fault of yours")


async def test_what_is_not_offered_in_its_stack_any_more_is_left_out(make, hand_in, look):
    await hand_in(failed(VISIBLE.name))
    before = await look()
    for part in ("starter", "solutions"):
        shutil.rmtree(make.content_dir / "tiny" / "1-basics" / "labs" / "adding" / part / "python")

    await make.lab(checks=[VISIBLE], stacks=["node"])

    assert before["stack"] == "python"
    assert await look() is None


async def test_where_another_left_off_is_not_told(client, make, lab, hand_in):
    await hand_in(failed(VISIBLE.name))
    grace = await make.learner("Grace")

    shown = (await client.log_in(grace).get("/api/v1/progress")).json()

    assert lab.slug
    assert shown["left_off"] is None


async def test_of_a_lab_in_stages_the_current_one_is_counted(make, learner, queue, look):
    tasks = ("first", "second")
    checks = [
        VISIBLE.__class__(name="test_one", title="One", task="first"),
        VISIBLE.__class__(name="test_two", title="Two", task="second"),
        VISIBLE.__class__(name="test_three", title="Three", task="second"),
    ]
    lab = await make.lab("staged", checks=checks, tasks=tasks)
    await make.submission(lab=lab, learner=learner)
    await queue.work(
        FakeGrader(
            passed("test_one", task="first"),
            failed("test_two", task="second"),
            passed("test_three", task="second"),
        )
    )

    words = (await look())["words"]

    assert words == "Adding up, Python: stage 2 of 2, Second: 1 of 2 checks fails; first: Two"


async def test_a_drill_goes_on_in_its_lesson(make, learner, look):
    drill = await make.drill()
    await make.draft(lab=drill, learner=learner)

    assert (await look())[
        "address"
    ] == "/paths/tiny/skills/basics/lessons/adding?stack=python#drill"


async def test_tries_are_forgotten_after_a_day_and_nothing_points_at_them(hand_in, look, database):
    await hand_in(failed(VISIBLE.name), kind=SubmissionKind.TRY)
    assert (await look())["kind"] == "failed"
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM submissions WHERE kind = 'try'"))

    assert await look() is None
