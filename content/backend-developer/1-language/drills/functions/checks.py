"""Checks of the addresses. Every title is drawn from the seed of the run, word by word.

What a title must become is put together from the same words, never by taking the title apart.
"""

from milepost.engine.checks import check

LETTERS = "abcdefghijklmnopqrstuvwxyz"
BETWEEN = [" ", "  ", ", ", " – ", "! ", " / ", "...", " (", "_", "\t", "'"]


def draw_words(random):
    """Draw some words and a number, as they stand in a slug."""
    words = ["".join(random.choices(LETTERS, k=random.randint(2, 8))) for _ in range(random.randint(2, 4))]
    return [*words, str(random.randint(3, 2099))]


def write_title(random, words):
    """Write words as a title: some with capitals, with all sorts of signs between and around them."""
    written = [random.choice([word, word.title(), word.upper()]) for word in words]
    title = random.choice(BETWEEN)
    for word in written:
        title += word + random.choice(BETWEEN)
    return title


@check(task="name-the-articles", objectives=["language.functions"])
def test_title_becomes_slug(solution, random):
    """A title becomes small words with one hyphen between them"""
    words = draw_words(random)
    title = write_title(random, words)

    assert solution.call("to_slug", title) == "-".join(words), (
        "All that stands between two words is one gap, however many signs it has"
    )
    assert solution.call("to_slug", "?!") == "", "A title without any word has nothing to offer"


@check(task="name-the-articles", objectives=["language.functions"])
def test_free_slug_is_taken_as_it_is(solution, random):
    """A slug that is free is returned as it is"""
    words = draw_words(random)
    slug = "-".join(words)
    near = [f"{slug}-2", f"{slug}s", slug[:-1]]
    random.shuffle(near)

    assert solution.call("choose_slug", write_title(random, words), near) == slug, (
        "Only the very same slug stands in its way, and the title is cleaned as `to_slug` does it"
    )


@check(task="name-the-articles", objectives=["language.functions"])
def test_taken_slug_gets_the_first_free_number(solution, random):
    """A slug that is taken gets the first number that is free"""
    words = draw_words(random)
    slug = "-".join(words)
    several = random.randint(2, 8)

    for last in (1, several, several + 1):
        taken = [slug, *(f"{slug}-{number}" for number in range(2, last + 1))]
        random.shuffle(taken)
        found = solution.call("choose_slug", write_title(random, words), taken)
        assert found == f"{slug}-{last + 1}", (
            "The second article of a name is number 2; several may be taken already, in any order"
        )


@check(task="name-the-articles", objectives=["language.functions"])
def test_same_question_same_answer(solution, random):
    """Asked the same again, it returns the same again"""
    words = draw_words(random)
    slug = "-".join(words)
    title = write_title(random, words)

    found = [solution.call("choose_slug", title, taken) for taken in ([], [slug], [], [slug])]

    assert found == [slug, f"{slug}-2", slug, f"{slug}-2"], (
        "What is taken stands in the list alone: a function that also remembers surprises whoever calls it next"
    )
