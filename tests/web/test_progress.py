"""The page of one's own progress: plots with the same figures as tables beside them."""

import re
from datetime import date

import pytest

from factories.content import TWICE, VISIBLE
from fakes.clock import FakeClock
from fakes.grader import FakeGrader, failed, passed
from milepost.web.rendering.plots import NARROW, WIDE, draw_bars, draw_steps
from milepost.web.rendering.words import say_minutes


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def visitor(client, learner):
    return client.log_in(learner)


async def test_without_any_work_the_page_says_where_to_begin(visitor, make):
    await make.lab()

    page = (await visitor.get("/progress")).text

    assert "Nothing is here yet." in page
    assert '<svg class="plot' not in page
    assert "<table" not in page


async def test_each_plot_has_its_figures_in_a_table(visitor, make, learner, queue, monkeypatch):
    lab, drill = await make.lab(), await make.drill()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader(failed()))
    FakeClock(monkeypatch).set_forward(minutes=9)
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())
    await make.submission(lab=drill, learner=learner)
    await queue.work(FakeGrader(passed(VISIBLE.name), failed(TWICE.name)))

    page = (await visitor.get("/progress")).text

    named = re.findall(r'<svg class="plot is-(\w+)"[^>]+role="img" aria-labelledby="(\S+)">', page)
    assert [each for each in named if each[1] == "days-plot"] == [
        ("wide", "days-plot"), ("narrow", "days-plot"),
    ]  # fmt: skip
    for plot in {title for _, title in named}:
        assert page.count(f'id="{plot}"') == 1
        assert f'<div class="scrolled" role="region" aria-labelledby="{plot}"' in page
    assert page.count("<table>") == 3
    rows = re.findall(r'<tr><th scope="row"><a href="(\S+)">([^<]+)</a>[^<]*</th><td>(\d+)', page)
    assert rows[:2] == [
        ("/paths/tiny/skills/basics/lessons/adding", "Drill of adding", "1"),
        ("/labs/adding", "Adding up", "2"),
    ]
    assert ">1 so far</text>" in page
    assert ">9 min</text>" in page
    assert "at most 15 minutes apart" in page


async def test_where_no_time_is_known_the_page_says_so(visitor, make, learner, queue):
    await make.submission(lab=await make.lab(), learner=learner)
    await queue.work(FakeGrader())

    page = (await visitor.get("/progress")).text

    assert "there is a single sign of work for each lab" in page
    assert "minutes-plot" not in page


async def test_the_road_and_the_account_lead_to_it(visitor, make):
    await make.lab()

    for address in ("/paths/tiny", "/account"):
        assert '<a href="/progress">' in (await visitor.get(address)).text


async def test_who_is_not_signed_in_sees_no_progress(client):
    assert (await client.get("/progress")).status_code == 401


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_lines_run_from_the_axis_to_the_edge_and_stay_inside(width):
    days = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 3, 1)]

    plot = draw_steps(days, ([0, 3, 9], [0, 0, 1]), width)

    for line in plot.lines:
        first, *steps = re.findall(r"[MHV]([\d.]+)", line)
        assert float(first) == plot.left
        assert float(steps[-2]) == plot.right_edge < width
        assert all(0 <= float(each) <= width for each in (first, *steps))
    assert [tick.label for tick in plot.up] == ["0", "3", "6", "9"]
    assert [tick.label for tick in plot.across] == ["1 Jan 2026", "1 Mar 2026"]
    heights = [y for _, y in plot.ends]
    assert heights[0] < heights[1] < plot.floor, "more stands higher"


@pytest.mark.parametrize("most", [1, 4, 5, 81, 1000])
def test_counts_have_few_whole_ticks_that_reach_the_top(most):
    plot = draw_steps([date(2026, 1, 1), date(2026, 1, 2)], ([0, most],))

    labels = [int(tick.label) for tick in plot.up]
    assert labels[0] == 0
    assert most <= labels[-1]
    assert len(labels) <= 5
    assert plot.up[-1].at >= 0


def test_the_longest_bar_leaves_room_for_its_value_and_the_least_is_seen():
    plot = draw_bars([("a", 1, "1"), ("b", 2000, "2,000"), ("c", 0, "0")], NARROW)

    widths = [bar.width for bar in plot.bars]
    assert widths[1] == max(widths) < NARROW - 60
    assert min(widths) > 0
    assert plot.bars[-1].y < plot.height


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(20, "less than a minute"), (65, "1 min"), (3599, "1 h 0 min"), (8000, "2 h 13 min")],
)
def test_time_is_said_to_the_minute(seconds, says):
    assert say_minutes(seconds) == says
