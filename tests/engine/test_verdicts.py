"""Each of the six verdicts, reached the way a learner or an author would reach it."""

import pytest

from milepost.engine import Limits, Outcome, Verdict, decide_verdict, probe_isolation

ADDS = """
    import sys

    def add_up(a, b):
        return a + b

    if __name__ == "__main__":
        print(sum(int(word) for word in sys.stdin.read().split()))
"""
ADDING = """
    @check(task="add", objectives=["language.functions"])
    def test_sum(program):
        \"\"\"The sum is printed\"\"\"
        run = program.run(stdin="1 2 3")
        assert run.exit_code == 0, "A program that worked exits with 0"
        assert run.stdout == "6\\n", "The numbers must be added"

    @check(task="add", objectives=["language.functions"])
    def test_function(solution):
        \"\"\"The function adds\"\"\"
        assert solution.call("add_up", 2, 3) == 5, "It must add"
"""


async def test_right_solution_passes(grade):
    graded = await grade(ADDING, ADDS)

    assert graded.report.verdict is Verdict.PASSED
    assert [check.outcome for check in graded.report.checks] == [Outcome.PASSED] * 2
    assert graded.report.message == ""
    assert graded.report.limit_hit is None
    assert graded.report.isolation in {
        f"{probe_isolation().isolation.tier}, {limits} limits" for limits in ("cgroup", "watched")
    }
    assert graded.report.stack_version.startswith("Python 3.")
    assert graded.report.usage.memory_peak_bytes > 1_000_000


async def test_wrong_solution_fails_with_expected_got_and_why(grade):
    graded = await grade(ADDING, ADDS.replace("return a + b", "return a - b"))

    check = graded.check("test_function")
    assert graded.report.verdict is Verdict.FAILED
    assert check.outcome is Outcome.FAILED
    assert (check.message, check.expected, check.got) == ("It must add", "5", "-1")
    assert graded.check("test_sum").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("answer", "expected", "why"),
    [
        ("'7'", "7", "This is a str, where an int is expected."),
        ("38.3", "'38.30'", "This is a float, where a str is expected."),
    ],
    ids=["the same digits", "others"],
)
async def test_a_number_and_the_text_of_it_are_told_apart(grade, answer, expected, why):
    check = (
        await grade(
            f"""
            @check(task="t", objectives=["o"])
            def test_it(solution):
                assert solution.call("answer") == {expected}, "of its type"
            """,
            f"def answer():\n    return {answer}\n",
        )
    ).only

    assert (check.got, check.expected) == (f"{answer}\n\n{why}", expected)


async def test_program_that_never_ends_times_out(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            program.run(seconds=0.3)
        """,
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
    )

    assert graded.report.verdict is Verdict.TIMED_OUT
    assert graded.report.limit_hit == "run_seconds"
    assert "still running after 0.3 seconds" in graded.only.message


async def test_call_that_never_answers_times_out_and_the_next_check_runs(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_slow(solution):
            solution.call("slow", seconds=0.3)

        @check(task="t", objectives=["o"])
        def test_quick(solution):
            assert solution.call("quick") == 1
        """,
        "def slow():\n  while True: pass\ndef quick():\n  return 1\n",
    )

    assert graded.report.verdict is Verdict.TIMED_OUT
    assert graded.check("test_slow").outcome is Outcome.TIMED_OUT
    assert graded.check("test_quick").outcome is Outcome.PASSED


async def test_whole_run_that_takes_too_long_times_out_and_says_what_did_not_run(grade):
    from milepost.engine import Limits

    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_first(program):
            program.run()

        @check(task="t", objectives=["o"])
        def test_second(program):
            program.run()
        """,
        "import time\ntime.sleep(60)",
        limits=Limits(wall_seconds=1.5, run_seconds=30),
    )

    assert graded.report.verdict is Verdict.TIMED_OUT
    assert graded.report.limit_hit == "wall_seconds"
    assert graded.check("test_first").outcome is Outcome.TIMED_OUT
    assert graded.check("test_second").outcome is Outcome.NOT_RUN
    assert graded.report.usage.wall_seconds < 4


async def test_module_that_cannot_be_imported_crashes_with_its_traceback(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution):
            solution.call("f")
        """,
        "import does_not_exist\n",
    )

    assert graded.report.verdict is Verdict.CRASHED
    assert graded.only.message == (
        "Your module `main.py` could not be imported: ModuleNotFoundError: No module named"
        " 'does_not_exist'. Nothing called `does_not_exist` can be imported here: there are your"
        " own files and the standard library"
    )
    assert '/work/main.py", line 1' in graded.only.detail
    assert "harness" not in graded.only.detail


@pytest.mark.parametrize("way", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
async def test_code_that_ends_its_process_crashes_and_the_next_check_runs(grade, way):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_end(solution):
            solution.call("end")

        @check(task="t", objectives=["o"])
        def test_next(solution):
            assert solution.call("fine") == 1
        """,
        f"import os\ndef end():\n  {way}\ndef fine():\n  return 1\n",
    )

    assert graded.report.verdict is Verdict.CRASHED
    assert graded.check("test_end").outcome is Outcome.CRASHED
    assert graded.check("test_end").message.startswith("Your code ended")
    assert graded.check("test_next").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        ("def test_it(:\n", "SyntaxError"),
        ("import does_not_exist\n", "does_not_exist"),
        ("", "It has no checks."),
        ("def test_it(program):\n    pass\n", "test_it has no @check"),
        (
            "@check(task='t', objectives=['o'])\ndef test_it():\n    {}['missing']\n",
            "): KeyError: 'missing'",
        ),
        (
            "@check(task='t', objectives=['o'])\ndef test_it():\n    pytest.skip('no')\n",
            "This check itself is broken",
        ),
        (
            "@check(task='t', objectives=['o'])\ndef test_it(no_such_fixture):\n    pass\n",
            "no_such_fixture",
        ),
    ],
)
async def test_fault_of_the_lab_is_never_the_learners(grade, checks, reason):
    graded = await grade(checks)

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert reason in graded.report.message
    assert "does not count" in graded.report.message


async def test_check_that_hangs_by_itself_breaks_the_lab(grade, monkeypatch):
    from milepost.engine import Limits
    from milepost.engine.grading import run

    monkeypatch.setattr(run, "_GRACE_SECONDS", 0.5)
    graded = await grade(
        "@check(task='t', objectives=['o'])\ndef test_it():\n    while True: pass\n",
        limits=Limits(wall_seconds=1.5),
    )

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert "`test_it` did not end" in graded.report.message


async def test_check_process_that_vanishes_is_the_engines_fault_and_is_logged(grade, runtime):
    graded = await grade(
        """
        import os

        @check(task="t", objectives=["o"])
        def test_it():
            os.write(2, b"the last words")
            os._exit(0)
        """
    )

    assert graded.report.verdict is Verdict.ENGINE_FAILED
    assert graded.report.checks[0].outcome is Outcome.NOT_RUN
    assert "does not count" in graded.report.message
    assert "ended before its checks did" in (runtime / "failures" / "run.log").read_text()


async def test_unknown_stack_is_the_engines_fault_and_says_so(engine, make_request):
    from dataclasses import replace

    request = replace(make_request(""), stack="cobol")
    events = [event async for event in engine.grade(request)]

    assert events[-1].report.verdict is Verdict.ENGINE_FAILED
    assert "cobol" in events[-1].report.message


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([], Verdict.LAB_BROKEN),
        ([Outcome.PASSED, Outcome.BROKEN, Outcome.TIMED_OUT], Verdict.LAB_BROKEN),
        ([Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.FAILED], Verdict.TIMED_OUT),
        ([Outcome.CRASHED, Outcome.FAILED], Verdict.CRASHED),
        ([Outcome.PASSED, Outcome.NOT_RUN], Verdict.FAILED),
        ([Outcome.PASSED, Outcome.PASSED], Verdict.PASSED),
    ],
)
def test_gravest_outcome_decides(outcomes, verdict):
    assert decide_verdict(outcomes) is verdict


@pytest.mark.parametrize(
    ("stack", "code"),
    [
        ("python", "def double(number):\n    return numbr * 2\n"),
        ("node", "export const double = (number) => numbr * 2;\n"),
    ],
)
async def test_a_name_that_is_not_defined_is_a_slip_and_no_misconception(grade, stack, code):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution):
            assert solution.call("double", 2) == 4
        """,
        code,
        stack=stack,
        limits=Limits(wall_seconds=60, run_seconds=10),
    )

    assert graded.only.outcome is Outcome.FAILED
    assert "is not defined" in graded.only.message
    assert not graded.only.has_run
