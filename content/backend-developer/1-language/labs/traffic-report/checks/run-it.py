"""Checks of the program: a whole log, and one that is not there."""

from collections import Counter

from milepost.engine.checks import check
from milepost.engine.checks.learner_code import require_exit

from checks.support import WORDS, assert_report, break_lines, make_entries, rank, report_of, summarise


def settle_order(entries):
    """Add a few requests, so that no two of the most requested paths are equal.

    Ties have a check of their own; everywhere else they would blur what a failure means.
    """
    favourites = [path for path, _ in rank(Counter(entry.path for entry in entries))[:6]]
    samples = {entry.path: entry for entry in entries}
    extra = [[samples[path]] * (6 - place) for place, path in enumerate(favourites)]
    return entries + [entry for group in extra for entry in group]


@check(task="run-it", objectives=["language.functions", "language.loops"])
def test_whole_log_becomes_report(program, random):
    """The program prints the report of a whole log"""
    count = random.randint(30_000, 40_000)
    templates = make_entries(random, 2_000)
    entries = settle_order(random.choices(templates, k=count))
    entries.sort(key=lambda entry: (entry.hour, entry.clock))
    lines = [entry.line for entry in entries]
    broken = [line for entry in random.sample(entries, 40) for line in break_lines(random, entry)]
    for line in broken:
        lines.insert(random.randint(1, len(lines) - 1), line)
    run = program.run("access.log", files={"access.log": "\n".join(lines)})
    assert_report(report_of(run), summarise(entries, len(broken)))


@check(task="run-it", objectives=["language.error-handling"])
def test_missing_log_is_named(program, random):
    """A log that is not there is named, and no report is printed"""
    name = f"{random.choice(WORDS)}-{random.randint(100, 999)}.log"
    run = program.run(name)
    why = "Only that number tells a script that there is no such log: 0 means done, 1 is what an unforeseen crash leaves"
    require_exit(run, 2, "on a log that is not there", why)
    assert run.stdout == "", (
        "Your program wrote to standard output without a report to print. A program that reads it as "
        "JSON must find a whole report or nothing at all; say what is wrong on standard error"
    )
    assert name in run.stderr, (
        "Your program did not name the file on standard error. Say which one could not be read, "
        "so that the mistake can be seen without looking at the code"
    )
    assert "Traceback" not in run.stderr and "\n    at " not in run.stderr, (
        "Your program printed a stack trace. That is for the people who write it; the people who run it "
        "need one sentence"
    )
    alone = program.run()
    why = "There is nothing to report, which is a wrong use: look how many arguments there are before you take one"
    require_exit(alone, 2, "where it was given no log", why)
    assert alone.stdout == "", (
        "Your program wrote to standard output, though it was given no log. Without a report it "
        "stays empty"
    )
    assert alone.stderr.strip() != "", (
        "Your program said nothing on standard error, though it was given no log. Say there how "
        "it is used"
    )
