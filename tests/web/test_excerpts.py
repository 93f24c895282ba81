"""Excerpts of evidence: what fits is untouched, what is left out is said."""

import json

from fakes.grader import failed
from fakes.recorded import recorded
from milepost.web.rendering.excerpts import (
    MOST_CHARACTERS,
    MOST_ITEMS,
    MOST_LINES,
    MOST_MOMENTS,
    take_excerpt,
)


def check(*evidence):
    return failed(evidence=evidence)


def piece(kind="exchange", *, request=None, response=None):
    given = {"request": request, "response": response}
    return recorded(kind, **{name: side for name, side in given.items() if side is not None})


def first(excerpt):
    return excerpt.check.evidence[0]


def test_what_fits_is_untouched():
    small = check(piece(response={"status": 200, "body": "{}", "headers": {"a": "b"}}))

    excerpt = take_excerpt(small)

    assert not excerpt.is_cut
    assert excerpt.check is small


def test_long_text_says_how_much_more_there_is():
    excerpt = take_excerpt(check(piece("program", response={"stdout": "x" * 10_000})))

    assert excerpt.is_cut
    assert excerpt.bytes > 10_000
    shown = first(excerpt).response.stdout
    assert shown.startswith("x" * MOST_CHARACTERS)
    assert shown.endswith("8,000 more characters")


def test_a_long_body_of_json_is_laid_out_before_it_is_cut():
    body = json.dumps([{"title": f"Book {number}"} for number in range(500)])

    excerpt = take_excerpt(check(piece(response={"status": 200, "body": body})))

    assert first(excerpt).response.body.startswith('[\n  {\n    "title": "Book 0"\n')


def test_a_long_table_shows_its_first_rows_and_counts_all():
    rows = [[str(number)] for number in range(100)]

    for counted in ({}, {"row_count": 5000}):
        excerpt = take_excerpt(
            check(piece("statement", response={"columns": ["n"], "rows": rows, **counted}))
        )
        shown = first(excerpt).response
        assert shown.rows == tuple(map(tuple, rows[:MOST_ITEMS]))
        assert shown.row_count == counted.get("row_count", 100)


def test_a_long_log_shows_its_end():
    lines = [f"line {number}" for number in range(500)]

    excerpt = take_excerpt(check(piece("log", response={"lines": lines})))

    assert first(excerpt).response.lines == tuple(lines[-MOST_LINES:])


def test_a_long_list_says_how_many_more():
    excerpt = take_excerpt(check(piece("call", response={"value": [list(range(100))]})))

    assert first(excerpt).response.value[0][-1] == "… 70 more"


def test_of_many_moments_the_last_are_shown():
    pieces = [piece(request={"url": f"/{number}"}) for number in range(MOST_MOMENTS + 5)]

    excerpt = take_excerpt(check(*pieces))

    assert excerpt.check.evidence == tuple(pieces[5:])
    assert excerpt.moments == MOST_MOMENTS + 5
