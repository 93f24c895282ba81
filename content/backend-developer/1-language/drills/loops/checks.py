"""Checks of the outages. Every list of probes is drawn from the seed of the run.

What a list must lead to is known from the stretches it is put together from, never by walking through it.
"""

from milepost.engine.checks import check

LOST = ["", "???", "timeout", "UP", "Down", "dwon"]


def draw_outages(random):
    """Draw the lengths of some outages, no two alike, one of them a single `down`."""
    outages = [1, *random.sample(range(2, 30), random.randint(1, 4))]
    random.shuffle(outages)
    return outages


def lay_out(random, outages, *, begins="up", ends="up"):
    """Lay out outages of these lengths, with some `up` between them, before and after."""
    probes = ["up"] * random.randint(1, 9) if begins == "up" else []
    for number, length in enumerate(outages, start=1):
        is_last = number == len(outages)
        probes += ["down"] * length
        probes += ["up"] * (0 if is_last and ends == "down" else random.randint(1, 9))
    return probes


def summarize(solution, probes):
    """Ask the learner's function."""
    return solution.call("summarize_outages", probes)


@check(task="count-the-outages", objectives=["language.loops"])
def test_outages_between_ups(solution, random):
    """Outages that begin and end in the list are counted"""
    outages = draw_outages(random)
    probes = lay_out(random, outages)

    found = summarize(solution, probes)

    assert found == {"outages": len(outages), "longest": max(outages), "skipped": 0}, (
        "An outage is a whole stretch of `down`, however many words it has"
    )


@check(task="count-the-outages", objectives=["language.loops"])
def test_outage_from_the_first_probe(solution, random):
    """An outage that is there from the first word on counts in full"""
    longest = random.randint(30, 40)
    outages = [longest, *draw_outages(random)]
    probes = lay_out(random, outages, begins="down")

    found = summarize(solution, probes)

    assert found == {"outages": len(outages), "longest": longest, "skipped": 0}, (
        "The first word belongs to the first outage: nothing comes before it that it could be compared with"
    )


@check(task="count-the-outages", objectives=["language.loops"])
def test_outage_that_is_not_over(solution, random):
    """An outage that still goes on at the end counts like any other"""
    longest = random.randint(30, 40)
    outages = [*draw_outages(random), longest]
    probes = lay_out(random, outages, ends="down")

    found = summarize(solution, probes)

    assert found == {"outages": len(outages), "longest": longest, "skipped": 0}, (
        "No `up` comes after the last outage, so what waits for one never hears of it"
    )


@check(task="count-the-outages", objectives=["language.loops"])
def test_lost_answers(solution, random):
    """Lost answers are skipped and counted, and the walk goes on"""
    outages = draw_outages(random)
    longest = random.randint(30, 40)
    probes = lay_out(random, [*outages, longest])
    begins = len(probes) - probes[::-1].index("down") - longest  # of the longest, which is the last
    lost = [random.choice(LOST) for _ in range(random.randint(2, 5))]
    for word in lost:
        probes.insert(random.randint(begins + 1, begins + longest - 1), word)

    found = summarize(solution, probes)

    assert found == {"outages": len(outages) + 1, "longest": longest, "skipped": len(lost)}, (
        "A word that says nothing ends neither the outage nor the walk, and it must not get lost uncounted"
    )


@check(task="count-the-outages", objectives=["language.loops"])
def test_no_outage(solution, random):
    """Where nothing was down, or nothing was asked, all is 0"""
    none = {"outages": 0, "longest": 0, "skipped": 0}

    assert summarize(solution, []) == none, "A list without words has no outage, and no longest one either"
    assert summarize(solution, ["up"] * random.randint(1, 20)) == none, "Nothing was down"
