"""How failed checks are told: one in full, or every one, and never without what decided them."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from fakes.grader import failed, passed
from fakes.recorded import recorded
from harness.stored_reports import REPORTS, read_stored
from milepost.cli.output.checks import (
    print_build,
    print_failures,
    print_misconception,
    print_verdict,
)
from milepost.client import Check
from milepost.engine import BuildReport, Outcome
from milepost.engine.visible import write_out_both


def shown(*checks, **options) -> str:
    stream = io.StringIO()
    print_failures(Console(file=stream, width=80), checks, **options)
    return stream.getvalue()


CHECKS = (
    replace(failed("test_one"), title="One"),
    passed("test_two"),
    replace(failed("test_three"), title="Three"),
)


def test_one_failure_is_told_and_where_the_others_are():
    said = shown(*CHECKS, rest="Look there.")

    assert "One" in said
    assert "Three" not in said
    assert "1 more did not pass. Look there." in said


def test_every_failure_is_told_where_that_is_asked_for():
    said = shown(*CHECKS, every=True, rest="Look there.")

    assert "One" in said
    assert "Three" in said
    assert "Look there." not in said


def test_a_difference_far_into_long_texts_is_shown():
    check = replace(failed(), expected="a" * 900 + "RIGHT" + "b" * 900, got="a" * 900 + "WRONG")

    said = "".join(shown(check).split())

    assert "RIGHT" in said
    assert "WRONG" in said


def test_mark_of_a_line_is_not_taken_for_the_sign_of_its_number():
    said = shown(replace(failed(), expected="n\n5", got="n\n-5"))

    assert "- 5" in said
    assert "+ -5" in said


def test_what_the_check_did_last_is_told_and_not_what_the_code_did_meanwhile():
    asked = recorded("exchange", title="GET /price", at_seconds=0.1)
    called = recorded("exchange", title="Your code: GET /lamp", at_seconds=0.2, actor="learner")

    said = shown(replace(failed(), evidence=(asked, called)))

    assert "exchange  GET /price → 200 OK" in said
    assert "repeat    curl -i http://localhost:8000/books" in said
    assert "Your code" not in said


def test_what_the_last_program_wrote_to_standard_error_is_shown():
    said = "Traceback (most recent call last):\nSyntaxError: invalid syntax\n"
    earlier, last = (
        recorded("program", at_seconds=at, response={"exit_code": 1, "stdout": "", "stderr": text})
        for at, text in ((0.1, "an earlier run\n"), (0.2, said))
    )

    text = shown(replace(failed(), evidence=(earlier, last)))

    assert "printed   Traceback (most recent call last):" in text
    assert "SyntaxError: invalid syntax" in text
    assert "an earlier run" not in text


def test_what_a_call_printed_is_shown_below_what_came_of_it():
    call = recorded("call", response={"value": 3, "stdout": "a is 1\n", "stderr": ""})

    text = shown(replace(failed(), evidence=(call,)))

    assert "printed   a is 1" in text


def test_the_end_of_a_transaction_is_not_what_the_check_did_last():
    removed, ended = (
        recorded("statement", title=title, response={"columns": [], "command": command})
        for title, command in (("DELETE FROM orders", "DELETE 14"), ("COMMIT", "COMMIT"))
    )

    said = shown(replace(failed(), evidence=(removed, ended)))

    assert "DELETE FROM orders" in said
    assert "COMMIT" not in said


def test_emphasis_is_told_without_its_asterisks_and_code_as_it_is():
    said = shown(replace(failed(), message="Your basket *is* the list `*all*`."))

    assert "Your basket is the list `*all*`." in said


def test_an_explanation_is_told_without_asterisks():
    stream = io.StringIO()

    print_misconception(
        Console(file=stream, width=80), "It *is* a copy", "Both hold the *same* records."
    )

    assert "It is a copy." in stream.getvalue()
    assert "the same records." in stream.getvalue()


def test_the_end_of_a_long_message_stays():
    said = "".join(shown(replace(failed(), message="x" * 2000 + "END")).split())

    assert "END" in said
    assert "…" in said


def test_a_verdict_says_how_many_checks_were_not_run():
    stream = io.StringIO()
    late = replace(failed("test_late"), outcome=Outcome.TIMED_OUT)
    left = [replace(passed(name), outcome=Outcome.NOT_RUN) for name in ("test_a", "test_b")]

    print_verdict(Console(file=stream, width=120), "timed_out", "It took too long.", [late, *left])

    assert "Timed out: It took too long. 2 of 3 checks were not run." in stream.getvalue()


HIDDEN = (replace(failed("test_h1", hidden=True)), replace(failed("test_h2", hidden=True)))


def test_hidden_failures_are_counted_with_the_others_and_named():
    said = shown(*CHECKS, *HIDDEN, rest="Look there.")

    assert "3 more did not pass, 2 of them hidden. Look there." in said


def test_where_every_visible_failure_is_told_the_hidden_ones_are_counted():
    assert "2 hidden checks did not pass either." in shown(*CHECKS, *HIDDEN, every=True)


def test_one_hidden_failure_alone_is_named_and_nothing_else_is_counted():
    said = shown(HIDDEN[0], rest="Look there.")

    assert "hidden" in said
    assert "more did not pass" not in said


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("a\tb", "a b", ("a\\tb", "a b")),
        ("a\xa0b", "a b", ("a\\xa0b", "a b")),
        ("a\u200bb", "ab", ("a\\u200bb", "ab")),
        ("a\r\nb", "a\nb", ("a\\r\nb", "a\nb")),
        ("a ", "a", ("a\\x20", "a")),
        ("a\tb", "a\\tb", ("a\\tb", "a\\\\tb")),
        ("e\u0301", "\xe9", ("e\\u0301", "\\xe9")),
        ("\x1b[31m", "red", ("\\x1b[31m", "red")),
        ("caf\xe9 au lait", "caf\xe9", ("caf\xe9 au lait", "caf\xe9")),
        ("5  6", "5 6", ("5  6", "5 6")),
    ],
)
def test_what_cannot_be_seen_is_written_out_so_that_two_values_differ_to_the_eye(one, other, shown):
    assert write_out_both(one, other) == shown


def test_a_tab_and_a_no_break_space_are_told_apart_in_the_terminal():
    said = shown(replace(failed(), expected="7\tAda", got="7\xa0Ada"))

    assert "expected  7\\tAda" in said
    assert "got       7\\xa0Ada" in said


def test_a_traceback_is_shown_below_what_a_mentor_says():
    check = replace(
        failed(message="It raised KeyError."),
        expected=None,
        got=None,
        detail="line 7, in tally\nKeyError: 'x'",
    )

    said = shown(check)

    assert "It raised KeyError." in said
    assert "line 7, in tally" in said


@pytest.mark.parametrize("name", REPORTS)
def test_checks_that_a_server_of_an_older_version_sends_are_told(name):
    checks = [Check.model_validate(check) for check in read_stored(name)["checks"]]
    (check,) = (check for check in checks if check.outcome == "failed" and not check.hidden)

    said = " ".join(shown(check).split())

    steps = [piece for piece in check.evidence if piece.kind not in {"log", "note"}]
    own = [piece.title for piece in steps if piece.request.get("by") != "you"]
    assert any(" ".join(title.split())[:40] in said for title in own)
    assert all(piece.title not in said for piece in steps if piece.title not in own)


def test_what_a_compiler_refused_is_printed_without_terminal_codes():
    said = io.StringIO()
    console = Console(file=said, width=80)

    print_build(console, BuildReport(passed=True, output="a warning", seconds=0.1))
    print_build(console, BuildReport(passed=False, output="main.go:3:1: \x1b[31mno", seconds=0.1))

    assert "The compiler refused it, so no check was run:\n  main.go:3:1: " in said.getvalue()
    assert "\x1b" not in said.getvalue()
    assert "a warning" not in said.getvalue()
