"""Checks of the four steps: what each gives, and how far it had to read for it."""

from milepost.engine.checks import check

from checks.support import (
    HIVES,
    Use,
    cut_off,
    draw_readings,
    list_broken,
    list_changes,
    require_given,
    require_reads,
    watch,
    write_line,
)

HEAVY_PYTHON = '''
def is_heavy(reading, border=BORDER):
    return reading["grams"] > border
'''
HEAVY_NODE = """
function isHeavy(reading, border = BORDER) {
  return reading.grams > border;
}
"""


def draw_hives(random):
    """Draw the names of a few hives."""
    return random.sample(HIVES, random.randint(3, 4))


def mix_in(random, readings, broken):
    """Write readings as lines, with broken ones before, between and behind them: return the lines, and where each reading stands, from 1."""
    lines, places = [broken[0]], []
    gaps = random.sample(range(1, len(readings)), len(broken) - 2)
    for number, reading in enumerate(readings):
        lines += [broken[1 + gaps.index(number)]] if number in gaps else []
        lines.append(write_line(reading))
        places.append(len(lines))
    return [*lines, broken[-1]], places


@check(task="lazy-steps", objectives=["language.loops"])
def test_readings_pass_over_broken_lines(program, solution, data, random):
    """`readings` gives the reading of each whole line, and passes over the broken ones"""
    made = draw_readings(random, draw_hives(random), 4)
    lines, _ = mix_in(random, made, list_broken(random))
    lines[-2] = lines[-2].removesuffix("\n")
    only_broken = list_broken(random)
    cases = [(lines, made), (only_broken, []), ([], []), ([write_line(made[0])], made[:1])]
    uses = [Use("readings(stream)", items) for items, _ in cases]
    for use, note, (_, expected) in zip(uses, watch(program, solution, data, uses), cases, strict=True):
        require_given(
            use,
            note,
            expected,
            "Each whole line is one reading, in the order of the lines. A broken one is passed over, and the walk goes on behind it",
            solution.language,
        )


@check(task="lazy-steps", objectives=["language.functional-programming"])
def test_keep_leaves_the_question_to_its_caller(program, solution, data, random):
    """`keep` keeps what the function that it is given says"""
    words = random.sample(["bee", "drone", "", "queen", "wax"], 5)
    counts = random.sample(range(20), 9)
    cases = [
        (Use("keep(stream, lambda count: count % 3 == 0)", counts, "keep(stream, (count) => count % 3 === 0)"), [n for n in counts if n % 3 == 0]),
        (Use("keep(stream, len)", words, "keep(stream, (word) => word.length)"), [word for word in words if word]),
        (Use("keep(stream, lambda count: False)", counts, "keep(stream, () => false)"), []),
    ]
    uses = [use for use, _ in cases]
    for (use, expected), note in zip(cases, watch(program, solution, data, uses), strict=True):
        require_given(
            use,
            note,
            expected,
            "Which items stay, only the function knows that was handed in: keep an item where it returns something that counts as true, as the length of a word does",
            solution.language,
        )


@check(task="lazy-steps", objectives=["language.functional-programming"])
def test_keep_asks_with_one_item_alone(program, solution, data, random):
    """`keep` calls the function with one item and nothing else"""
    readings = draw_readings(random, draw_hives(random), 4)
    border = sorted(reading["grams"] for reading in readings)[len(readings) // 2]
    use = Use("keep(stream, is_heavy)", readings, "keep(stream, isHeavy)")
    defined = {"python": HEAVY_PYTHON.replace("BORDER", str(border)), "node": HEAVY_NODE.replace("BORDER", str(border))}
    (note,) = watch(program, solution, data, [use], **defined)
    require_given(
        use,
        note,
        [reading for reading in readings if reading["grams"] > border],
        f"This function takes a border as a second argument, and {border} if it is given none. You were to call it with the item alone: see what the step that "
        "calls it for you passes along",
        solution.language,
    )


@check(task="lazy-steps", objectives=["language.loops"])
def test_a_change_is_between_readings_of_one_hive(program, solution, data, random):
    """`changes` compares each reading with the one before of the same hive"""
    readings = draw_readings(random, draw_hives(random), 4)
    same = [{**readings[0], "grams": grams} for grams in (31_000, 31_000, 30_500)]
    once = draw_readings(random, draw_hives(random), 1)
    cases = [(readings, "each hive again and again"), (same, "one hive, once without a difference"), (once, "no hive twice"), ([], "no reading at all")]
    uses = [Use("changes(stream)", items) for items, _ in cases]
    for use, note, (items, what) in zip(uses, watch(program, solution, data, uses), cases, strict=True):
        require_given(
            use,
            note,
            [found for found, _ in list_changes(items)],
            f"In this stream there is {what}. The first reading of a hive has nothing to be compared with; every other one is a change, with its own time, "
            "its hive, and its weight less the one before of that hive, whatever other hives sent in between",
            solution.language,
        )


@check(task="lazy-steps", objectives=["language.loops"])
def test_first_gives_so_many_and_ends(program, solution, data, random):
    """`first` gives so many items and then ends, and fewer where there are fewer"""
    items = random.sample(range(100, 999), 8)
    count = random.randint(3, 6)
    cases = [(items, count), (items, 1), (items, 0), (items, len(items)), (items[:2], 5), ([], 3)]
    uses = [Use(f"first(stream, {count})", given) for given, count in cases]
    for use, note, (given, count) in zip(uses, watch(program, solution, data, uses), cases, strict=True):
        require_given(
            use,
            note,
            given[:count],
            f"The stream has {len(given)} items, and {count} of them were wanted. Count what you have given, and try it with 0 as well",
            solution.language,
        )


@check(task="lazy-steps", objectives=["language.functional-programming"])
def test_a_step_reads_when_it_is_asked(program, solution, data, random):
    """A step reads nothing before it is asked, and no further than the next item needs"""
    made = draw_readings(random, draw_hives(random), 4)
    lines, places = mix_in(random, made, [cut_off(random) for _ in range(5)])
    border = sorted(reading["grams"] for reading in made)[len(made) // 2]
    heavy = [place for place, reading in enumerate(made, start=1) if reading["grams"] > border]
    cases = [
        (Use("readings(stream)", lines), places),
        (Use(f'keep(stream, lambda each: each["grams"] > {border})', made, f"keep(stream, (each) => each.grams > {border})"), heavy),
        (Use("changes(stream)", made), [place for _, place in list_changes(made)]),
    ]
    uses = [use for use, _ in cases]
    for (use, reads), note in zip(cases, watch(program, solution, data, uses), strict=True):
        require_reads(
            use,
            note,
            reads,
            "A scale sends its next line in five minutes, and until then nothing more can be read: hand an item on as soon as it is known",
            solution.language,
        )
        everything = len(use.items)
        assert note["ended"] == everything, (
            f"{use.show(solution.language)} ended after {note['ended']} of {everything} items. More may come behind what gave nothing: only the end of the "
            "stream is the end"
        )


@check(task="lazy-steps", objectives=["language.loops"])
def test_first_reads_not_one_too_many(program, solution, data, random):
    """`first` reads as many items as it gives, and not one more"""
    items = random.sample(range(100, 999), 8)
    counts = [random.randint(3, 6), 1, 0]
    uses = [Use(f"first(stream, {count})", items) for count in counts]
    for use, note, count in zip(uses, watch(program, solution, data, uses), counts, strict=True):
        require_reads(use, note, list(range(1, count + 1)), "Each item can be handed on as soon as it is there", solution.language)
        assert note["ended"] == count, (
            f"{use.show(solution.language)} had read {note['ended']} items when it ended, of which {count} were wanted. The one too many may never come, "
            "or come in an hour, and everybody waits for it: stop before you ask for it, not after"
        )


@check(task="lazy-steps", objectives=["language.functional-programming"])
def test_steps_leave_their_items_as_they_were(program, solution, data, random):
    """Steps leave the readings that they look at as they were"""
    readings = draw_readings(random, draw_hives(random), 3)
    uses = [Use("changes(stream)", readings), Use("keep(stream, lambda each: True)", readings, "keep(stream, () => true)")]
    for use, note in zip(uses, watch(program, solution, data, uses), strict=True):
        assert note["given"], f"{use.show(solution.language)} gave nothing at all for a stream of {len(readings)} readings. See that it gives its items"
        assert note["items"] == readings, (
            f"{use.show(solution.language)} wrote into readings of its stream. Another step may hold them too, and finds weights that no scale has sent: "
            "make a new record for what you give"
        )


@check(task="lazy-steps", objectives=["language.functions"], hidden=True)
def test_two_streams_do_not_mix(program, solution, data, random):
    """Two streams of the same hives, walked through in turn, know nothing of each other"""
    hives = draw_hives(random)
    streams = [draw_readings(random, hives, rounds) for rounds in (4, 3)]
    use = Use("changes(stream)", streams[0], how="together", others=streams[1])
    (note,) = watch(program, solution, data, [use])
    expected = [[found for found, _ in list_changes(stream)] for stream in streams]
    assert note["value"] == expected, (
        "Your `changes` was used on two streams at once, and what it gave for one of them came from the other. What a step remembers belongs to "
        "one walk through one stream: let it begin inside the function"
    )
