"""Checks of the disks. The borders of each server are drawn from the seed of the run.

What a number must lead to is known from the place where it was drawn, never by comparing it.
"""

from milepost.engine.checks import check


def draw_borders(random):
    """Draw the borders of a server: from which percent it warns, and from which it gives alarm."""
    return random.randint(40, 70), random.randint(80, 95)


def draw_step(random):
    """Draw a step that is less than one percent, and that numbers with a point hold exactly."""
    return random.choice([0.125, 0.25, 0.5, 0.75])


def judge(solution, used, borders):
    """Ask the learner's function."""
    return solution.call("judge_disk", used, *borders)


@check(task="judge-the-disk", objectives=["language.conditionals"])
def test_inside_each_range(solution, random):
    """In the middle of each range, its word is returned"""
    borders = warn, alarm = draw_borders(random)

    assert judge(solution, random.randint(5, warn - 5), borders) == "fine", (
        "This disk has room: it is filled less than `warn`"
    )
    assert judge(solution, random.randint(warn + 3, alarm - 3), borders) == "warn", (
        "This disk is filled more than `warn` and less than `alarm`"
    )
    assert judge(solution, random.randint(alarm + 2, 99), borders) == "alarm", (
        "This disk is filled more than `alarm`. Which of your conditions took it? A number this large also"
        " fits a condition that only asks whether `warn` is reached"
    )


@check(task="judge-the-disk", objectives=["language.conditionals"])
def test_on_the_borders(solution, random):
    """A number on a border belongs to the range that begins there"""
    borders = warn, alarm = draw_borders(random)

    assert judge(solution, warn, borders) == "warn", (
        "The disk is filled exactly `warn` percent. From `warn` on means that this number is the first to warn"
    )
    assert judge(solution, alarm, borders) == "alarm", (
        "The disk is filled exactly `alarm` percent. From `alarm` on means that this number is the first to"
        " give alarm"
    )


@check(task="judge-the-disk", objectives=["language.conditionals"])
def test_just_below_the_borders(solution, random):
    """A part of a percent below a border is still below it"""
    borders = warn, alarm = draw_borders(random)

    assert judge(solution, warn - draw_step(random), borders) == "fine", (
        "Percents have fractions, so numbers lie between the last whole percent and the border: they are"
        " below it as well"
    )
    assert judge(solution, alarm - draw_step(random), borders) == "warn", (
        "Percents have fractions, so numbers lie between the last whole percent and the border: they are"
        " below it as well"
    )


@check(task="judge-the-disk", objectives=["language.conditionals"])
def test_empty_and_full(solution, random):
    """An empty disk is fine, and a full one gives alarm"""
    borders = draw_borders(random)

    assert judge(solution, 0, borders) == "fine", "A new disk is filled 0 percent, and nothing is wrong with it"
    assert judge(solution, 100, borders) == "alarm", (
        "A full disk has 100 percent. It is the one number for which somebody has to get up"
    )


@check(task="judge-the-disk", objectives=["language.conditionals"])
def test_broken_probe(solution, random):
    """What no disk can have is unknown"""
    borders = draw_borders(random)

    for used in (-draw_step(random), -random.randint(1, 99)):
        assert judge(solution, used, borders) == "unknown", (
            "No disk is filled less than 0 percent. Taken for a measurement, this number hides that the probe"
            " is broken"
        )
    for used in (100 + draw_step(random), random.randint(101, 999)):
        assert judge(solution, used, borders) == "unknown", (
            "No disk is filled more than 100 percent. What a last `else` takes unseen is also what nobody"
            " expected"
        )
