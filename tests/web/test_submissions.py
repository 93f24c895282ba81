"""Submissions: the list, one with its evidence, and the stream that a browser follows."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from factories.content import HIDDEN, VISIBLE
from fakes.grader import FakeGrader, failed, passed
from fakes.recorded import recorded
from milepost.engine import BuildReport, Outcome, Usage, Verdict
from milepost.engine.evidence.contract import Actor
from milepost.engine.evidence.registry import list_kinds
from milepost.engine.evidence.stored import evidence_from_json
from milepost.progress.types import Mark, ObjectiveView, PathView, SkillView, Standing
from milepost.submissions.types import SubmissionKind
from milepost.web.next_step import find_next_step

NASTY = "<script>alert(1)</script>\x1b[31m red \u202e"


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
async def lab(make):
    await make.path("tiny")
    return await make.lab(checks=[VISIBLE, HIDDEN])


@pytest.fixture
async def graded(make, lab, learner, queue):
    async def grade(*results, kind=SubmissionKind.SUBMISSION, **report):
        submission = await make.submission(lab=lab, learner=learner, kind=kind)
        await queue.work(FakeGrader(*results, **report))
        return submission.id

    return grade


def events_of(response):
    blocks = response.text.replace("\r\n", "\n").strip().split("\n\n")
    parsed = [
        [line.partition(": ")[::2] for line in block.split("\n") if not line.startswith(":")]
        for block in blocks
    ]
    return [
        {
            "id": dict(lines)["id"],
            "event": dict(lines)["event"],
            "data": "\n".join(value for name, value in lines if name == "data"),
        }
        for lines in parsed
        if lines
    ]


def exchange(**response):
    return recorded(
        "exchange",
        title="POST /books",
        at_seconds=0.5,
        duration_seconds=0.012,
        request={
            "method": "POST",
            "url": "http://localhost:8000/books",
            "headers": {"content-type": "application/json"},
            "body": '{"title":"Emma","by":{"name":"J. Austen"}}',
        },
        response=response,
        repeat="curl -i http://localhost:8000/books --data-binary '{}'",
    )


async def test_an_http_exchange_shows_both_sides_headers_and_the_body_laid_out(visitor, graded):
    answer = exchange(
        status=422,
        reason="Unprocessable Entity",
        headers={"content-type": "application/problem+json", "x-a": f"1\n{NASTY}"},
        body='{"title":"<b>not</b>"}',
    )
    submission_id = await graded(failed(evidence=(answer,)), passed(HIDDEN.name, hidden=True))

    page = await visitor.get(f"/submissions/{submission_id}")

    assert "POST /books" in page.text
    assert "<strong>422</strong> Unprocessable Entity" in page.text
    assert "1 more header<" in page.text
    assert page.text.index("application/problem+json") < page.text.index("1 more header<")
    assert page.text.index("1 more header<") < page.text.index("<dt>x-a</dt>")
    assert "<b>not</b>" not in page.text
    assert "<script>alert(1)" not in page.text
    assert '<span class="tok-nt">"by"</span>' in page.text
    assert "curl -i http://localhost:8000/books" in page.text


async def test_an_exchange_without_an_answer_and_the_log_say_why(visitor, graded):
    silent = exchange(fault="Your service answered no HTTP.", first_bytes="hello, world")
    lines = ["Traceback", "LookupError: the shelf fell down"]
    log = recorded("log", at_seconds=0.6, response={"lines": lines})
    submission_id = await graded(failed(evidence=(silent, log)), passed(HIDDEN.name, hidden=True))

    page = await visitor.get(f"/submissions/{submission_id}")

    assert "No whole answer" in page.text
    assert "hello, world" in page.text
    assert "Traceback\nLookupError: the shelf fell down" in page.text
    assert "2 lines" in page.text


async def test_what_learner_code_did_meanwhile_stands_in_the_timeline_and_not_first(
    visitor, graded
):
    asked = exchange(status=502, reason="Bad Gateway", headers={}, body="")
    looked = recorded("command", at_seconds=0.4, response={"value": "1290"})
    command = recorded("command", 1, title="GET price:lamp", at_seconds=0.5)
    called = replace(
        exchange(fault="As the check had it, the upstream never answered."),
        title="Your code: GET /prices/lamp",
        at_seconds=0.6,
        actor=Actor.LEARNER,
    )
    evidence = (looked, asked)
    submission_id = await graded(
        failed(evidence=(*evidence, command, called)), passed(HIDDEN.name, hidden=True)
    )

    page = (await visitor.get(f"/submissions/{submission_id}")).text

    moments = page.split('<li class="moment')[1:]
    assert ["<details open>" in moment for moment in moments] == [False, True, False, False]
    assert "1290" in moments[0]
    assert "GET price:lamp" in moments[2]
    assert "never answered" in moments[3]


async def test_a_call_shows_values_as_the_learners_language_writes_them(visitor, graded):
    call = recorded(
        "call",
        title="sort((2, 1))",
        request={"name": "sort", "arguments": [[2, 1]], "written": ["(2, 1)"]},
        response={
            "value": {"1": None},
            "written": "{1: None}",
            "arguments_afterwards": ["(1, 2)"],
        },
    )
    submission_id = await graded(failed(evidence=(call,)))

    page = (await visitor.get(f"/submissions/{submission_id}")).text

    for name, text in (
        ("Argument", "(2, 1)"),
        ("Returned", "{1: None}"),
        ("Argument afterwards", "(1, 2)"),
    ):
        assert f'aria-label="{name}">{text}</pre>' in page
    assert "→ {1: None}" in page
    assert "null" not in page.partition("sort((2, 1))")[2].partition("</li>")[0]


async def test_an_empty_list_says_how_to_fill_it(visitor, make):
    await make.path("tiny")

    assert "What you hand in will be kept here" in (await visitor.get("/submissions")).text


async def test_older_submissions_come_as_a_fragment(visitor, make, lab, learner):
    for _ in range(22):
        await make.submission(lab=lab, learner=learner)

    page = (await visitor.get("/submissions")).text
    older = page.partition('hx-get="')[2].partition('"')[0]
    fragment = (await visitor.get(older, headers={"HX-Request": "true"})).text

    assert page.count('<li class="split">') == 20
    assert fragment.count('<li class="split">') == 2
    assert "<html" not in fragment


async def test_the_first_failed_check_stands_open_with_its_evidence(visitor, graded):
    address = f"/submissions/{await graded(passed('test_one'), failed(), failed('test_three'))}"

    page = (await visitor.get(address)).text

    check = page.partition(f'id="check-{VISIBLE.name}"')[2].partition("test_three")[0]
    assert page.count('<details open>\n    <summary class="check-line"') == 1
    assert check.partition("<details")[2].startswith(" open>")
    assert "A sum is what both give together." in check
    assert "<mark>5</mark>" in check
    assert "<code>add(2, 3)</code>" in check


async def test_a_verdict_says_its_reason_once_and_leads_to_the_check_that_decided_it(
    visitor, graded
):
    said = "importing adding.py had not answered after 20 seconds"
    late = failed("test_late", outcome=Outcome.TIMED_OUT, message=said)
    submission = await graded(
        failed(), late, verdict=Verdict.TIMED_OUT, message=said, limit_hit="run_seconds"
    )

    page = (await visitor.get(f"/submissions/{submission}")).text

    box = page.partition("data-verdict=")[2].partition("</div>")[0]
    assert box.count("mporting adding.py had not answered") == 1
    assert "<p>Importing adding.py" in box
    assert 'data-show-check="test_late"' in box
    assert re.search(r"milepost check --seed \d+<", box)


async def test_checks_that_were_not_run_are_named_and_neither_passed_nor_failed(visitor, graded):
    late = failed("test_late", outcome=Outcome.TIMED_OUT, message="It took too long.")
    left = passed("test_left", outcome=Outcome.NOT_RUN, message="It was not run.")
    hidden = passed("test_dark", outcome=Outcome.NOT_RUN, message="It was not run.", hidden=True)
    submission = await graded(late, left, hidden, verdict=Verdict.TIMED_OUT, message=late.message)

    page = (await visitor.get(f"/submissions/{submission}")).text

    assert "0 of 3 checks passed, 2 not run" in page
    check = page.partition('id="check-test_left"')[2].partition("</li>")[0]
    assert '<span class="check-word">Not run</span>' in check
    assert "It was not run." in check
    dark = page.partition('id="check-test_dark"')[2].partition("</li>")[0]
    assert "Not run, hidden" in dark
    assert "by heart" not in dark


@pytest.mark.parametrize(
    ("proven", "said", "words"),
    [
        ((), "", "Go on with"),
        (("adding",), "Nothing more", "Start here next: "),
        (("adding", "naming"), "No flag is left.", "See the whole road"),
    ],
)
def test_after_a_pass_no_link_promises_a_proof_that_no_lab_can_give(proven, said, words):
    now = datetime.now(UTC)

    def objective(slug, *labs):
        at = now if slug in proven else None
        return ObjectiveView(
            id=uuid4(),
            key=f"a.{slug}",
            slug=slug,
            title=slug,
            sentence="",
            mark=Mark.PROVEN if at else Mark.OPEN,
            proven_at=at,
            practised_at=None,
            has_lesson=False,
            lab_slugs=labs,
            drill=None,
            open_lab_slugs=labs,
        )

    def skill(order, slug, *objectives):
        count = sum(each.proven_at is not None for each in objectives)
        left = sum(each.is_provable and not each.proven_at for each in objectives)
        standing = Standing(count, left, is_walked=not left, words="")
        return SkillView(
            "p",
            slug,
            order,
            slug,
            "",
            (),
            objectives,
            None,
            (),
            (),
            standing,
            order == 2 and left > 0,
        )

    first = skill(1, "sums", objective("adding", "adding"), objective("taking"))
    second = skill(2, "words", objective("naming", "naming"))
    path = PathView("p", "P", "", (first, second), "words", "No flag is left.")
    step = find_next_step(path, "sums")

    assert said in step.said
    assert step.words.startswith(words)


async def test_a_hidden_check_shows_its_title_and_outcome_alone(visitor, graded):
    secret = failed("test_secret_sum", hidden=True, title="Negative numbers are added too")

    page = (await visitor.get(f"/submissions/{await graded(secret)}")).text

    assert "Negative numbers are added too" in page
    assert "Failed, hidden" in page
    assert "What did not pass is hidden" in page
    assert "See what happened" not in page
    assert "milepost check --seed" not in page
    assert "add(2, 3)" not in page


async def test_a_check_that_tells_what_happened_is_named_before_a_hidden_one(visitor, graded):
    secret = failed("test_secret_sum", hidden=True, title="Negative numbers are added too")

    page = (await visitor.get(f"/submissions/{await graded(secret, failed())}")).text

    assert "See what happened" in page
    assert "What did not pass is hidden" not in page


async def test_what_the_code_printed_is_shown_and_never_acts(visitor, graded):
    nasty = failed(message=NASTY, expected=NASTY, got="x", detail=NASTY)

    page = (await visitor.get(f"/submissions/{await graded(nasty)}")).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\x1b" not in page
    assert "\u202e" not in page


async def test_what_a_call_printed_is_in_sight_where_its_check_passed_too(visitor, graded):
    looked, silent = (
        recorded("call", title=title, request={"name": "add"}, response={"value": 3, **printed})
        for title, printed in (("add(1, 2)", {"stdout": "a is 1\n"}), ("add(2, 1)", {}))
    )
    submission_id = await graded(
        passed("test_one", evidence=(looked,)), passed("test_two", evidence=(silent,))
    )

    page = (await visitor.get(f"/submissions/{submission_id}")).text

    assert page.count("printed something") == 1
    moments = page.split('class="moment is-call"')[1:]
    assert ["<details open>" in moment for moment in moments] == [True, False]
    assert "a is 1" in moments[0]


async def test_what_is_our_fault_is_said_to_be_ours(visitor, graded):
    submission = await graded(failed(), verdict=Verdict.LAB_BROKEN)

    page = (await visitor.get(f"/submissions/{submission}")).text

    assert "The lab is at fault" in page
    assert "it cost you nothing" in page


async def test_a_run_without_a_program_claims_no_memory(visitor, graded):
    with_program = (await visitor.get(f"/submissions/{await graded(passed())}")).text
    without = await graded(passed(), usage=Usage(wall_seconds=0.1))
    page = (await visitor.get(f"/submissions/{without}")).text

    assert "Memory at most" in with_program
    assert "<dt>Time</dt>" in page
    assert "Memory at most" not in page


async def test_another_learners_submission_is_not_found(client, make, graded):
    other = client.log_in(await make.learner("Grace"))
    submission = await graded()

    for address in (f"/submissions/{submission}", f"/submissions/{submission}/events"):
        assert (await other.get(address)).status_code == 404
    assert (await other.get(f"/submissions/{uuid4()}")).status_code == 404


async def test_the_stream_sends_fragments_in_order_and_what_moved(visitor, graded):
    submission = await graded(passed("test_one"), passed())

    events = events_of(await visitor.get(f"/submissions/{submission}/events"))

    assert [event["event"] for event in events] == ["started", "check", "check", "verdict"]
    assert [event["id"] for event in events[:3]] == ["1.0", "1.1", "1.2"]
    assert 'data-check="test_one"' in events[1]["data"]
    assert 'data-verdict="passed"' in events[3]["data"]
    assert 'data-into="milepost-strip"' in events[3]["data"]
    assert "1 of the 1 that can be proven" in events[3]["data"]


async def test_a_reconnect_loses_none_and_repeats_none(visitor, graded):
    address = f"/submissions/{await graded(passed('test_one'), passed())}/events"

    rest = events_of(await visitor.get(address, headers={"Last-Event-ID": "1.1"}))
    done = await visitor.get(address, headers={"Last-Event-ID": "1.1000000"})

    assert [event["event"] for event in rest] == ["check", "verdict"]
    assert (done.status_code, done.text) == (204, "")


async def test_a_passed_try_says_that_it_records_nothing(visitor, graded):
    submission = await graded(passed(), kind=SubmissionKind.TRY)

    verdict = events_of(await visitor.get(f"/submissions/{submission}/events"))[-1]["data"]

    assert "A try records nothing" in verdict
    assert "0 of the 1 that can be proven" in verdict


async def test_the_run_is_drawn_with_a_line_to_every_check_that_is_not_hidden(visitor, graded):
    submission_id = await graded(
        passed(at_seconds=0.1), failed(HIDDEN.name, hidden=True, at_seconds=0.4)
    )

    page = await visitor.get(f"/submissions/{submission_id}")

    figure = page.text.partition('<figure class="run"')[2].partition("</figure>")[0]
    assert f'href="#check-{VISIBLE.name}"' in figure
    assert HIDDEN.name not in figure
    assert "1 hidden check is not drawn" in figure


async def test_long_evidence_is_shown_from_its_start_with_a_way_to_all_of_it(visitor, graded):
    long = recorded("program", response={"stdout": "a" * 5000 + "the very end", "exit_code": 0})
    submission_id = await graded(failed(evidence=(long,)), passed(HIDDEN.name, hidden=True))
    address = f"/submissions/{submission_id}/checks/{VISIBLE.name}"

    page = await visitor.get(f"/submissions/{submission_id}")
    in_full = await visitor.get(address)
    fragment = await visitor.get(address, headers={"HX-Request": "true"})

    assert "the very end" not in page.text
    assert f'href="{address}"' in page.text
    for whole in (in_full, fragment):
        assert "the very end" in whole.text
        assert "Show all" not in whole.text
    assert fragment.text.lstrip().startswith("<li")


async def test_a_hidden_check_shows_nothing_more_in_full(visitor, graded):
    secret = failed(HIDDEN.name, hidden=True, message="A secret expectation", detail="-6877")
    submission_id = await graded(passed(), secret)

    page = await visitor.get(f"/submissions/{submission_id}/checks/{HIDDEN.name}")

    assert page.status_code == 200
    assert "secret expectation" not in page.text
    assert "-6877" not in page.text
    assert "ms" not in page.text.partition('class="check-line"')[2].partition("</div>")[0]


async def test_no_check_in_full_of_another_learner_or_of_another_name(
    client, make, visitor, graded
):
    submission_id = await graded(passed(), passed(HIDDEN.name, hidden=True))
    other = client.log_in(await make.learner("Grace"))
    address = f"/submissions/{submission_id}/checks"

    assert (await visitor.get(f"{address}/test_made_up")).status_code == 404
    assert (await other.get(f"{address}/{VISIBLE.name}")).status_code == 404


async def test_whatever_has_a_name_has_a_role_too(graded, visitor):
    kinds = list_kinds()
    samples = [sample for kind in kinds for sample in kind.read_samples()]
    evidence = tuple(map(evidence_from_json, samples))
    submission_id = await graded(failed(VISIBLE.name, evidence=evidence))

    page = (await visitor.get(f"/submissions/{submission_id}")).text

    named = [tag for tag in re.findall(r"<pre[^>]*>", page) if "aria-label" in tag]
    assert len(named) > len(kinds)
    assert [tag for tag in named if "role=" not in tag] == []


async def test_what_a_compiler_refused_is_shown_instead_of_checks_that_never_ran(visitor, graded):
    output = "report.go:12:2: declared and not used: <total>\nreport.go:14:1: missing return"
    not_run = passed(outcome=Outcome.NOT_RUN, message="It was not run.")
    submission = await graded(
        not_run,
        verdict=Verdict.FAILED,
        message="Your code could not be built: report.go:12:2: declared and not used: <total>",
        build=BuildReport(passed=False, output=output, seconds=0.4),
    )

    page = (await visitor.get(f"/submissions/{submission}")).text

    assert "The compiler refused it, so no check was run:" in page
    assert "report.go:12:2: declared and not used: &lt;total&gt;\nreport.go:14:1" in page
    assert "could not be built:" not in page, "the compiler's own words say it"
    assert "See what happened in" not in page


async def test_a_build_that_went_well_is_not_mentioned(visitor, graded):
    submission = await graded(
        passed(), build=BuildReport(passed=True, output="a warning", seconds=0.4)
    )

    page = (await visitor.get(f"/submissions/{submission}")).text

    assert "compiler" not in page
    assert "a warning" not in page
