"""Checks of the shelf, page by page. Every book is made up from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import (
    list_keys,
    read_object,
    read_page,
    read_pages,
    require_problem,
    require_status,
    require_type,
)

from checks.support import WHOLE, add, change, look, make_up, read_book, remove

SHELF = "/books?"  # with which the address of every further page begins


@check(task="find-books", objectives=["rest-apis.http-methods"])
def test_the_shelf_shows_what_is_there(service, random):
    """The shelf shows what was added, and neither what was refused nor what was removed"""
    books = [add(service, make_up(random)) for _ in range(3)]
    ids = [book["id"] for book in books]
    assert read_page(service, "/books", SHELF)[0] == ids, (
        "Your shelf does not hold the three books that were added, in that order. Every book that was added is on it"
    )

    bad = make_up(random, price="12,90")
    require_problem(service.post("/books", json=bad), 422, "The price has a comma where a point belongs")
    assert read_page(service, "/books", SHELF)[0] == ids, (
        "Your shelf does not hold just the three good books. What was refused must not be kept; look at all fields before you "
        "store anything"
    )
    remove(service, books[1])
    assert read_page(service, "/books", SHELF)[0] == [ids[0], ids[2]], (
        "Your shelf does not show just the two books that are left. What was removed is unknown everywhere, on the shelf's "
        "pages too; keep each book in one place, and remove it there"
    )


@check(task="find-books", objectives=["rest-apis.query-parameters"])
def test_filters_narrow_and_unknown_parameters_are_refused(service, random):
    """Filters narrow the shelf, and a parameter that does not exist is refused"""
    author, year = "Ursula Vernon & Sons", random.randint(1500, 2000)
    both = [add(service, make_up(random, author=author, year=year))["id"] for _ in range(2)]
    other = add(service, make_up(random, author=author, year=year + 1))["id"]
    third = add(service, make_up(random, year=year))["id"]

    expected = [
        ({"author": author}, [*both, other]),
        ({"year": year}, [*both, third]),
        ({"author": author, "year": year}, both),
        ({"author": "Ursula"}, []),
        ({"author": author.lower()}, []),
    ]
    for wanted, ids in expected:
        answer = service.get("/books", params=wanted)
        require_status(
            answer, 200, "`author` and `year` are parameters of the shelf, and a filter that nothing fits gives an empty page"
        )
        assert list_keys(read_object(answer, "items")["items"]) == ids, (
            "Your page holds other books than those that fit every filter, or in another order. Compare the "
            "whole author and the year as a number; both together means both, in the order of adding"
        )
    for query in ("auther=Jane", "year=recent", f"year={year}x"):
        require_problem(
            service.get(f"/books?{query}"),
            400,
            "A parameter that is misspelt, or makes no sense, is refused: ignored, it would answer "
            "another question than was asked",
        )


@check(task="find-books", objectives=["rest-apis.query-parameters"])
def test_the_next_page_answers_the_same_question(service, random):
    """`next` keeps the filters and the limit"""
    author, year = "Iris Page", random.randint(1500, 2000)
    ids = []
    for _ in range(5):
        ids.append(add(service, make_up(random, author=author, year=year))["id"])
        add(service, make_up(random, author=author, year=year + 1))
        add(service, make_up(random, author=author.lower(), year=year))

    pages = read_pages(service, f"/books?author=Iris%20Page&year={year}&limit=2", SHELF, 4)
    assert pages == [ids[:2], ids[2:4], ids[4:]], (
        "Your pages don't join into the five books of that author and year, by two. A client follows `next` as "
        "it is, and still means its question; put both filters and the limit into it"
    )


@check(task="find-books", objectives=["rest-apis.pagination"])
def test_pages_join_into_the_whole_shelf(service, random):
    """Pages are as long as asked for, and end"""
    ids = [add(service, make_up(random))["id"] for _ in range(6)]

    assert read_pages(service, "/books?limit=3", SHELF, 4) == [ids[:3], ids[3:]], (
        "Your pages don't join into the six books in the order of adding, three and three. Every page but the "
        "last is full, and the last one has no `next`, full or not"
    )
    ids += [add(service, make_up(random))["id"] for _ in range(16)]
    assert read_pages(service, "/books", SHELF, 3) == [ids[:20], ids[20:]], (
        "Your pages don't join into the 22 books in the order of adding, 20 and 2. A client that asks for no number gets "
        "pages of 20: neither the whole shelf nor a handful"
    )
    for limit in ("1", "100"):
        answer = service.get(f"/books?limit={limit}")
        require_status(answer, 200, "A page has 1 to 100 books, both included")
    for limit in ("0", "101", "-3", "ten", "3x", "2.5"):
        require_problem(
            service.get(f"/books?limit={limit}"), 400, "A page has 1 to 100 books; guessing hides a mistake"
        )


@check(task="find-books", objectives=["rest-apis.json"])
def test_a_page_holds_whole_books(service, random):
    """A page holds whole books, twenty of them if no number is asked for"""
    books = [add(service, make_up(random)) for _ in range(21)]
    chosen = random.randrange(20)
    shown = read_book(look(service, books[chosen]))

    answer = service.get("/books")
    require_status(answer, 200, "A page of the shelf is an answer")
    require_type(answer)
    items = read_object(answer, "items")["items"]
    assert list_keys(items) == [book["id"] for book in books[:20]], (
        "Your first page does not hold the twenty books that were added first, in that order. A client that asks for no "
        "number gets twenty"
    )
    item = {name: items[chosen][name] for name in WHOLE if name in items[chosen]}
    assert item == shown, (
        "Your page shows a book otherwise than its own address does. A client reads the page to save itself a "
        "request for each book; put whole books into `items`"
    )


@check(task="find-books", objectives=["rest-apis.pagination"])
def test_a_changed_book_keeps_its_place(service, random):
    """A changed book keeps its place on the shelf, and a removed one has none"""
    books = [add(service, make_up(random)) for _ in range(4)]

    change(service, books[1], make_up(random))
    remove(service, books[2])
    assert read_page(service, "/books", SHELF)[0] == [books[n]["id"] for n in (0, 1, 3)], (
        "Your shelf shows other books than the three that are left, or in another order. The order is that of "
        "adding, and a change adds nothing; a client that reads page by page meets a book that moves twice, or never"
    )


@check(task="find-books", objectives=["rest-apis.pagination"], hidden=True)
def test_pages_hold_while_the_shelf_changes(service, random):
    """No book is skipped or repeated while others come and go"""
    books = [add(service, make_up(random)) for _ in range(8)]
    ids = [book["id"] for book in books]
    page, following = read_page(service, "/books?limit=3", SHELF)
    assert page == ids[:3], (
        "Your first page of three does not hold the three books that were added first. The order is that "
        "of adding"
    )

    for removed in (books[0], books[2]):
        remove(service, removed)
    new = add(service, make_up(random))["id"]
    assert following is not None, (
        "Your `next` is null, though there are more books than fit on the first page. A client would "
        "never see them"
    )
    rest = [each for part in read_pages(service, following, SHELF, 5) for each in part]
    assert rest == [*ids[3:], new], (
        "Your later pages skip or repeat books, after two were removed from the first and one was added. "
        "Removing must not move the others: begin a page after a book, not after a number of books"
    )
