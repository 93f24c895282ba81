"""A compiled submission is built once a run; what the compiler refuses, its learner reads."""

import pytest

from harness.stacks import entry_of
from milepost.engine import (
    BuildFinished,
    CheckFinished,
    ChecksCollected,
    Entry,
    GradeRequest,
    GradingFinished,
    GradingSpec,
    Outcome,
    Verdict,
)
from milepost.engine.selftest import plan_selftest

pytestmark = pytest.mark.needs_isolated_tier


async def grade(engine, request: GradeRequest) -> list:
    return [event async for event in engine.grade(request)]


async def test_what_was_built_is_there_for_every_check(engine, settle):
    events = await grade(engine, plan_selftest("go")["program"])

    built = [event.build for event in events if isinstance(event, BuildFinished)]
    assert [build.passed for build in built] == [True]
    assert events[-1].report.verdict is Verdict.PASSED
    assert events[-1].report.build == built[0]
    await settle()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("package main\n\nfunc main() {\n\tx := 1\n}\n", "main.go:4:2: declared and not used: x"),
        ("package main\n\nfunc main( {\n", "main.go:3:12: syntax error"),
        (
            'package main\n\nimport "github.com/gin-gonic/gin"\n\nfunc main() { gin.New() }\n',
            'main.go:3:8: there is no package "github.com/gin-gonic/gin" here',
        ),
        ("package main\n", "function main is undeclared in the main package"),
        ("package shop\n", "main.go: package shop is not a main package"),
        (
            'package main\n\nimport _ "milepost/harness"\n\nfunc main() {}\n',
            'main.go:3:8: there is no package "milepost/harness" here',
        ),
        (
            'package main\n\nimport _ "internal/abi"\n\nfunc main() {}\n',
            "main.go:3:8: use of internal package internal/abi not allowed",
        ),
    ],
    ids=["unused", "syntax", "unknown", "no-main", "no-program", "platform", "internal"],
)
async def test_what_cannot_be_built_fails_with_the_compilers_words_and_no_check_runs(
    engine, settle, source, said
):
    request = plan_selftest("go")["program"]
    request = GradeRequest(
        run_id="unbuilt",
        lab=request.lab,
        stack="go",
        spec=GradingSpec(entries={"go": Entry(program=entry_of("go").program)}),
        files={"main.go": source.encode()},
        seed=1,
    )

    events = await grade(engine, request)

    report = events[-1].report
    assert isinstance(events[0], BuildFinished)
    assert isinstance(events[1], ChecksCollected)
    assert not any(isinstance(event, CheckFinished) for event in events)
    assert isinstance(events[-1], GradingFinished)
    assert report.verdict is Verdict.FAILED
    assert said in report.build.output
    assert report.message.startswith("Your code could not be built: ")
    assert {check.outcome for check in report.checks} == {Outcome.NOT_RUN}
    assert "could not be built" in report.checks[0].message
    await settle()


async def test_a_build_that_needs_too_much_says_so(engine, settle):
    request = plan_selftest("go")["program"]
    table = "var table = [...]int{1<<33: 1}\n"  # 64 GiB of data, for which there is no room
    request = GradeRequest(
        run_id="large",
        lab=request.lab,
        stack="go",
        spec=GradingSpec(entries={"go": Entry(program=entry_of("go").program)}),
        files={
            "main.go": f"package main\n\n{table}\nfunc main() {{ println(table[0]) }}\n".encode()
        },
        seed=1,
    )

    report = (await grade(engine, request))[-1].report

    assert report.verdict is Verdict.FAILED
    assert report.build.output
    await settle()
