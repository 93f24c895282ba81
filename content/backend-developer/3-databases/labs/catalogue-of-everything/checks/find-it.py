"""Checks of searching, and of the indexes. Every thing is drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    COLOURS,
    SPECIES,
    TAGS,
    THINGS,
    add,
    ask_at_once,
    by_sku,
    count_handed_out,
    list_stored,
    make_up_thing,
    make_up_things,
    search,
    start_copies,
    stored,
)


def plant(mongo, *things):
    """Put things into the store as the shop's old program did."""
    mongo.insert(THINGS, *(stored(each) for each in things))


def in_order(things):
    """Sort things as they are answered."""
    return sorted(things, key=lambda each: (each["price"], each["sku"]))


@check(task="find-it", objectives=["databases.nosql-documents"])
def test_things_come_in_their_order(service, mongo, random):
    """The cheapest come first, at equal prices by sku"""
    same = random.randint(1000, 5000)
    things = [*make_up_things(random, 5), *make_up_things(random, 3, price=same)]
    things = list({each["sku"]: each for each in things}.values())
    plant(mongo, *reversed(by_sku(things)))
    require_equal(
        search(service),
        in_order(things),
        "Your list is not all things, the cheapest first, at equal prices by `sku`. Without an order that is asked for, a store answers in any",
    )


@check(task="find-it", objectives=["databases.nosql-documents"])
def test_things_are_found_by_what_they_have(service, mongo, random):
    """Things are found by kind, tag and price, also together"""
    things = make_up_things(random, 12, kind="lamp") + make_up_things(random, 6, kind="bird")
    things = list({each["sku"]: each for each in things}.values())
    tag, most = random.choice(TAGS), sorted(each["price"] for each in things)[len(things) // 2]
    plant(mongo, *things)
    for params, fits in (
        ({"kind": "bird"}, lambda each: each["kind"] == "bird"),
        ({"tag": tag}, lambda each: tag in each["tags"]),
        ({"max_price": most}, lambda each: each["price"] <= most),
        (
            {"kind": "lamp", "tag": tag, "max_price": most},
            lambda each: each["kind"] == "lamp" and tag in each["tags"] and each["price"] <= most,
        ),
    ):
        asked = "&".join(f"{name}={value}" for name, value in params.items())
        require_equal(
            by_sku(search(service, **params)),
            by_sku(filter(fits, things)),
            f"With `{asked}` your list is not the things that fit. Give the store one filter with all that was asked; a value fits a list if it is in it",
        )


@check(task="find-it", objectives=["databases.nosql-documents"])
def test_details_are_found_however_deep(service, mongo, random):
    """Things are found by their details, however deep"""
    species, colour = random.choice(SPECIES), random.choice(COLOURS)
    first, second, third, fourth = make_up_things(random, 4)
    first["details"] = {"species": species}
    second["details"] = {"shade": {"colour": colour}, "species": "none"}
    third["details"] = {"eyes": [{"side": "left", "of": "glass"}, {"side": "right", "of": "bone"}]}
    fourth["details"] = {"species": species, "shade": {"colour": colour}}
    plant(mongo, first, second, third, fourth)
    for params, fitting in (
        ({"details.species": species}, [first, fourth]),
        ({"details.shade.colour": colour}, [second, fourth]),
        ({"details.eyes.of": "glass"}, [third]),
        ({"details.species": species, "details.shade.colour": colour}, [fourth]),
        ({"details.nothing.here": "x"}, []),
    ):
        asked = "&".join(f"{name}={value}" for name, value in params.items())
        require_equal(
            by_sku(search(service, **params)),
            by_sku(fitting),
            f"With `{asked}` your list is not the things that have it. A path with dots leads into objects, and into the objects of a list",
        )


@check(task="find-it", objectives=["databases.nosql-documents"])
def test_the_store_does_the_searching(service, mongo, random):
    """What does not fit never leaves the store"""
    fits = make_up_things(random, 3, kind="owl", tags=["bent", "rare"])
    others = make_up_things(random, 40, kind="key", tags=["rusty"])
    taken = {each["sku"] for each in fits}
    plant(mongo, *(each for each in others if each["sku"] not in taken), *fits)
    before = count_handed_out(mongo)
    found = by_sku(search(service, kind="owl", tag="rare"))
    require_equal(found, by_sku(fits), "Your list is not the things that fit")
    handed = count_handed_out(mongo) - before
    assert handed <= len(fits), (
        f"The store handed {handed} documents to your service, and {len(fits)} fit. With a million things, all of them would travel for each "
        "search; put what was asked into the filter"
    )


@check(task="find-it", objectives=["databases.nosql-documents"])
def test_two_things_never_share_a_sku(balancer, mongo, random):
    """Of two things with one sku, one is taken"""
    copies = start_copies(balancer, random)
    early, *both = (make_up_thing(random, sku) for sku in ("EARLY1", "SAME1", "SAME1"))
    add(copies[0], early)
    answer = copies[1].post("/things", json=early | {"price": 1})
    require_equal(int(answer.status_code), 409, "There is a thing with this `sku`, and another one was not answered with 409")

    answers = ask_at_once(mongo, copies, "POST", "/things", both)
    require_equal(
        sorted(int(answer.status_code) for answer in answers),
        [201, 409],
        "Two things with one `sku` came at the same time, and not just one of them was taken. Who looks first and stores later sees nothing "
        "twice; only a unique index is there at the moment that counts",
    )
    skus = [each.get("sku") for each in list_stored(mongo)]
    require_equal(skus, ["EARLY1", "SAME1"], "The collection does not hold each `sku` once")


@check(task="find-it", objectives=["databases.nosql-documents"])
def test_an_index_serves_the_search(service, mongo, random):
    """An index begins with kind and goes on with price"""
    add(service, make_up_thing(random, "FIRST1"))
    service.restart()
    add(service, make_up_thing(random, "SECOND1"))
    keys = [list(each["key"]) for each in mongo.indexes(THINGS) if isinstance(each.get("key"), dict)]
    assert any(key[:2] == ["kind", "price"] for key in keys), (
        f"No index of `things` begins with `kind` and goes on with `price`; there are {keys}. Without one, each search by kind reads every "
        "document, and sorts by hand; the order of the fields in an index is the order in which it is sorted"
    )
