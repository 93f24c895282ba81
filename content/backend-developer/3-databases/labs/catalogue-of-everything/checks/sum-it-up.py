"""Checks of sums. Every thing is drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status, require_type
from milepost.engine.checks.comparing import require_equal

from checks.support import THINGS, count_handed_out, make_up_things, stored


def plant_counted(mongo, random):
    """Put things of several kinds into the store, two of which have equally many; return them."""
    sizes = {"lamp": random.randint(6, 9), "bird": 4, "bell": 4, "key": 2}
    things = {each["sku"]: each for kind, size in sizes.items() for each in make_up_things(random, size, kind=kind)}
    mongo.insert(THINGS, *(stored(each) for each in random.sample(list(things.values()), len(things))))
    return list(things.values())


def read_list(service, name):
    """Read the list of sums at this address."""
    answer = service.get(f"/{name}")
    require_status(answer, 200, "Whoever asks is told the sums, also if there are none")
    require_type(answer)
    return read_object(answer, **{name: "a list"})[name]


def sum_up(things):
    """Sum up kinds as the service should."""
    kinds = {}
    for thing in things:
        kinds.setdefault(thing["kind"], []).append(thing["price"])
    sums = [
        {"kind": kind, "things": len(prices), "cheapest": min(prices), "worth": sum(prices)}
        for kind, prices in kinds.items()
    ]
    return sorted(sums, key=lambda each: (-each["things"], each["kind"]))


@check(task="sum-it-up", objectives=["databases.nosql-documents"])
def test_kinds_are_summed_up(service, mongo, random):
    """Each kind has its number, its lowest price and its worth"""
    things = plant_counted(mongo, random)
    require_equal(
        read_list(service, "kinds"),
        sum_up(things),
        "Your `kinds` are not how many things of each kind there are, the lowest price and all prices together, most things first and then by kind",
    )


@check(task="sum-it-up", objectives=["databases.nosql-documents"])
def test_tags_are_counted(service, mongo, random):
    """Each tag has the number of things that have it"""
    first, second, third = make_up_things(random, 3)
    first["tags"], second["tags"] = ["rare", "bent", "rare"], ["bent", "loud"]
    del third["tags"]
    mongo.insert(THINGS, *(stored(each) for each in (first, second, third)))
    require_equal(
        read_list(service, "tags"),
        [{"tag": "bent", "things": 2}, {"tag": "loud", "things": 1}, {"tag": "rare", "things": 1}],
        "Your `tags` are not how many things have each tag, most things first and then by tag. A thing that says a tag twice has it once, and "
        "some things have no tags at all",
    )


@check(task="sum-it-up", objectives=["databases.nosql-documents"])
def test_the_store_does_the_counting(service, mongo, random):
    """Sums leave the store, and no things"""
    things = plant_counted(mongo, random)
    before = count_handed_out(mongo)
    sums = read_list(service, "kinds")
    require_equal(sums, sum_up(things), "Your `kinds` are not the sums of what is there")
    handed = count_handed_out(mongo) - before
    assert handed <= len(sums), (
        f"The store handed {handed} documents to your service for {len(sums)} sums. To count a million things, a million would travel; let the "
        "store group and add, in an aggregation"
    )


@check(task="sum-it-up", objectives=["databases.nosql-documents"], hidden=True)
def test_an_empty_catalogue_has_no_sums(service, mongo, random):
    """An empty catalogue has no sums"""
    require_equal(read_list(service, "kinds"), [], "There is nothing, and so no kind")
    require_equal(read_list(service, "tags"), [], "There is nothing, and so no tag")
    plant_counted(mongo, random)
    require_equal(len(read_list(service, "kinds")), 4, "There are four kinds now")
