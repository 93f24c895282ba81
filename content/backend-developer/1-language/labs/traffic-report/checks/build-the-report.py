"""Checks of the report that a list of lines leads to."""

from dataclasses import replace

from milepost.engine.checks import SolutionRaised, check

from checks.support import (
    WORDS,
    as_json,
    assert_statuses,
    break_lines,
    call,
    make_entries,
    make_entry,
    part,
    read_busiest_hour,
    read_top_paths,
    summarise,
)


def ask_report(solution, lines, damaged=()):
    """Return the report that `build_report` makes of these lines, of which some may be damaged."""
    try:
        report = as_json(solution, solution.call("build_report", lines))
    except SolutionRaised:
        find_line_that_raises(solution, lines, damaged)
        raise
    assert isinstance(report, dict), (
        "Your `build_report` gave something else than an object. Others look its parts up by "
        "name, so return one object, also while parts of it are still missing"
    )
    return report


def find_line_that_raises(solution, lines, damaged):
    """Report each line alone, so that the learner sees for which one their code raises, and what kind of line it is."""
    for line in lines:
        about, promise = (
            " for a single line, which is whole",
            "Nothing is wrong with the line, so the slip is in your code; the traceback names the place",
        )
        if line in damaged:
            about, promise = (
                " for a single line, which is damaged",
                "A log always has a few damaged lines, and a report that breaks off at one tells nothing: count it as "
                "malformed and go on",
            )
        elif not line.strip():
            about, promise = " for a single line, which is empty", "An empty line is neither a request nor malformed: skip it"
        call(solution, "build_report", [line], promise, about)


@check(task="build-the-report", objectives=["language.data-types"])
def test_sizes_are_added_as_numbers(solution, random):
    """Sizes are added up as numbers"""
    entries = [make_entry(random) for _ in range(20)]
    entries[7] = replace(entries[7], size=None)
    report = ask_report(solution, [entry.line for entry in entries])
    total = part(report, "bytes")
    assert total == summarise(entries)["bytes"], f"Your `bytes` is not the sum of all sizes. {explain_sum(total)}"


def explain_sum(total):
    """Say what may be wrong with a sum of sizes."""
    if isinstance(total, str):
        return "Digits read from a file are text until they are converted: text is joined, only numbers are added"
    if total == 0:
        return "Nothing was added: these lines are all whole, so see first whether `parse_line` reads them"
    return "Each line's size is added once, as a number, and a `-` counts as 0"


@check(task="build-the-report", objectives=["language.loops"])
def test_every_line_counts_once(solution, random):
    """Every line counts once: the first, the last and those after a malformed one"""
    entries = make_entries(random, 40)
    broken = break_lines(random, make_entry(random))
    lines = [entry.line for entry in entries]
    for line in [*broken, "", "   "]:
        lines.insert(random.randint(1, len(lines) - 1), line)
    expected = summarise(entries, malformed=len(broken))
    report = ask_report(solution, lines, broken)
    assert part(report, "requests") == expected["requests"], (
        "Your `requests` is not the number of lines that can be read. The first counts, the last "
        "and those after a malformed line; damaged and empty lines don't"
    )
    assert part(report, "malformed") == expected["malformed"], (
        "Your `malformed` is not the number of damaged lines. The reader must know how much is "
        "missing: skip them, but count them. Empty lines are not damaged"
    )
    assert part(report, "visitors") == expected["visitors"], (
        "Your `visitors` is not the number of different addresses. Who comes back is still one "
        "visitor"
    )
    assert_statuses(report, expected)


@check(task="build-the-report", objectives=["language.conditionals"])
def test_equals_are_put_in_order(solution, random):
    """Paths and hours with equal counts come in the promised order"""
    names = sorted(random.sample(WORDS, 8), reverse=True)
    counts = [2, 2, 2, 2, 2, 5, 1, 1]
    hours = random.sample(range(24), 2)
    asked = [f"/{name}" for name, count in zip(names, counts, strict=True) for _ in range(count)]
    asked.append("/")
    first = make_entry(random)
    entries = [
        replace(
            make_entry(random),
            path=path,
            day=first.day,
            month=first.month,
            year=first.year,
            hour=hour,
        )
        for path, hour in zip(asked, [max(hours), min(hours)] * len(asked), strict=False)
    ]
    expected = summarise(entries)
    report = ask_report(solution, [entry.line for entry in entries])
    paths = read_top_paths(report)
    assert paths != [], (
        "Your `top_paths` is empty, though all these lines are whole. See first whether `parse_line` reads them, and then "
        "whether their paths are counted"
    )
    assert paths == expected["top_paths"], (
        "Your `top_paths` is in another order, or holds other paths. A tie is a case of its own: "
        "of paths with equally many requests, the alphabetically first comes first, or the same "
        "traffic gives two different reports"
    )
    assert read_busiest_hour(report) == expected["busiest_hour"], (
        "Your `busiest_hour` is another hour, or has another count. Of several hours with equally "
        "many requests the earliest is the busiest, whichever the log names first"
    )


@check(task="build-the-report", objectives=["language.functions"])
def test_reports_do_not_mix(solution, random):
    """A second report knows nothing of the first"""
    lines = [entry.line for entry in make_entries(random, 12)]
    others = [entry.line for entry in make_entries(random, 7)]
    first = ask_report(solution, lines)
    assert part(first, "requests") == len(lines), (
        "Your report of twelve good lines does not speak of twelve requests. Count each line that "
        "can be read, once"
    )
    second = ask_report(solution, others)
    assert part(second, "requests") == len(others), (
        "Your second report does not count its own lines alone. What a function counts belongs "
        "inside it, made anew by each call"
    )
    third = ask_report(solution, lines)
    assert third == first, (
        "Your `build_report` gave another report for the same lines. A function whose answer depends on "
        "what it did before can't be trusted twice"
    )
