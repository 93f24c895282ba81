"""Checks of reviews, and of the rules that keep them right."""

from milepost.engine.checks import check
from milepost.engine.checks.cases import cases
from milepost.engine.checks.row_sets import pick_astray

from checks.support import BOOKS, read


@check(task="rules", objectives=["databases.constraints", "databases.delete"])
def test_reviews_are_cleaned_up(sql, database):
    """Wrong reviews are gone, and every right one is still there"""
    newest = {}
    for number, book, customer, stars in read(database, "reviews", "id", "book_id", "customer_id", "stars"):
        if 1 <= stars <= 5 and book <= BOOKS:
            newest[number if customer is None else (book, customer)] = (number, book, customer, stars)
    expected = sorted(newest.values())

    sql.run("guard-reviews.sql")

    found = read(database, "reviews", "id", "book_id", "customer_id", "stars")
    got, wanted = pick_astray(("review", "book", "customer", "stars"), found, expected)
    assert got == wanted, explain_reviews(found, expected, newest)


def explain_reviews(found, expected, newest):
    """Say which reviews were left that should go, or went that should stay."""
    there, wanted = {row[0] for row in found}, {row[0] for row in expected}
    if not there:
        return "Your file left no review at all. Only wrong ones and double ones go; see what each WHERE lets through."
    for number, book, customer, stars in found:
        if number in wanted:
            continue
        if not isinstance(stars, int) or not 1 <= stars <= 5:
            return f"Your file left reviews with {stars} stars. Fewer than 1 and more than 5 are wrong; such reviews go."
        if (book, customer) not in newest:
            return f"Your file left reviews of books that do not exist, such as book {book}. Such reviews go."
        return (
            "Your file left several reviews of one book by one customer. Only the one with the highest id stays, whenever"
            " it was written."
        )
    for number, _, customer, _ in expected:
        if number not in there:
            return (
                "Your file removed anonymous reviews. They are nobody's, so none of them is a second one; all that are right"
                " stay."
                if customer is None
                else "Your file removed right reviews. First the wrong ones go, and only then, of several of one book by one"
                " customer, all but the one with the highest id: a wrong one must not push out the right one before it."
            )
    return "Your file changed reviews that should stay as they are. Wrong ones go, and nothing is corrected."


@check(task="rules", objectives=["databases.constraints"])
def test_wrong_reviews_are_refused(sql, database):
    """A wrong review is refused by the database, no matter which program writes it"""
    sql.run("guard-reviews.sql")

    written = database.rows(
        "SELECT book_id, customer_id, CASE stars WHEN 3 THEN 4 ELSE 3 END FROM reviews"
        " WHERE customer_id > 0 AND written_on < '2026-06-30' LIMIT 1"
    )
    assert written != [], (
        "Your file left no review by a customer. Only wrong ones and double ones go; look at what your conditions"
        " let through before you delete."
    )
    wrong = {
        "0 stars": (1, None, 0),
        "6 stars": (1, None, 6),
        "NULL for its stars": (1, None, None),
        "a book that does not exist": (BOOKS + 99, None, 3),
        "no book": (None, None, 3),
        "a second review of one book": written[0],
    }
    for what, row in cases(wrong):
        assert not is_accepted(database, row), (
            f"Your table still accepts a wrong review: {what}. Programs come and go, and each forgets a rule some day;"
            " what the table itself refuses can never be in it, so give it a constraint for each rule of the brief."
        )


@check(task="rules", objectives=["databases.constraints"])
def test_a_review_stays_right_when_it_is_changed(sql, database):
    """A right review can't be changed into a wrong one"""
    sql.run("guard-reviews.sql")

    assert read(database, "reviews", "id") != [], (
        "Your file left no review that could be changed. Only wrong ones and double ones go; look at what your conditions"
        " let through before you delete."
    )
    assert is_change_accepted(database, "stars = 4"), (
        "Your table refuses to change a review to four stars, which leaves it right. A rule that refuses what is"
        " right will be taken away again; look at which constraint goes too far."
    )
    wrong = ["stars = 0", "stars = 6", "stars = NULL", f"book_id = {BOOKS + 99}", "book_id = NULL"]
    for change in wrong:
        assert not is_change_accepted(database, change), (
            f"Your table accepts a change that makes a right review wrong: `SET {change}`. A trigger at INSERT"
            " alone is passed by with the first UPDATE; a constraint looks at every write, of new rows and of changed ones."
        )


@check(task="rules", objectives=["databases.constraints"], hidden=True)
def test_right_reviews_are_accepted(sql, database):
    """A right review is accepted, an anonymous one too"""
    sql.run("guard-reviews.sql")

    pairs = database.rows(
        "SELECT b.id, c.id FROM books b CROSS JOIN customers c WHERE NOT EXISTS"
        " (SELECT 1 FROM reviews r WHERE r.book_id = b.id AND r.customer_id = c.id) LIMIT 1",
        shown=False,
    )
    assert pairs != [], (
        "Your file left no book, or no customer, of whom there could be a review. Only reviews go; look at"
        " which table each DELETE names."
    )
    book, customer = pairs[0]
    right = {
        "one star": (book, customer, 1),
        "five stars": (book, None, 5),
        "another anonymous one": (book, None, 2),
    }
    for what, row in cases(right):
        assert is_accepted(database, row), (
            f"Your table refuses a right review: {what}. A rule that refuses what is right will be taken away again,"
            " with all the others; look at which constraint goes too far."
        )


def is_change_accepted(database, change):
    """Try to change the first review; tell whether the database took it."""
    return database.accepts(f"UPDATE reviews SET {change} WHERE id = (SELECT min(id) FROM reviews)")


def is_accepted(database, row):
    """Try to write a review; tell whether the database took it."""
    return database.accepts(
        "INSERT INTO reviews (book_id, customer_id, stars, written_on) VALUES (%s, %s, %s, '2026-06-30')", row
    )
