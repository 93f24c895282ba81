"""What older versions stored is shown on its page and told by the API like work of today."""

import pytest
from sqlalchemy import select

from factories.content import VISIBLE
from fakes.grader import FakeGrader, failed, passed
from harness.stored_reports import REPORTS, read_stored
from milepost.submissions.models import CheckRecord


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def store(make, learner, queue, database):
    """Store the checks of a report as they were stored then: `await store(report)`."""

    async def store(report):
        submission = await make.submission(lab=await make.lab(checks=(VISIBLE,)), learner=learner)
        await queue.work(FakeGrader(passed("test_one"), failed("test_two")))
        async with database.transaction() as session:
            records = (
                await session.scalars(select(CheckRecord).order_by(CheckRecord.position))
            ).all()
            for record, check in zip(records, report["checks"], strict=False):
                record.name, record.result, record.hidden = check["name"], check, check["hidden"]
        return submission

    return store


@pytest.mark.parametrize("name", REPORTS)
async def test_a_stored_submission_is_shown_and_told(client, learner, store, name):
    report = read_stored(name)
    submission = await store(report)
    visitor = client.log_in(learner)

    page = await visitor.get(f"/submissions/{submission.id}")
    grading = await visitor.get(f"/api/v1/gradings/{submission.grading_id}")

    assert page.status_code == grading.status_code == 200
    assert page.text.count('<li class="moment') > 0
    sent = {check["name"]: check for check in grading.json()["checks"]}
    for stored in report["checks"][:2]:
        told = sent[stored["name"]]
        assert [piece["title"] for piece in told["evidence"]] == [
            piece["title"] for piece in stored["evidence"]
        ]
        assert {piece["actor"] for piece in told["evidence"]} <= {"check", "learner"}
