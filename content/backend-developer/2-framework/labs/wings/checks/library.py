"""Stage 3: the library, and each wing without the other."""

import json

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status, require_success
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    FOUND_NOWHERE,
    REFUSED,
    SEATS,
    check_in,
    check_out,
    is_lent,
    lend,
    list_free,
    list_wings,
    open_house,
    require_gone,
    require_one_of,
    take_boat,
)
from checks.support import NAMES, build_wing, require_served

BOOKS = {
    1: ("Knots for Beginners", 1968),
    2: ("A Lamp on the Pier", 2019),
    3: ("The Sea Road", 1931),
    4: ("Soup", 2004),
    5: ("Gulls and How to Live with Them", 1987),
}
NEWEST = 2


def show_book(number, *, lent=False):
    """Return a book as the library shows it."""
    title, year = BOOKS[number]
    return {"number": number, "title": title, "year": year, "lent": lent}


@check(task="library", objectives=["framework.routing"])
def test_newest_is_no_number(service, random):
    """A book is found by its number, and the newest by that word"""
    open_house(service, random)
    for path, number in [(str(each), each) for each in random.sample(list(BOOKS), len(BOOKS))] + [("newest", NEWEST)]:
        answer = service.get(f"/library/books/{path}")
        require_status(answer, 200, "The library has this book. If `newest` was taken for a number: the first route that fits answers, in the order in which they were added")
        require_equal(answer.json(), show_book(number), "This is another book than was asked for, or it is shown otherwise than in the brief")
    for path in (random.randint(6, 99), "oldest"):
        require_one_of(service.get(f"/library/books/{path}"), FOUND_NOWHERE, "The library has no such book")
    require_equal(list_wings(service).get("library", {}).get("title"), "The library", "Your wing `library` is not listed as *The library*. That is its title")


@check(task="library", objectives=["framework.response-handling"])
def test_a_book_tells_nothing_of_its_reader(service, random):
    """A book that is lent says so, and not to whom"""
    open_house(service, random)
    number = random.choice(list(BOOKS))
    require_success(lend(service, check_in(service, random), number), 200, "The book is there, and the guest is in the house")
    answer = service.get(f"/library/books/{number}")
    require_status(answer, 200, "A book can be looked at, also while it is lent")
    require_equal(
        answer.json(),
        show_book(number, lent=True),
        "The book is lent, and is shown otherwise than with the four fields of the brief. What is stored and what is shown are two things: name the fields of an answer one by one",
    )


@check(task="library", objectives=["framework.request-handling"])
def test_a_loan_can_be_asked_for_again(service, random):
    """The same loan again changes nothing, another guest's is refused"""
    open_house(service, random)
    reader, other = check_in(service, random), check_in(service, random)
    number = random.choice(list(BOOKS))
    for _ in range(2):
        require_success(lend(service, reader, number), 200, "This guest has the book, or gets it. PUT says how it shall be, so saying it again is no mistake")
    require_one_of(lend(service, other, number), (409,), "Another guest has this book")
    check_out(service, other)
    require_equal(is_lent(service, number), True, "The guest who has the book is still in the house. The one who left was refused it, so leaving gives nothing back")
    check_out(service, reader)
    require_equal(is_lent(service, number), False, "The only guest who had the book has left, and it is not back")


@check(task="library", objectives=["framework.request-handling"])
def test_a_wrong_loan_is_refused(service, random):
    """A loan that can't be is refused, and lends no book"""
    open_house(service, random)
    guest, left = check_in(service, random), check_in(service, random)
    check_out(service, left)
    number = random.choice(list(BOOKS))
    table = {
        "no guest": (number, "{}", REFUSED),
        "no JSON": (number, '{"guest": ', REFUSED),
        "a guest who has left": (number, json.dumps({"guest": left}), FOUND_NOWHERE),
        "a book that is not there": (random.randint(6, 99), json.dumps({"guest": guest}), FOUND_NOWHERE),
    }
    for case, (book, body, statuses) in cases(table):
        answer = service.put(f"/library/loans/{book}", content=body, headers={"content-type": "application/json"})
        require_one_of(answer, statuses, f"The loan had {case}. Look at all of it before the book is lent")
    require_equal(is_lent(service, number), False, "All these loans were refused, and the book is lent. Look first, and act then")
    require_success(lend(service, guest, number), 200, "The book is there, and the guest is in the house")


@check(task="library", objectives=["framework.modules"])
def test_who_leaves_returns_their_books(service, random):
    """When a guest leaves, their books are back, and their boats too"""
    open_house(service, random)
    leaves, stays = check_in(service, random), check_in(service, random)
    books, boat = random.sample(list(BOOKS), 3), random.choice(list(SEATS))
    for guest, number in zip((leaves, stays, leaves), books, strict=True):
        require_success(lend(service, guest, number), 200, "The book is there, and the guest is in the house")
    require_success(take_boat(service, leaves, boat), 201, "The boat is free")
    check_out(service, leaves)
    require_equal(
        {number: is_lent(service, number) for number in books},
        {number: number == books[1] for number in books},
        "One guest had two books and has left, another one still reads a third. The library has to hear who leaves, as the boathouse does",
    )
    require_equal(list_free(service), list(SEATS), "The guest who left had a boat as well. Everybody who wants to know is told: the library does not take the place of the boathouse")


@check(task="library", objectives=["framework.modules"])
def test_the_library_stands_without_the_boathouse(service, random):
    """Without the boathouse, all the rest goes on"""
    open_house(service, random)
    service.remove_files("wings/boats")
    guest, number = check_in(service, random), random.choice(list(BOOKS))
    assert "boats" not in list_wings(service), "The folder `wings/boats` has been taken away, and your house still lists it. What is there is what the folder `wings` holds when the service starts"
    require_gone(service, "/boats/fleet")
    require_success(lend(service, guest, number), 200, "The library has nothing to do with the boathouse")
    check_out(service, guest)
    require_equal(is_lent(service, number), False, "The guest has left, and the book is not back. Check-out knows no wing by name, so it works without any of them")


@check(task="library", objectives=["framework.modules"])
def test_the_boathouse_stands_without_the_library(service, random):
    """Without the library, all the rest goes on"""
    open_house(service, random)
    service.remove_files("wings/library")
    guest, boat = check_in(service, random), random.choice(list(SEATS))
    assert "library" not in list_wings(service), "The folder `wings/library` has been taken away, and your house still lists it. What is there is what the folder `wings` holds when the service starts"
    require_gone(service, "/library/books/newest")
    require_success(take_boat(service, guest, boat), 201, "The boathouse has nothing to do with the library")
    check_out(service, guest)
    require_equal(list_free(service), list(SEATS), "The guest has left, and the boat is not back. Check-out knows no wing by name, so it works without any of them")


@check(task="library", objectives=["framework.modules"], hidden=True)
def test_the_house_stands_by_itself(service, source, data, random):
    """Without both, the house goes on, and with a wing of another crew too"""
    open_house(service, random)
    service.remove_files("wings/boats")
    service.remove_files("wings/library")
    require_equal(list(list_wings(service)), [], "Both wings have been taken away, and your house still lists some")
    check_out(service, check_in(service, random))
    name = random.choice(NAMES)
    build_wing(service, source, data, name)
    service.restart()
    require_equal(list(list_wings(service)), [name], "One wing of another crew was built where yours had been, and your house lists something else")
    require_served(service, name, "open")
