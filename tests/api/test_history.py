"""Progress over time: totals a day, attempts to a pass, and time that left signs."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.content import RIGHT, TWICE, VISIBLE, WRONG
from fakes.clock import FakeClock
from fakes.grader import FakeGrader, failed, passed
from milepost.engine import Verdict
from milepost.submissions.types import SubmissionKind

BUDGET = 3  # who asks, what they have done, and what left signs


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def lab(make):
    return await make.lab()


@pytest.fixture
def clock(monkeypatch):
    return FakeClock(monkeypatch)


@pytest.fixture
def look(client, learner):
    async def look():
        return (await client.log_in(learner).get("/api/v1/progress/history")).json()

    return look


@pytest.fixture
def hand_in(make, queue, learner):
    async def hand_in(lab, *results, kind=SubmissionKind.SUBMISSION, **report):
        await make.submission(lab=lab, learner=learner, kind=kind)
        await queue.work(FakeGrader(*results, **report))

    return hand_in


def days_ago(number):
    return (datetime.now(UTC) - timedelta(days=number)).date().isoformat()


async def test_of_nothing_there_is_no_history(lab, look):
    assert lab.slug
    assert await look() == {"days": [], "labs": [], "longest_pause_seconds": 900}


async def test_totals_grow_day_by_day_from_nothing_to_today(make, lab, hand_in, look, clock):
    drill = await make.drill()
    clock.set_back(days=9)
    await hand_in(drill, passed(VISIBLE.name), passed(TWICE.name))
    clock.set_forward(days=4)
    await hand_in(lab)
    clock.set_forward(days=5)

    days = (await look())["days"]

    assert [(day["day"], day["practised_count"], day["proven_count"]) for day in days] == [
        (days_ago(10), 0, 0),
        (days_ago(9), 1, 0),
        (days_ago(5), 1, 1),
        (days_ago(0), 1, 1),
    ]


async def test_attempts_are_counted_to_the_first_pass(lab, hand_in, look):
    await hand_in(lab, failed())
    await hand_in(lab, failed())
    so_far = (await look())["labs"]
    await hand_in(lab)
    await hand_in(lab, failed())

    [history] = (await look())["labs"]

    assert [(each["attempt_count"], each["passed_at"]) for each in so_far] == [(2, None)]
    assert (history["lab"], history["title"], history["kind"]) == ("adding", "Adding up", "lab")
    assert history["attempt_count"] == 3
    assert history["passed_at"] is not None


async def test_tries_and_faults_of_ours_are_no_attempts(lab, hand_in, look, operate):
    await hand_in(lab, failed(), kind=SubmissionKind.TRY)
    await hand_in(lab, verdict=Verdict.LAB_BROKEN)
    before = (await look())["labs"]
    await operate("labs", "reopen", "adding")
    await hand_in(lab)

    [history] = (await look())["labs"]

    assert before == []
    assert history["attempt_count"] == 1


async def test_time_is_that_between_signs_of_work_without_long_pauses(
    make, lab, learner, hand_in, look, clock
):
    for minutes, files in ((0, RIGHT), (10, WRONG), (60, RIGHT), (14, WRONG)):
        clock.set_forward(minutes=minutes)
        await make.draft(lab=lab, learner=learner, files=files)
    clock.set_forward(minutes=5)
    await hand_in(lab)
    clock.set_forward(minutes=5)
    await make.draft(lab=lab, learner=learner, files=RIGHT)  # after the pass

    [history] = (await look())["labs"]

    assert round(history["worked_seconds"] / 60) == 10 + 14 + 5


async def test_a_single_sign_of_work_tells_no_time(lab, hand_in, look):
    await hand_in(lab)

    [history] = (await look())["labs"]

    assert history["worked_seconds"] is None


async def test_what_is_not_handed_in_has_no_history_yet(make, lab, learner, look):
    await make.draft(lab=lab, learner=learner)

    assert (await look())["labs"] == []


async def test_another_learners_history_is_their_own(client, make, lab, hand_in):
    await hand_in(lab)
    grace = client.log_in(await make.learner("Grace"))

    shown = (await grace.get("/api/v1/progress/history")).json()

    assert (shown["days"], shown["labs"]) == ([], [])


@pytest.mark.parametrize("address", ["/api/v1/progress/history", "/progress"])
async def test_however_much_there_is_the_same_few_things_are_asked(
    client, make, lab, learner, hand_in, count_queries, address
):
    visitor = client.log_in(learner)
    await hand_in(lab)
    await visitor.get(address)
    with count_queries() as few:
        await visitor.get(address)
    other = await make.lab("other")
    for _ in range(3):
        await hand_in(other, failed())
    await visitor.get(address)
    with count_queries() as more:
        await visitor.get(address)

    assert len(few) == len(more) <= BUDGET, more
