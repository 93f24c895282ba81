"""Checks of the sums of a season, which come from one walk through the readings."""

from milepost.engine.checks import check

from checks.support import HIVES, ask, draw_readings, in_words, require_value, run_long, say_name

ROUND_PYTHON = '''
hives = [f"hive-{number}" for number in range(50)]


def make_round(number):
    for hive in hives:
        yield {"time": f"{number:09}", "hive": hive, "grams": 30000 + number}
'''
ROUND_NODE = """
const hives = Array.from({ length: 50 }, (_, number) => `hive-${number}`);

function* makeRound(number) {
  for (const hive of hives) yield { time: String(number).padStart(9, "0"), hive, grams: 30000 + number };
}
"""


def sum_up(readings):
    """Return the sums of readings, from the readings of each hive by themselves."""
    by_hive = {}
    for reading in readings:
        by_hive.setdefault(reading["hive"], []).append(reading)
    return {hive: sum_up_hive(each) for hive, each in by_hive.items()}


def sum_up_hive(readings):
    """Return the sums of one hive."""
    heaviest = max(reading["grams"] for reading in readings)
    when = next(reading["time"] for reading in readings if reading["grams"] == heaviest)
    return {
        "readings": len(readings),
        "gained": readings[-1]["grams"] - readings[0]["grams"],
        "heaviest": {"time": when, "grams": heaviest},
    }


def require_sums(solution, readings, why):
    """See that the sums of some readings are right."""
    got, expected = ask(solution, "season", readings), sum_up(readings)
    name = say_name(solution, "season")
    fitting = isinstance(got, dict) and all(isinstance(each, dict) for each in got.values())
    assert fitting, f"Your {name} returned something else than a record with one record for each hive. Its readers look a hive up by its name"
    assert set(got) == set(expected), f"Your {name} returned sums of other hives than those in the stream: one record for each hive that sent a reading"
    for hive, sums in got.items():
        assert sums == expected[hive], f"Your {name} returned wrong sums for `{hive}`. {why}"


def draw_season(random):
    """Draw the readings of a few hives, of which none is heaviest in its first or last one."""
    readings = draw_readings(random, random.sample(HIVES, 4), 6)
    for hive in {reading["hive"] for reading in readings}:
        own = [reading for reading in readings if reading["hive"] == hive]
        heaviest = max(own, key=lambda reading: reading["grams"])
        middle = random.choice(own[1:-1])
        heaviest["grams"], middle["grams"] = middle["grams"], heaviest["grams"]
    return readings


@check(task="a-season", objectives=["language.loops"])
def test_a_season_sums_up_each_hive(solution, random):
    """A season has the number of readings, the gain and the heaviest reading of each hive"""
    readings = draw_season(random)
    require_sums(
        solution,
        readings,
        "The gain is the last weight less the first one, below zero where a hive got lighter; the heaviest reading has its time and its grams, and nothing else",
    )
    alone = draw_readings(random, random.sample(HIVES, 1), 1)
    require_sums(solution, alone, "A hive with one reading has gained nothing, and that reading is its heaviest")
    with in_words(say_name(solution, "season")):
        got = solution.call("season", [])
    assert got == {}, f"Your {say_name(solution, 'season')} did not return an empty record for a stream without readings. No hive has sent anything, so there are no sums"


@check(task="a-season", objectives=["language.loops"])
def test_the_first_of_the_heaviest_counts(solution, random):
    """Of several heaviest readings, the first one counts"""
    readings = draw_season(random)
    hive = readings[0]["hive"]
    own = [reading for reading in readings if reading["hive"] == hive]
    for reading in random.sample(own, 3):
        reading["grams"] = 51_000
    require_sums(solution, readings, "It was as heavy three times, and heaviest is the reading that was first: a later one has to be heavier to take its place")


@check(task="a-season", objectives=["language.functional-programming"])
def test_a_season_leaves_its_readings_as_they_were(solution, random):
    """The readings are left as they were"""
    readings, name = draw_season(random), say_name(solution, "season")
    with in_words(name):
        seen = solution.observe("season", readings)
    require_value(solution, "season", seen.value)
    assert seen.arguments == (readings,), (
        f"Your {name} changed the readings that it was given, or their order. They belong to whoever called: keep your sums in records of your own"
    )
    is_summed_up = isinstance(seen.value, dict) and set(seen.value) == {reading["hive"] for reading in readings}
    assert is_summed_up, (
        f"Your {name} left its readings alone, and returned no record for each hive among them. It has to do both: look at each reading, and write into "
        "records of your own"
    )


@check(task="a-season", objectives=["language.functions"])
def test_each_season_begins_with_nothing(solution, random):
    """Each season begins with nothing, and the same readings give the same sums"""
    readings = draw_season(random)
    for which in ("first", "second"):
        require_sums(
            solution,
            readings,
            f"This was the {which} of two calls with equal readings, which give equal sums. What a function remembers from the call before it counts twice: "
            "make your record of hives inside the function",
        )


@check(task="a-season", objectives=["language.loops"])
def test_a_season_keeps_a_few_numbers(program, solution, data, random):
    """However long a season is, no more than a few numbers of each hive are kept"""
    hive = f"hive-{random.randint(10, 40)}"
    rounds, found = run_long(
        program,
        solution,
        data,
        {"python": ROUND_PYTHON, "node": ROUND_NODE},
        python=f'season(radio()).get("{hive}")',
        node=f'season(radio())["{hive}"] ?? null',
    )
    expected = {"readings": rounds, "gained": rounds - 1, "heaviest": {"time": f"{rounds - 1:09}", "grams": 29_999 + rounds}}
    assert found == expected, (
        f"Your `season` returned other sums for `{hive}` in a stream of {rounds * 50} readings of 50 hives, each of which grows by a gram every time. They are "
        "formed as those of a short stream: see what your function forgets on a long way"
    )


@check(task="a-season", objectives=["language.loops"], hidden=True)
def test_a_heaviest_reading_may_be_below_zero(solution, random):
    """The heaviest reading of a hive may be below zero"""
    readings = draw_season(random)
    hive = readings[-1]["hive"]
    for reading in readings:
        reading["grams"] -= 60_000 if reading["hive"] == hive else 0
    require_sums(solution, readings, "Its box was away, so all of its weights are below zero, and the one nearest to zero is the heaviest: begin with the first weight, not with 0")
