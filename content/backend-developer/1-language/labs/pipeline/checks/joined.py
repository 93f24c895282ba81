"""Checks of the pipeline, and of the alarm that is made with it."""

from milepost.engine.checks import check

from checks.support import (
    HIVES,
    SWARM,
    Use,
    change,
    cut_off,
    draw_readings,
    list_changes,
    require_given,
    require_reads,
    run_long,
    watch,
    write_line,
)

STEPS_PYTHON = '''
def double(numbers):
    for number in numbers:
        yield number * 2


def add_one(numbers):
    for number in numbers:
        yield number + 1


def odd_ones(numbers):
    for number in numbers:
        if number % 2 == 1:
            yield number


def total(numbers):
    return sum(numbers)


often = pipeline(odd_ones, add_one)
'''
STEPS_NODE = """
function* double(numbers) {
  for (const number of numbers) yield number * 2;
}

function* addOne(numbers) {
  for (const number of numbers) yield number + 1;
}

function* oddOnes(numbers) {
  for (const number of numbers) {
    if (number % 2 === 1) yield number;
  }
}

function total(numbers) {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

const often = pipeline(oddOnes, addOne);
"""
STEPS = {"python": STEPS_PYTHON, "node": STEPS_NODE}
ROUND_PYTHON = f'''
def make_round(number):
    for hive in range(50):
        grams = 40000 + number * 7 % 1000
        if number % PERIOD == PERIOD - 1 and hive == 7:
            grams -= {2 * SWARM}
        yield f"2026-05-14T{{number:09}} hive-{{hive}} {{grams}}\\n"
'''
ROUND_NODE = f"""
function* makeRound(number) {{
  for (let hive = 0; hive < 50; hive += 1) {{
    let grams = 40000 + ((number * 7) % 1000);
    if (number % PERIOD === PERIOD - 1 && hive === 7) grams -= {2 * SWARM};
    yield `2026-05-14T${{number}} hive-${{hive}} ${{grams}}\\n`;
  }}
}}
"""


def draw_numbers(random):
    """Draw numbers, odd and even ones."""
    numbers = [*random.sample(range(11, 99, 2), 5), *random.sample(range(10, 99, 2), 4)]
    random.shuffle(numbers)
    return numbers


@check(task="joined", objectives=["language.functional-programming"])
def test_a_pipeline_sends_items_through_its_steps(program, solution, data, random):
    """`pipeline` returns a function that sends a stream through all steps, the first one first"""
    numbers = draw_numbers(random)
    odd = [number for number in numbers if number % 2]
    readings = draw_readings(random, random.sample(HIVES, 2), 3)
    lines = [write_line(reading) for reading in readings]
    cases = [
        (Use("pipeline(double, add_one)(stream)", numbers, "pipeline(double, addOne)(stream)"), [2 * each + 1 for each in numbers]),
        (Use("pipeline(add_one, double)(stream)", numbers, "pipeline(addOne, double)(stream)"), [2 * (each + 1) for each in numbers]),
        (Use("pipeline(odd_ones, add_one, double)(stream)", numbers, "pipeline(oddOnes, addOne, double)(stream)"), [2 * (each + 1) for each in odd]),
        (Use("pipeline(double)(stream)", numbers), [2 * each for each in numbers]),
        (Use("pipeline()(stream)", numbers), numbers),
        (Use("pipeline(readings, changes)(stream)", lines), [found for found, _ in list_changes(readings)]),
    ]
    uses = [use for use, _ in cases]
    for (use, expected), note in zip(cases, watch(program, solution, data, uses, **STEPS), strict=True):
        require_given(
            use,
            note,
            expected,
            "What the first step gives is what the second one takes, and so on; what the last one gives is returned. Without any step that is the stream itself",
            solution.language,
        )


@check(task="joined", objectives=["language.functional-programming"])
def test_a_pipeline_holds_nothing_back(program, solution, data, random):
    """An item goes through all steps of a pipeline before the next one is read"""
    numbers = draw_numbers(random)
    odd = [place for place, number in enumerate(numbers, start=1) if number % 2]
    everything = list(range(1, len(numbers) + 1))
    cases = [
        (Use("pipeline(add_one, double, add_one)(stream)", numbers, "pipeline(addOne, double, addOne)(stream)"), everything),
        (Use("pipeline(odd_ones, double)(stream)", numbers, "pipeline(oddOnes, double)(stream)"), odd),
    ]
    uses = [use for use, _ in cases]
    for (use, reads), note in zip(cases, watch(program, solution, data, uses, **STEPS), strict=True):
        require_reads(
            use,
            note,
            reads,
            "The steps in this pipeline give each item as soon as they have it, so something between them collects: hand each step the stream of the one before, as it is",
            solution.language,
        )


@check(task="joined", objectives=["language.functions"])
def test_a_pipeline_can_be_used_again(program, solution, data, random):
    """A pipeline can be used again, on other streams, also on two at once"""
    numbers, others = draw_numbers(random), draw_numbers(random)
    uses = [Use("often(stream)", numbers), Use("often(stream)", others), Use("often(stream)", numbers, how="together", others=others)]
    expected, expected_of_others = ([number + 1 for number in each if number % 2] for each in (numbers, others))
    notes = watch(program, solution, data, uses, **STEPS)
    got = [notes[0]["given"], notes[1]["given"], notes[2]["value"]]
    assert got == [expected, expected_of_others, [expected, expected_of_others]], (
        "One pipeline was made, of two steps, and used for one stream, for a second one, and for both at once. It did not do the same each time. "
        "The function that you return may be called often: it leaves its steps as they are, and each call has a stream of its own"
    )


@check(task="joined", objectives=["language.functional-programming"])
def test_the_last_step_may_be_a_sum(program, solution, data, random):
    """A pipeline returns what its last step returns, also where that is no stream"""
    numbers = draw_numbers(random)
    uses = [
        Use("pipeline(double, total)(stream)", numbers, how="value"),
        Use("pipeline(total)(stream)", numbers, how="value"),
    ]
    notes = watch(program, solution, data, uses, **STEPS)
    assert [note["value"] for note in notes] == [2 * sum(numbers), sum(numbers)], (
        "The last step of this pipeline adds everything up and returns a number, and the pipeline did not return that number. Whatever the last step "
        "returns is handed out as it is, not walked through"
    )


def draw_swarming(random):
    """Draw readings of which some mean a swarm: return them, and what is to be told, each with its place."""
    hives = random.sample(HIVES, 3)
    readings = draw_readings(random, hives, 7)
    latest, told = {}, []
    losses = iter(random.sample([-SWARM, -SWARM - 1, -SWARM + 1, -random.randint(1800, 4000), random.randint(SWARM, 2000), *range(-300, 301, 47)], 18))
    for place, reading in enumerate(readings, start=1):
        before = latest.get(reading["hive"])
        if before is not None:
            reading["grams"] = before["grams"] + next(losses)
            found = change(reading, before)
            told += [(found, place)] if found["by"] <= -SWARM else []
        latest[reading["hive"]] = reading
    return readings, told


@check(task="joined", objectives=["language.functional-programming"])
def test_a_swarm_is_told_at_once(program, solution, data, random):
    """`swarms` tells of each swarm as soon as its line is there"""
    readings, told = draw_swarming(random)
    lines, places = [], {}
    for place, reading in enumerate(readings, start=1):
        lines += [cut_off(random)] if random.random() < 0.2 else []
        lines.append(write_line(reading))
        places[place] = len(lines)
    use = Use("swarms(stream)", lines)
    (note,) = watch(program, solution, data, [use])
    why = f"A hive that loses {SWARM} grams or more from one reading to the next has swarmed; one that loses {SWARM - 1}, or gains as much, has not"
    require_given(use, note, [found for found, _ in told], why, solution.language)
    require_reads(
        use,
        note,
        [places[place] for _, place in told],
        "The swarm hangs in the next tree for an hour: an alarm that waits for further lines, or for the end of the stream, comes too late",
        solution.language,
    )


@check(task="joined", objectives=["language.loops"])
def test_a_long_stream_leaves_nothing_behind(program, solution, data, random):
    """However long a stream is, nothing of it is left behind in memory"""
    period = random.randint(110, 130)
    rounds, found = run_long(
        program,
        solution,
        data,
        {"python": ROUND_PYTHON.replace("PERIOD", str(period)), "node": ROUND_NODE.replace("PERIOD", str(period))},
        python="sum(1 for swarm in first(keep(swarms(radio()), lambda each: True), 1000))",
        node="[...first(keep(swarms(radio()), () => true), 1000)].length",
    )
    swarms = rounds // period
    assert found == swarms, (
        f"Your `swarms` found another number of swarms than {swarms} in a stream of {rounds * 50} lines. It is the same as in a short stream: see what your steps "
        "forget, or remember, on a long way"
    )
