"""Checks of the log's pages. Days and species are drawn from the seed of the run; addresses are followed as they came."""

from datetime import date, timedelta
from urllib.parse import quote

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, read_page, read_pages, require_status, require_success

SPECIES = ["orca", "minke whale", "blue & fin", "humpback"]
UNDER = "/sightings?"


def draw_days(random, count):
    """Draw two days, each half of the time, in no order: so a page may end in the midst of a day."""
    two = [date(2026, 3, 1) + timedelta(days=n) for n in random.sample(range(60), 2)]
    return random.sample([two[n % 2] for n in range(count)], count)


def add(service, day, species="orca"):
    """Write a sighting into the log; return its place in the order, and its id."""
    answer = service.post("/sightings", json={"species": species, "day": str(day)})
    require_success(answer, 201, "Writing works in the starter")
    number = read_object(answer, id="a whole number")["id"]
    return str(day), number


def ids(places):
    """Return the ids of sightings in the order of their places."""
    return [number for _, number in sorted(places)]


def first_page(service, **query):
    """Get the first page; return its ids, and the address of the next one."""
    text = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in query.items())
    return read_page(service, f"/sightings?{text}" if text else "/sightings", UNDER)


@check(task="page-by-page", objectives=["rest-apis.pagination"])
def test_pages_hold_each_sighting_once(service, random):
    """The pages together hold each sighting once, in order"""
    limit = random.randint(2, 4)
    places = [add(service, day) for day in draw_days(random, limit * 3 + 1)]
    pages = read_pages(service, f"/sightings?limit={limit}", UNDER, most=5)
    expected = ids(places)
    assert pages == [expected[n : n + limit] for n in range(0, len(expected), limit)], (
        f"There are {len(expected)} sightings, several of one day among them, and your pages of {limit} are others. Two of one day are told apart by"
        " their id, so the place to go on from is both, day and id"
    )


@check(task="page-by-page", objectives=["rest-apis.pagination"])
def test_the_last_page_leads_nowhere(service, random):
    """The last page leads nowhere, also if it is full"""
    limit = random.randint(2, 4)
    assert first_page(service) == ([], None), "The log is empty: that is one page, with nothing on it and nothing behind it"
    expected = ids([add(service, day) for day in draw_days(random, limit * 2)])
    shown, following = first_page(service, limit=limit)
    assert shown == expected[:limit], f"The first page should hold the first {limit} sightings"
    assert following is not None, f"There are {2 * limit} sightings, and behind the first page of {limit} nothing comes"
    assert read_page(service, following, UNDER) == (expected[limit:], None), (
        "The second page is full, and the last one. That a page is full does not say whether there is more: look one further"
    )


@check(task="page-by-page", objectives=["rest-apis.pagination"])
def test_a_log_that_changes_is_read_whole(service, random):
    """While others write and cross out, nothing is skipped or shown twice"""
    start = date(2026, 4, 1) + timedelta(days=random.randint(0, 40))
    places = [add(service, start + timedelta(days=2 * n)) for n in range(7)]
    shown, following = first_page(service, limit=3)
    assert shown == ids(places)[:3], "The first page should hold the first three sightings"
    assert following is not None, "There are seven sightings, and behind the first page of three nothing comes"
    for gone in (0, 2):  # one that was read, and the one where the reader stands
        require_success(service.delete(f"/sightings/{places[gone][1]}"), 204, "Crossing out works in the starter")
    add(service, start - timedelta(days=1))  # before all that was read
    late = add(service, start + timedelta(days=7))  # among those to come
    expected = ids([*places[3:], late])
    assert read_pages(service, following, UNDER, most=3) == [expected[:3], expected[3:]], (
        "While somebody stood behind the first page, two of its sightings were crossed out, one was written before them and one behind. The other pages"
        " should hold all that stands behind the place of the last one shown. Remember this place, not how many were seen"
    )


@check(task="page-by-page", objectives=["rest-apis.pagination"])
def test_next_keeps_what_was_asked(service, random):
    """The next page is of the same species and size"""
    wanted, other = random.choice(["blue & fin", "minke whale"]), "humpback"
    days = draw_days(random, 7)
    places = [add(service, day, wanted) for day in days]
    for day in days[:4]:
        add(service, day, other)
    expected = ids(places)
    shown, following = first_page(service, species=wanted, limit=3)
    assert shown == expected[:3], f"The first page of `species={wanted}` should hold the first three of them, and no others"
    assert following is not None, f"There are seven sightings of {wanted}, and behind the first page of three nothing comes"
    assert read_pages(service, following, UNDER, most=2) == [expected[3:6], expected[6:]], (
        "The pages behind `next` hold others, or other numbers of them. A client only follows `next`, so all that was asked for has to be in it, written as"
        " addresses are: a library does that"
    )


@check(task="page-by-page", objectives=["rest-apis.pagination"])
def test_what_makes_no_sense_is_refused(service, random):
    """A size out of bounds is refused, and a place that was never given out"""
    places = [add(service, day) for day in draw_days(random, 21)]
    for limit, many in [(1, 1), (20, 20)]:
        shown, _ = first_page(service, limit=limit)
        assert shown == ids(places)[:many], f"With `limit={limit}` the page should hold the first {many}"
    assert first_page(service)[0] == ids(places)[:5], "Without `limit` a page holds five"
    for query in ("limit=0", "limit=21", f"limit=-{random.randint(1, 9)}", "limit=many", "after=nowhere", "after=", f"limit=3&after=%00{random.randint(1, 99)}"):
        answer = service.get(f"/sightings?{query}")
        require_status(answer, 400, f"`{query}` makes no sense. Taken for the beginning, or for another size, it would send a reader in a circle without a word")
