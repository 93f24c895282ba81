"""Code that never ends is cheap: two checks that wait for it end the run."""

import pytest

from milepost.engine import Limits, Outcome, Verdict

QUICK = Limits(wall_seconds=30, run_seconds=1.5)
ENDLESS = "def work(n):\n    while n: pass\n    return n\n"
TIMED_OUT, NOT_RUN, PASSED, FAILED = (
    Outcome.TIMED_OUT,
    Outcome.NOT_RUN,
    Outcome.PASSED,
    Outcome.FAILED,
)
SERVICE = """
    import http.server, os, time

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(60)

    http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answers).serve_forever()
"""


def write_checks(*bodies, fixture="solution"):
    return "\n".join(
        f'@check(task="t", objectives=["o"])\ndef test_{number}({fixture}):\n    {body}\n'
        for number, body in enumerate(bodies, start=1)
    )


def outcomes(graded):
    return [check.outcome for check in graded.report.checks]


async def test_the_second_check_that_runs_out_of_time_ends_the_run(grade):
    checks = write_checks(*['assert solution.call("work", 1) == 1, "one"'] * 5)

    graded = await grade(checks, ENDLESS, limits=QUICK)

    assert outcomes(graded) == [TIMED_OUT, TIMED_OUT, NOT_RUN, NOT_RUN, NOT_RUN]
    assert graded.report.verdict is Verdict.TIMED_OUT
    assert graded.report.limit_hit == "run_seconds"
    first, second, third, *_ = graded.report.checks
    assert "after 1.5 seconds" in first.message
    assert not first.hurried
    assert "after 1 seconds" in second.message
    assert "It had less time than usual" in second.message
    assert second.hurried
    assert "two checks before it had run out of time" in third.message
    assert graded.report.message == first.message


@pytest.mark.parametrize(
    ("fixture", "ask", "files", "more"),
    [
        ("program", "program.run()", "while True: pass", {}),
        ("service", "service.get('/')", SERVICE, {}),
        ("sql", "sql.run('answer.sql')", "SELECT pg_sleep(60);", {"stack": "sql"}),
    ],
)
async def test_programs_services_and_statements_are_cut_short_alike(
    grade, fixture, ask, files, more
):
    graded = await grade(write_checks(*[ask] * 3, fixture=fixture), files, limits=QUICK, **more)

    assert outcomes(graded) == [TIMED_OUT, TIMED_OUT, NOT_RUN]


async def test_what_ends_in_the_shorter_time_is_judged_as_ever(grade):
    checks = write_checks(
        'solution.call("work", 1)',
        'assert solution.call("work", 0) == 0, "zero"',
        'assert solution.call("work", 0) == 1, "one"',
    )

    graded = await grade(checks, ENDLESS, limits=QUICK)

    assert outcomes(graded) == [TIMED_OUT, PASSED, FAILED]
    assert graded.report.verdict is Verdict.TIMED_OUT


async def test_a_check_that_expects_to_wait_takes_no_time_from_others(grade):
    expects = 'with pytest.raises(SolutionTimedOut): solution.call("work", 1)'
    checks = write_checks(expects, expects, expects)

    graded = await grade(checks, ENDLESS, limits=QUICK)

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_a_check_that_names_a_shorter_time_itself_is_about_that_time(grade):
    checks = write_checks(*['solution.call("work", 1, seconds=0.2)'] * 3)

    graded = await grade(checks, ENDLESS, limits=QUICK)

    assert outcomes(graded) == [TIMED_OUT, TIMED_OUT, TIMED_OUT]
    assert not any(check.hurried for check in graded.report.checks)
