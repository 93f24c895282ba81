"""Checks of two questions that a plain index serves badly: a rare value, and a value in other letters."""

from milepost.engine.checks import check

from checks.support import SENDERS, ask_after_indexes, require_little_read

HELD = "SELECT code, sent_at FROM parcels WHERE state = 'held' ORDER BY sent_at"


@check(task="few-and-odd", objectives=["databases.indexes"])
def test_held_parcels_are_found_among_all(sql, postgres):
    """The parcels that are held are read, and none that is on its way or delivered"""
    got, expected = ask_after_indexes(sql, postgres, HELD)

    assert got == expected, "The list of held parcels is another one now. Indexes change how rows are found, never which ones."
    require_little_read(
        postgres.plan(HELD),
        expected,
        "This question always asks for the one state, so an index may hold just these parcels: give it a WHERE of its own.",
    )


@check(task="few-and-odd", objectives=["databases.indexes"])
def test_a_sender_is_found_in_any_letters(sql, postgres, random):
    """A sender is found by an address in whatever letters, and no other sender is read"""
    number = random.randint(1, SENDERS)
    typed = random.choice([str.upper, str.lower, str.title])(f"Post{number}@Sender{number % 90}.Example")
    question = f"SELECT id, name FROM senders WHERE lower(email) = lower('{typed}')"

    got, expected = ask_after_indexes(sql, postgres, question)

    assert got == expected, "The sender is no longer found. Indexes change how rows are found, never which ones."
    require_little_read(
        postgres.plan(question),
        expected,
        "The question compares `lower(email)`, which is not what an index on `email` is sorted by. An index may be on an expression.",
    )
