"""The road's geometry: any number of skills, walked as far as is proven."""

import pytest

from milepost.web.rendering.road import draw_road


@pytest.mark.parametrize("count", [1, 2, 3, 8, 13])
def test_every_skill_gets_a_stone_inside_both_drawings(count):
    road = draw_road([0.0] * count)

    assert [stone.number for stone in road.stones] == list(range(1, count + 1))
    assert all(0 < stone.x < 100 and 0 < stone.y < 100 for stone in road.stones)
    assert all(0 < stone.column_x < 100 for stone in road.stones)
    assert [stone.x for stone in road.stones] == sorted(stone.x for stone in road.stones)


def test_a_newcomer_has_walked_nothing():
    road = draw_road([0.0, 0.0, 0.0])

    assert road.wide.walked == ""
    assert road.wide.ahead.count("C") == 4


def test_the_stretch_to_the_flag_is_walked_by_its_share():
    road = draw_road([1.0, 0.5, 0.0])

    assert road.tall.walked.count("C") == 2
    assert road.tall.walked.count("M") == 1, "one unbroken line"
    assert road.tall.ahead.count("C") == 3


def test_a_milestone_that_was_passed_over_leaves_a_gap():
    road = draw_road([1.0, 0.0, 1.0])

    assert road.wide.walked.count("M") == 2
    assert road.wide.ahead.count("M") == 2


def test_a_road_that_is_proven_whole_has_nothing_ahead():
    road = draw_road([1.0, 1.0])

    assert road.wide.ahead == ""
    assert road.wide.walked == road.wide.whole
