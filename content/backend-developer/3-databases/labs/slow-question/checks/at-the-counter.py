"""Checks of the counter, where somebody asks for one parcel."""

from milepost.engine.checks import check

from checks.support import ask_after_indexes, pick_parcel, require_little_read


@check(task="at-the-counter", objectives=["databases.indexes"])
def test_a_code_leads_to_its_parcel(sql, postgres, random):
    """A code leads to its parcel, and no other parcel is read"""
    _, code, _ = pick_parcel(postgres, random)
    question = f"SELECT id, state, sent_at FROM parcels WHERE code = '{code}'"

    got, expected = ask_after_indexes(sql, postgres, question)

    assert got == expected, "The counter no longer finds this parcel. Indexes change how rows are found, never which ones."
    require_little_read(
        postgres.plan(question),
        expected,
        "An index helps where the question knows its first column. The counter knows the code as it stands in the table,"
        " and nothing else.",
    )
