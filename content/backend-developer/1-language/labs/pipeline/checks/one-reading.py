"""Checks of the functions that look at one line, or at one reading."""

from milepost.engine.checks import check, exactly

from checks.support import HIVES, ask, draw_readings, in_words, require_value, say_name, write_line


@check(task="one-reading", objectives=["language.functions"])
def test_a_line_becomes_a_reading(solution, random):
    """A line becomes a reading: a time, a hive and a weight"""
    readings = draw_readings(random, random.sample(HIVES, 3), 1)
    readings += [{**readings[0], "grams": 0}, {**readings[1], "hive": random.choice(["roof-3", "b_7", "Ägidius"]), "grams": 9}]
    for reading in readings:
        line = write_line(reading)
        got = ask(solution, "read_line", line)
        assert exactly(got) == reading, (
            f"Your {say_name(solution, 'read_line')} made something else of `{line.strip()}`. Other functions look the three parts up by name, and "
            "count with the weight: `time` and `hive` are text, `grams` is a whole number"
        )
    line = write_line(readings[0]).removesuffix("\n")
    assert exactly(ask(solution, "read_line", line)) == readings[0], (
        f"Your {say_name(solution, 'read_line')} made something else of a line without a line ending. The last line of a stream may have none, and is "
        "a line like any other"
    )


@check(task="one-reading", objectives=["language.functions"])
def test_a_broken_line_gives_nothing(solution, random):
    """A broken line gives nothing, and no error"""
    reading = draw_readings(random, random.sample(HIVES, 1), 1)[0]
    time, hive, grams = reading.values()
    ask(solution, "read_line", write_line(reading))
    broken = {
        "one part is missing": f"{time} {hive}\n",
        "nothing is on it": "\n",
        "it is empty": "",
        "one part is too many": f"{time} {hive} {grams} {grams}\n",
        "two spaces stand between two parts": f"{time} {hive}  {grams}\n",
        "it begins with a space": f" {hive} {grams}\n",
        "it ends with a space": f"{time} {hive} {grams} \n",
        "the weight has a point": f"{time} {hive} {grams // 1000}.5\n",
        "the weight has a letter": f"{time} {hive} {grams}g\n",
        "the weight has a sign": f"{time} {hive} -{grams}\n",
        "the weight is no digits": f"{time} {hive} ?????\n",
    }
    for what, line in broken.items():
        with in_words(say_name(solution, "read_line")):
            got = solution.call("read_line", line)
        assert got is None, (
            f"Your {say_name(solution, 'read_line')} did not return {'`null`' if solution.language == 'node' else '`None`'} for a line that is broken: {what}. "
            "A guess would be taken for a weight: describe a whole line from its first letter to its last, and take nothing else"
        )


def draw_boxes(random, hives):
    """Draw what the empty boxes weigh."""
    return {hive: random.randint(60, 140) * 100 for hive in hives}


@check(task="one-reading", objectives=["language.functions"])
def test_the_box_is_taken_off(solution, random):
    """The weight of the box is taken off, where it is known"""
    readings = draw_readings(random, random.sample(HIVES, 4), 1)
    boxes = draw_boxes(random, [reading["hive"] for reading in readings[:3]])
    readings[2]["grams"] = random.randint(0, 200)  # the box is down for cleaning
    for reading in readings:
        got = ask(solution, "without_box", reading, boxes)
        expected = {**reading, "grams": reading["grams"] - boxes.get(reading["hive"], 0)}
        known = f"weighs {boxes[reading['hive']]}" if reading["hive"] in boxes else "is not among the boxes, so nothing comes off"
        assert got == expected, (
            f"Your {say_name(solution, 'without_box')} returned another reading than it should. The box of `{reading['hive']}` {known}; time and hive "
            "stay, and a weight below zero is right while a box is away"
        )


@check(task="one-reading", objectives=["language.functional-programming"])
def test_the_reading_stays_as_it_was(solution, random):
    """The reading that was given stays as it was, so asking twice gives the same twice"""
    reading = draw_readings(random, random.sample(HIVES, 1), 1)[0]
    boxes = draw_boxes(random, [reading["hive"]])
    name = say_name(solution, "without_box")
    with in_words(name):
        seen = solution.observe("without_box", reading, boxes)
    require_value(solution, "without_box", seen.value)
    assert seen.arguments == (reading, boxes), (
        f"Your {name} wrote into what it was given. Others hold the same reading and count with it, and taking the box off "
        "a second time would take it off twice: make a new record, with the old one's parts in it"
    )
    again = ask(solution, "without_box", reading, boxes)
    assert again == seen.value, (
        f"Your {name} was asked the same twice, and did not return the same twice. What it returns may depend on its arguments alone: let it "
        "keep nothing from one call to the next"
    )
    assert again == {**reading, "grams": reading["grams"] - boxes[reading["hive"]]}, (
        f"Your {name} left alone what it was given, and returned another reading than one without the box. It has to do both: make a new record, and "
        "take the box off in there"
    )
