"""Checks of the words for statuses."""

from milepost.engine.checks import check
from milepost.engine.checks.cases import spread

from checks.support import CLASSES, call, class_of


def ask_word(solution, status):
    """Return the word that `classify_status` gives for this status."""
    promise = (
        f"It never raises: every number has a word, and that of {status} is `{class_of(status)}`. The traceback names "
        "the place; see which numbers your code does not expect there"
    )
    return call(solution, "classify_status", status, promise, f" for {status}")


@check(task="sort-the-answers", objectives=["language.conditionals"])
def test_status_classes_at_their_borders(solution, random):
    """Every class begins and ends where the table says"""
    for status in spread(random, *((first, first + 99) for first in range(100, 600, 100))):
        word = ask_word(solution, status)
        assert word == class_of(status), (
            f"Your `classify_status` gave another word than the table for {status}. {explain_word(word, status % 100 in (0, 99))}"
        )


def explain_word(word, is_border):
    """Say what may be wrong with a word for a status."""
    if word not in CLASSES:
        return "It is none of the six words: return one of them for every number, spelt as in the table"
    if is_border:
        return "A border is part of exactly one class; try the first and the last number of each"
    return "See which of your conditions is the first that this number meets"


@check(task="sort-the-answers", objectives=["language.conditionals"], hidden=True)
def test_statuses_outside_the_classes(solution, random):
    """A status is other exactly where it is in none of the five classes"""
    assert ask_word(solution, 200) == "success", (
        "Your `classify_status` does not call 200 a success. That is the answer most requests "
        "get; begin with the table's five classes"
    )
    for status in [0, 99, 600, 999, random.randint(1, 98), random.randint(601, 998)]:
        word = ask_word(solution, status)
        assert word == "other", (
            f"Your `classify_status` gave another word than `other` for {status}, which is in none "
            "of the five classes. What is left over after all questions needs its own answer, or "
            "it is counted as something it is not"
        )
