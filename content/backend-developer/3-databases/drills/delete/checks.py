"""Checks of a museum that clears up. Exhibitions, their days and their numbers are drawn from the seed of the run."""

from datetime import date, timedelta

from milepost.engine.checks import Rows, check

TITLES = ["Kites", "Glass", "Maps", "Moths", "Lace", "Clocks", "Salt", "Masks", "Bells"]
COLUMNS = {
    "exhibitions": ("id", "title", "last_day"),
    "labels": ("id", "exhibition_id"),
    "remarks": ("id", "exhibition_id", "words"),
    "tickets": ("id", "exhibition_id", "euros"),
    "loans": ("id", "exhibition_id", "returned"),
}


class Museum:
    """The museum of one check, with four exhibitions. Two are over, one is open, and one permanent."""

    def __init__(self, postgres, random):
        self.postgres = postgres
        self.day = date(2026, 5, 1) + timedelta(days=random.randint(0, 60))
        self.over = random.sample(range(10, 50), 2)
        self.open = random.sample(range(50, 90), 2)
        last_days = [self.day - timedelta(days=random.randint(2, 90)), self.day - timedelta(days=1)]
        last_days += [self.day + timedelta(days=9), None]
        for number, title, last_day in zip([*self.over, *self.open], random.sample(TITLES, 4), last_days, strict=True):
            self.put("exhibitions", number, title, last_day)

    def put(self, table, *row):
        """Put a row into a table."""
        self.postgres.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)

    def clear(self, sql):
        """Run the learner's file."""
        sql.run("clear-exhibitions.sql", day=self.day)

    def require(self, table, expected, why):
        """See which rows a table has."""
        columns = COLUMNS[table]
        found = self.postgres.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
        assert found == Rows(columns, expected), why

    def require_open(self, numbers, why):
        """See which exhibitions there are."""
        found = self.postgres.rows("SELECT id FROM exhibitions ORDER BY id")
        assert found == Rows(("id",), [(number,) for number in sorted(numbers)]), why


@check(task="take-it-down", objectives=["databases.delete"])
def test_what_is_over_goes_with_its_labels(sql, postgres, random):
    """What was over before that day goes with its labels, and all else stays"""
    museum = Museum(postgres, random)
    museum.open.append(90)
    museum.put("exhibitions", 90, "Until tonight", museum.day)
    numbers = museum.over + museum.open
    for place, number in enumerate(numbers * 2, start=1):
        museum.put("labels", place, number)

    museum.clear(sql)

    museum.require_open(museum.open, (
        f"Two exhibitions were over before {museum.day}. One ends on that day, one later, and one is permanent: these three"
        " stay, and only they. A DELETE takes all that its WHERE lets through; write it as a SELECT first and look"
    ))
    stay = [(place, number) for place, number in enumerate(numbers * 2, start=1) if number in museum.open]
    museum.require("labels", stay, (
        "The labels are not those of the exhibitions that stay. What goes takes its own labels along, and no others"
    ))


@check(task="take-it-down", objectives=["databases.delete"])
def test_tickets_and_loans_stay(sql, postgres, random):
    """Tickets and returned loans stay, and forget the exhibition"""
    museum = Museum(postgres, random)
    numbers = [museum.over[0], museum.over[0], museum.over[1], museum.open[0]]
    euros = [random.randint(4, 20) for _ in numbers]
    for place, (number, price) in enumerate(zip(numbers, euros, strict=True), start=1):
        museum.put("tickets", place, number, price)
        museum.put("loans", place, number, True)

    museum.clear(sql)

    kept = [*[None] * 3, museum.open[0]]
    museum.require("tickets", [(place, kept[place - 1], euros[place - 1]) for place in range(1, 5)], (
        "The tickets should all be there, and those of a gone exhibition name none. That the database refused to delete was"
        " a question: a ticket was paid, whatever becomes of the exhibition"
    ))
    museum.require("loans", [(place, kept[place - 1], True) for place in range(1, 5)], (
        "The returned loans should all be there, and those of a gone exhibition name none. They stay as the tickets do"
    ))


@check(task="take-it-down", objectives=["databases.delete"])
def test_remarks_go_too(sql, postgres, random):
    """Remarks about what is gone go too"""
    museum = Museum(postgres, random)
    numbers = [museum.over[1], museum.open[0], museum.over[0], museum.open[1], None]
    remarks = [(place, number, f"Remark {random.randint(1, 999)}") for place, number in enumerate(numbers, start=1)]
    for remark in remarks:
        museum.put("remarks", *remark)

    museum.clear(sql)

    museum.require("remarks", [row for row in remarks if row[1] not in museum.over], (
        "The remarks are not those about exhibitions that stay, or about none. No foreign key leads from them, so the"
        " database can neither refuse nor clear them away: look for every column that means this row"
    ))


@check(task="take-it-down", objectives=["databases.delete"])
def test_what_is_not_returned_keeps_an_exhibition(sql, postgres, random):
    """An exhibition stays as long as something lent to it is not returned"""
    museum = Museum(postgres, random)
    kept, gone = museum.over
    museum.put("loans", 1, kept, True)
    museum.put("loans", 2, kept, False)
    museum.put("loans", 3, gone, True)
    museum.put("labels", 1, kept)

    museum.clear(sql)

    museum.require_open([kept, *museum.open], (
        f"Something that was lent to exhibition {kept} is not returned, so it stays; of {gone} everything is returned, so it"
        " goes. Ask for each exhibition whether a loan like that exists"
    ))
    museum.require("labels", [(1, kept)], f"Exhibition {kept} stays, and its label should have stayed with it")
    museum.require("loans", [(1, kept, True), (2, kept, False), (3, None, True)], (
        f"The loans of exhibition {kept} should be as they were: it stays, so they still belong to it"
    ))


@check(task="take-it-down", objectives=["databases.delete"])
def test_a_loan_of_no_exhibition_keeps_none(sql, postgres, random):
    """A loan that belongs to no exhibition keeps none of them"""
    museum = Museum(postgres, random)
    museum.put("loans", 1, None, False)
    museum.put("loans", 2, museum.open[0], False)

    museum.clear(sql)

    museum.require_open(museum.open, (
        "One loan that is not returned belongs to no exhibition, its number is NULL, and something that is over has stayed."
        " `NOT IN` finds no row once the inner query gives a NULL: write `NOT EXISTS`"
    ))
