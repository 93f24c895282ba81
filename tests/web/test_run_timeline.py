"""The figure of a whole run: lanes, bars and shares, and nothing of hidden checks."""

import pytest

from fakes.grader import failed, passed
from fakes.recorded import recorded
from milepost.engine.evidence.contract import REQUESTS, STATEMENTS
from milepost.web.rendering.run_timeline import WIDTH, draw_run


def piece(kind, at, took):
    return recorded(kind, at_seconds=at, duration_seconds=took)


def test_a_check_is_drawn_where_it_ran_and_what_it_sent_on_top():
    check = passed(
        at_seconds=1.0,
        duration_seconds=0.5,
        evidence=(piece("exchange", 1.1, 0.2), piece("statement", 1.15, 0.1)),
    )

    run = draw_run([check], 2.0)

    [line] = run.lines
    assert (line.whole.x, line.whole.width) == (WIDTH / 2, WIDTH / 4)
    assert [(bar.lane, bar.x, bar.width) for bar in line.bars] == [
        ("requests", 550.0, 100.0),
        ("statements", 575.0, 50.0),
    ]
    assert line.counts == ((REQUESTS, 1), (STATEMENTS, 1))


def test_requests_side_by_side_count_once_and_what_is_left_is_waiting():
    check = passed(
        at_seconds=0.0,
        duration_seconds=1.0,
        evidence=(piece("exchange", 0.2, 0.4), piece("exchange", 0.4, 0.4)),
    )

    shares = {share.lane.name: share for share in draw_run([check], 1.0).shares}

    assert (shares["requests"].count, shares["requests"].seconds) == pytest.approx((2, 0.6))
    assert shares["waiting"].seconds == pytest.approx(0.4)


def test_hidden_checks_are_counted_and_not_drawn():
    hidden = passed("test_secret", hidden=True, at_seconds=0.5)

    run = draw_run([passed(at_seconds=0.1), hidden], 1.0)

    assert [line.check.name for line in run.lines] == ["test_two_numbers_are_added"]
    assert run.hidden_count == 1


def test_a_record_that_does_not_say_when_begins_with_its_first_evidence():
    [line] = draw_run([failed(at_seconds=None)], 1.0).lines

    assert line.whole.x == 1.0


def test_without_any_moment_there_is_nothing_to_draw():
    assert draw_run([passed(at_seconds=None)], 1.0) is None
    assert draw_run([], 1.0) is None


@pytest.mark.parametrize("seconds", [0.0004, 0.001, 0.0123, 0.5, 1.0, 1.14, 2.0, 9.99, 59.0, 600.0])
def test_the_axis_has_a_few_numbers_that_one_can_read(seconds):
    ticks = draw_run([passed(at_seconds=0.0, duration_seconds=0.0)], seconds).ticks

    assert 1 <= len(ticks) <= 5
    assert all(0 < tick.share <= 1 for tick in ticks)
    assert all(f"{tick.seconds:.0e}"[0] in "12345678" for tick in ticks)


def test_what_took_no_time_is_still_seen_even_at_the_very_end():
    [line] = draw_run([passed(at_seconds=1.0, duration_seconds=0.0)], 1.0).lines

    assert line.whole.width > 0
    assert line.whole.x + line.whole.width <= WIDTH
