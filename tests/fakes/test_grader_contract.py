"""The fake grader and the real engine keep one contract, so what holds with one holds with both."""

from contextlib import aclosing

import pytest

from factories import content
from factories.content import HIDDEN, RIGHT, VISIBLE, WRONG, CheckDraft
from fakes.grader import FakeGrader, failed, passed
from milepost.engine import (
    CheckFinished,
    ChecksCollected,
    CheckStarted,
    Engine,
    Entry,
    GradeRequest,
    GradingFinished,
    GradingSpec,
    Outcome,
    Verdict,
)

SECOND = CheckDraft(
    name="test_nothing_changes_a_number",
    title="Adding nothing changes nothing",
    body='assert solution.call("add", 5, 0) == 5, "Nothing is nothing"',
)


@pytest.fixture(params=["fake", "engine"])
async def grade(request, tmp_path):
    """Grade a solution against the three checks; the fake is told what the engine finds out."""
    path = content.write_path(tmp_path, "tiny", content.TINY_SKILLS)
    lab = content.write_lab(
        path, "adding", skill="basics", stacks=("python",), checks=(VISIBLE, SECOND, HIDDEN),
        limits={}, title="Adding up",
    )  # fmt: skip

    def ask(files, *, include_hidden=True):
        entry = Entry(program=("python", "adding.py"), module="adding.py")
        return GradeRequest(
            run_id="contract",
            lab=lab,
            stack="python",
            spec=GradingSpec({"python": entry}),
            files={name: text.encode() for name, text in files.items()},
            seed=7,
            include_hidden=include_hidden,
        )

    if request.param == "engine":
        async with Engine(runtime_dir=tmp_path / "run") as engine:
            yield lambda files, **options: engine.grade(ask(files, **options))
        return

    def fake(files, **options):
        is_right = files is RIGHT
        grader = FakeGrader(
            (passed if is_right else failed)(VISIBLE.name, title=VISIBLE.title),
            passed(SECOND.name, title=SECOND.title),
            (passed if is_right else failed)(HIDDEN.name, title=HIDDEN.title, hidden=True),
        )
        return grader.grade(ask(files, **options))

    yield fake


async def events_of(grading):
    async with aclosing(grading):
        return [event async for event in grading]


@pytest.mark.parametrize("files", [RIGHT, WRONG], ids=["right", "wrong"])
async def test_checks_are_collected_then_started_and_finished_one_after_the_other(grade, files):
    events = await events_of(grade(files))

    names = [VISIBLE.name, SECOND.name, HIDDEN.name]
    assert isinstance(events[0], ChecksCollected)
    assert [check.name for check in events[0].checks] == names
    assert [check.hidden for check in events[0].checks] == [False, False, True]
    middle = events[1:-1]
    assert [type(event) for event in middle] == [CheckStarted, CheckFinished] * 3
    assert [event.name for event in middle[::2]] == names
    assert [event.result.name for event in middle[1::2]] == names


async def test_the_last_event_carries_the_report_of_what_was_told(grade):
    events = await events_of(grade(RIGHT))

    told = tuple(event.result for event in events if isinstance(event, CheckFinished))
    assert isinstance(events[-1], GradingFinished)
    report = events[-1].report
    assert report.verdict is Verdict.PASSED
    assert report.checks == told
    assert (report.seed, report.limit_hit) == (7, None)
    assert report.isolation.partition(",")[0] == "isolated"
    assert report.stack_version.startswith("Python 3.")


async def test_a_failed_check_says_why_what_was_expected_and_what_came(grade):
    events = await events_of(grade(WRONG))

    report = events[-1].report
    first, second, _ = report.checks
    assert report.verdict is Verdict.FAILED
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.PASSED)
    assert (first.expected, first.got) == ("5", "-1")
    assert first.message == "A sum is what both give together"
    (call,) = first.evidence
    assert (call.kind, call.title, call.repeat) == ("call", "add(2, 3)", None)
    assert (call.request.name, call.response.value) == ("add", -1)
    assert second.message == ""


async def test_hidden_checks_are_left_out_of_a_try(grade):
    events = await events_of(grade(RIGHT, include_hidden=False))

    assert [check.name for check in events[-1].report.checks] == [VISIBLE.name, SECOND.name]


async def test_a_grading_that_nobody_reads_any_more_ends(grade):
    async with aclosing(grade(RIGHT)) as events:
        seen = [await anext(events) for _ in range(3)]

    assert [type(event) for event in seen] == [ChecksCollected, CheckStarted, CheckFinished]
    with pytest.raises(StopAsyncIteration):
        await anext(events)
    assert isinstance((await events_of(grade(RIGHT)))[-1], GradingFinished)
