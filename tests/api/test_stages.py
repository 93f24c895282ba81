"""Stages through the API: where each stands after a run, what a run broke, what stays quiet."""

import json
from typing import Any

import pytest

from factories.content import CheckDraft
from fakes.grader import FakeGrader, failed, passed
from milepost.engine import BuildReport, Outcome, Verdict
from milepost.submissions.service.regrading import queue_regrading
from milepost.submissions.types import SubmissionKind

TASKS = ("first", "second", "third")
CHECKS = [
    CheckDraft(name="test_one", task="first"),
    CheckDraft(name="test_two", task="second"),
    CheckDraft(name="test_secret", task="second", hidden=True),
    CheckDraft(name="test_three", task="third"),
]
ONE: dict[str, Any] = {"name": "test_one", "task": "first"}
TWO: dict[str, Any] = {"name": "test_two", "task": "second"}
THREE: dict[str, Any] = {"name": "test_three", "task": "third"}
SECRET: dict[str, Any] = {"name": "test_secret", "task": "second", "hidden": True}


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab(tasks=TASKS, checks=CHECKS)


@pytest.fixture
def grade(make, queue, client, learner, lab):
    """Hand in, have it graded with these results, and return the grading as the API tells it."""

    async def hand_in(*results, kind=SubmissionKind.SUBMISSION, **grader):
        submission = await make.submission(lab=lab, learner=learner, kind=kind)
        await queue.work(FakeGrader(*results, **grader))
        url = f"/api/v1/gradings/{submission.grading_id}"
        return (await client.log_in(learner).get(url)).json()

    return hand_in


def states(grading):
    return [stage["state"] for stage in grading["stages"]]


async def test_the_first_stage_that_is_not_passed_is_the_current_one(grade):
    grading = await grade(passed(**ONE), failed(**TWO), passed(**SECRET), failed(**THREE))

    assert [stage["slug"] for stage in grading["stages"]] == list(TASKS)
    assert states(grading) == ["passed", "current", "later"]
    counts = [(stage["passed_count"], stage["check_count"]) for stage in grading["stages"]]
    assert counts == [(1, 1), (1, 2), (0, 1)]
    assert grading["verdict"] == "failed"


async def test_a_stage_is_passed_only_with_its_hidden_checks(grade):
    grading = await grade(passed(**ONE), passed(**TWO), failed(**SECRET), passed(**THREE))

    assert states(grading) == ["passed", "current", "passed"]
    assert grading["stages"][1]["passed_count"] == 1


async def test_a_try_passes_no_stage_since_hidden_checks_do_not_run(grade):
    grading = await grade(passed(**ONE), passed(**TWO), failed(**THREE), kind=SubmissionKind.TRY)

    assert states(grading) == ["holds", "holds", "current"]


async def test_a_whole_pass_passes_every_stage(grade):
    grading = await grade(passed(**ONE), passed(**TWO), passed(**SECRET), passed(**THREE))

    assert (grading["verdict"], states(grading)) == ("passed", ["passed"] * 3)


async def test_what_a_later_submission_breaks_is_told_with_the_day_it_was_passed(grade):
    await grade(passed(**ONE), failed(**TWO), passed(**SECRET), failed(**THREE))
    grading = await grade(failed(**ONE), failed(**TWO), passed(**SECRET), failed(**THREE))

    assert states(grading) == ["current", "later", "later"]
    first, second, third = grading["stages"]
    assert first["passed_before_at"] is not None
    assert (second["passed_before_at"], third["passed_before_at"]) == (None, None)


async def test_a_stage_that_only_looked_passed_was_not_broken(grade):
    await grade(passed(**ONE), passed(**TWO), failed(**SECRET), failed(**THREE))
    await grade(passed(**ONE), passed(**TWO), failed(**THREE), kind=SubmissionKind.TRY)
    grading = await grade(passed(**ONE), failed(**TWO), failed(**SECRET), failed(**THREE))

    assert [stage["passed_before_at"] for stage in grading["stages"]] == [None, None, None]


async def test_of_an_earlier_version_of_the_lab_nothing_is_broken(grade, make):
    await grade(passed(**ONE), failed(**TWO), passed(**SECRET), failed(**THREE))
    await make.lab(tasks=TASKS, checks=CHECKS, title="Adding up anew")
    grading = await grade(failed(**ONE), failed(**TWO), passed(**SECRET), failed(**THREE))

    assert grading["stages"][0]["passed_before_at"] is None


async def test_another_learners_stages_are_their_own(grade, make, queue, lab):
    other = await make.submission(lab=lab, learner=await make.learner("Grace"))
    await queue.work(FakeGrader(passed(**ONE), passed(**TWO), passed(**SECRET), passed(**THREE)))
    grading = await grade(failed(**ONE), failed(**TWO), passed(**SECRET), failed(**THREE))

    assert other.id != grading["submission"]
    assert grading["stages"][0]["passed_before_at"] is None


async def test_a_check_that_did_not_run_passes_no_stage(grade):
    not_run = {"outcome": Outcome.NOT_RUN}
    grading = await grade(
        passed(**ONE),
        failed(**TWO, outcome=Outcome.TIMED_OUT),
        failed(**THREE, **not_run),
        failed(**SECRET, **not_run),
    )

    assert states(grading) == ["passed", "current", "later"]


async def test_refused_code_leaves_the_first_stage_to_work_on(grade):
    refused = BuildReport(passed=False, output="add.go:1: syntax error", seconds=0.1)
    grading = await grade(verdict=Verdict.FAILED, build=refused)

    assert states(grading) == ["current", "later", "later"]


async def test_a_fault_of_ours_tells_no_stages(grade):
    grading = await grade(passed(**ONE), verdict=Verdict.ENGINE_FAILED, message="No sandbox.")

    assert grading["stages"] == []


async def test_while_checks_run_only_what_failed_is_decided(make, queue, client, learner, lab):
    submission = await make.submission(lab=lab, learner=learner)
    grader = FakeGrader(passed(**ONE), failed(**TWO), failed(**THREE))
    gate = grader.hold("test_three")
    url = f"/api/v1/gradings/{submission.grading_id}"
    visitor = client.log_in(learner)

    async with queue.working(grader):
        while len((grading := (await visitor.get(url)).json())["checks"]) < 2:
            pass
        gate.set()

    assert states(grading) == ["open", "current", "open"]


async def test_a_lab_says_whether_its_tasks_are_stages(client, make, learner):
    await make.lab(tasks=TASKS, checks=CHECKS)
    await make.lab("whole")
    visitor = client.log_in(learner)

    staged = (await visitor.get("/api/v1/labs/adding")).json()
    whole = (await visitor.get("/api/v1/labs/whole")).json()

    assert (staged["is_staged"], whole["is_staged"]) == (True, False)


async def test_a_lab_of_one_task_has_no_stages(client, make, queue, learner):
    submission = await make.submission(lab=await make.lab("whole"), learner=learner)
    await queue.work(FakeGrader(failed()))

    url = f"/api/v1/gradings/{submission.grading_id}"
    assert (await client.log_in(learner).get(url)).json()["stages"] == []


async def test_a_stream_ends_with_the_same_stages_as_the_grading_tells(
    make, queue, client, learner, lab
):
    visitor = client.log_in(learner)
    for kind in SubmissionKind:
        submission = await make.submission(lab=lab, learner=learner, kind=kind)
        await queue.work(FakeGrader(passed(**ONE), passed(**TWO), passed(**THREE)))

        url = f"/api/v1/gradings/{submission.grading_id}"
        grading = (await visitor.get(url)).json()
        stream = (await visitor.get(f"{url}/events")).text

        verdict = stream.rpartition("event: verdict")[2].partition("data: ")[2].strip()
        assert json.loads(verdict)["stages"] == grading["stages"] != []


async def test_the_gradings_of_a_submission_are_read_at_once_however_many(
    client, make, queue, learner, database, count_queries
):
    hints = '[test_one]\nnudge = "Look closer."\n[test_two]\nnudge = "Look again."\n'
    lab = await make.lab("hinted", tasks=TASKS, checks=CHECKS, hints=hints)
    submission = await make.submission(lab=lab, learner=learner)
    visitor, url = client.log_in(learner), f"/api/v1/submissions/{submission.id}/gradings"
    one = FakeGrader(failed(**ONE), passed(**TWO), passed(**SECRET), passed(**THREE))
    other = FakeGrader(passed(**ONE), failed(**TWO), passed(**SECRET), passed(**THREE))
    await queue.work(one)
    with count_queries() as once:
        await visitor.get(url)

    for grader in (other, one, other):
        async with database.transaction() as session:
            await queue_regrading(session, submission.id)
        await queue.work(grader)
    with count_queries() as often:
        gradings = (await visitor.get(url)).json()["items"]

    assert len(often) <= len(once), often
    assert [states(each)[0] for each in gradings] == ["current", "passed", "current", "passed"]
    offered = [[each["check"] for each in grading["hints"]] for grading in gradings]
    assert offered == [["test_one"], ["test_two"], ["test_one"], ["test_two"]]
