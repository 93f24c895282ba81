"""How much of its limits a lab's right answers use, from what their runs report."""

from milepost.engine import GradeReport, Usage, Verdict
from milepost.labs import load_lab
from milepost.labs.verification import Plan
from milepost.labs.verification.headroom import measure_headroom
from milepost.labs.verification.outcomes import Findings, RunOutcome
from milepost.labs.verification.plan import Kind, PlannedRun


def outcome(name, usage, kind=Kind.SOLUTION):
    report = GradeReport(
        verdict=Verdict.PASSED, message="", checks=(), limit_hit=None, usage=usage,
        isolation="isolated", stack_version="", engine_version="", seed=1,
    )  # fmt: skip
    return RunOutcome(PlannedRun(kind, name, "python", 1, 1, {}), report)


def measure(lab, *outcomes):
    findings = Findings(load_lab(lab.folder), Plan((1,), 1), outcomes)
    return {found.limit: found.used for found in measure_headroom(findings)}


def test_the_most_memory_and_the_solution_that_takes_longest_count(lab):
    used = measure(
        lab,
        outcome("python", Usage(wall_seconds=2.0, memory_peak_bytes=10)),
        outcome("python-slow", Usage(wall_seconds=5.0, memory_peak_bytes=30)),
        outcome("python", Usage(wall_seconds=2.5, memory_peak_bytes=20)),
    )

    assert used["wall_seconds"] == 5.0
    assert used["memory_bytes"] == 30


def test_a_busy_machine_is_not_held_against_a_solution(lab):
    used = measure(
        lab,
        outcome("python", Usage(wall_seconds=19.0)),
        outcome("python", Usage(wall_seconds=3.0)),
    )

    assert used["wall_seconds"] == 3.0


def test_what_a_lab_chooses_for_one_stack_is_what_its_solutions_are_measured_by(lab):
    lab.replace("lab.toml", "[entry", "[limits.python]\nprocesses = 8\n\n[entry")
    runs = (outcome("python", Usage(processes_peak=2)),)

    closest = measure_headroom(Findings(load_lab(lab.folder), Plan((1,), 1), runs))

    assert [room.describe() for room in closest if room.limit == "processes"] == [
        "2 of 8 processes (25%)"
    ]


def test_only_right_answers_count(lab):
    used = measure(
        lab,
        outcome("python", Usage(processes_peak=2)),
        outcome("no-guard", Usage(processes_peak=30), Kind.FLAWED),
    )

    assert used["processes"] == 2
