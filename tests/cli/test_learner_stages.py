"""Stages and hints in a terminal: grouped lines, quiet later stages, one hint a call."""

import pytest

from factories.content import CheckDraft
from fakes.grader import FakeGrader, failed, passed

ADDS = CheckDraft(name="test_adds", title="Two numbers are added", task="plain-sums")
SIGNS = CheckDraft(
    name="test_signs",
    title="Negative numbers are added",
    task="other-sums",
    body='assert solution.call("add", -2, -3) == -5, "Less and less is lesser still"',
)
HINTS = """
[test_adds]
nudge = "Which sign stands between the two?"
example = "Of `3` and `4`, the sum is `7`."

[test_signs]
nudge = "Is a minus read at all?"
"""
ALMOST = {"adding.py": "def add(a, b):\n    return abs(a) + abs(b)\n"}
RESULTS = {
    "adds": {"name": ADDS.name, "title": ADDS.title, "task": ADDS.task},
    "signs": {"name": SIGNS.name, "title": SIGNS.title, "task": SIGNS.task},
}


@pytest.fixture
async def learner(make, terminal, live_server):
    learner = await make.learner()
    terminal.log_in(live_server, learner)
    return learner


@pytest.fixture
async def folder(terminal, learner, make):
    assert learner
    await make.lab(tasks=("plain-sums", "other-sums"), checks=[ADDS, SIGNS], hints=HINTS)
    started = await terminal.run("start", "adding")
    assert started.exit_code == 0, started.err
    return terminal.folder / "adding"


def write(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text)


async def test_checks_are_grouped_by_stage_and_what_to_work_on_is_told(terminal, folder):
    write(folder, ALMOST)

    answer = await terminal.run("check", cwd=folder)

    assert answer.exit_code == 1
    lines = [line.strip() for line in answer.out.splitlines()]
    assert lines.index("1. Plain sums") < lines.index("2. Other sums")
    assert "✓ 1. Plain sums what you can see holds" in answer.words
    assert "✗ 2. Other sums 0 of 1 checks passed: work on this one" in answer.words


async def test_the_failure_that_is_explained_is_one_of_the_current_stage(terminal, folder):
    answer = await terminal.run("check", "--json", cwd=folder)  # the starter fails everything
    told = await terminal.run("check", cwd=folder)

    assert [stage["state"] for stage in answer.json["stages"]] == ["current", "later"]
    assert "A sum is what both give together" in told.out
    assert "Less and less" not in told.out
    assert "1 more did not pass." in told.words


async def test_a_submission_tells_its_stages_and_where_a_hint_is(terminal, folder, queue):
    grader = FakeGrader(failed(**RESULTS["adds"]), failed(**RESULTS["signs"]))

    async with queue.working(grader):
        answer = await terminal.run("submit", cwd=folder)

    assert "✗ 1. Plain sums 0 of 1 checks passed: work on this one" in answer.words
    assert "Stuck? A hint is there: milepost hint test_adds" in answer.words


async def test_what_a_submission_broke_is_told(terminal, folder, queue):
    right = FakeGrader(passed(**RESULTS["adds"]), failed(**RESULTS["signs"]))
    async with queue.working(right):
        await terminal.run("submit", cwd=folder)
    wrong = FakeGrader(failed(**RESULTS["adds"]), failed(**RESULTS["signs"]))
    async with queue.working(wrong):
        answer = await terminal.run("submit", cwd=folder)

    assert "Plain sums was passed on" in answer.words
    assert "this submission breaks it." in answer.words


async def test_each_call_opens_the_next_hint(terminal, folder, queue):
    async with queue.working(FakeGrader(failed(**RESULTS["adds"]), failed(**RESULTS["signs"]))):
        await terminal.run("submit", cwd=folder)

    first = await terminal.run("hint", cwd=folder)
    second = await terminal.run("hint", "test_adds", cwd=folder)

    assert "1 of 2: look here Which sign stands between the two?" in first.words
    assert "The next one: milepost hint test_adds" in first.words
    assert "Of `3`" not in first.out
    assert "2 of 2: on other data Of `3` and `4`, the sum is `7`." in second.words
    assert "That was the last one." in second.words


async def test_without_a_submission_the_check_is_tried_on_the_server_first(terminal, folder, queue):
    grader = FakeGrader(failed(**RESULTS["signs"]))
    async with queue.working(grader):
        answer = await terminal.run("hint", "test_signs", cwd=folder)

    assert grader.requests[0].only == ("test_signs",)
    assert "Is a minus read at all?" in answer.out


async def test_a_check_that_passes_has_nothing_to_hint_at(terminal, folder, queue):
    async with queue.working(FakeGrader(passed(**RESULTS["adds"]))):
        answer = await terminal.run("hint", "test_adds", cwd=folder)

    assert answer.exit_code == 0
    assert "passes with these files, so there is nothing to hint at." in answer.err
    assert "Which sign" not in answer.out


async def test_before_anything_was_handed_in_a_check_has_to_be_named(terminal, folder):
    answer = await terminal.run("hint", cwd=folder)

    assert answer.exit_code == 2
    assert "has no failed check with a hint" in answer.err
    assert "milepost check" in answer.err


async def test_an_unknown_check_is_named(terminal, folder):
    answer = await terminal.run("hint", "test_nobody", cwd=folder)

    assert answer.exit_code != 0
    assert "shows no check called 'test_nobody'" in answer.err
