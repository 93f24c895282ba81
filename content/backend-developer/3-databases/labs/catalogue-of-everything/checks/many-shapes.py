"""Checks of what goes in and comes out. Every thing is drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    FIELDS,
    THINGS,
    add,
    by_sku,
    list_stored,
    make_up_details,
    make_up_thing,
    make_up_things,
    read_thing,
    stored,
)


def show(service, sku):
    """Ask for a thing; return those of its six fields that are answered."""
    got = read_thing(service.get(f"/things/{sku}"))
    return {name: got[name] for name in FIELDS if name in got}


@check(task="many-shapes", objectives=["databases.nosql-documents"])
def test_things_of_many_shapes_come_out_as_they_went_in(service, mongo, random):
    """Things of many shapes come out as they went in"""
    shapes = make_up_details(random)
    things = [
        thing | {"details": details}
        for thing, details in zip(make_up_things(random, len(shapes)), shapes, strict=True)
    ]
    for thing in things:
        add(service, thing)
    for thing in random.sample(things, len(things)):
        require_equal(
            show(service, thing["sku"]),
            thing,
            "Your answer is not the thing that was added. Its details have whatever shape they have; keep them as they are",
        )
    require_equal(
        list_stored(mongo),
        by_sku(things),
        "The collection `things` does not hold each thing as one document with its six fields. The shop's other programs read it too",
    )


@check(task="many-shapes", objectives=["databases.nosql-documents"])
def test_nothing_of_the_store_is_shown(service, mongo, random):
    """What is the store's own stays in the store"""
    thing = make_up_things(random, 1)[0]
    add(service, thing)
    got = read_thing(service.get(f"/things/{thing['sku']}"))
    require_equal(
        sorted(got),
        sorted(FIELDS),
        "Your answer has other fields than the six of a thing. What the store adds for itself is its own business; leave it out",
    )


@check(task="many-shapes", objectives=["databases.nosql-documents"])
def test_what_is_not_there_is_not_found(service, mongo, random):
    """A thing that is not there is not found"""
    there, other = make_up_things(random, 2)
    add(service, there)
    read_thing(service.get(f"/things/{there['sku']}"))
    require_status(service.get(f"/things/{other['sku']}"), 404, "Nobody has added this thing")


@check(task="many-shapes", objectives=["databases.nosql-documents"])
def test_half_a_thing_is_refused(service, mongo, random):
    """What lacks something that no thing may lack is refused"""
    whole = make_up_thing(random, "WHOLE1")
    add(service, whole)
    wrong = {
        f"without its {name}": {key: value for key, value in whole.items() if key != name}
        for name in ("kind", "price", "maker", "sku")
    }
    prices = {
        "with a price of text": "4900",
        "with a price of cents and a half": 12.5,
        "with a price below nothing": -random.randint(1, 99),
    }
    table = wrong | {name: whole | {"price": price} for name, price in prices.items()}
    for name, thing in cases(table):
        if "sku" in thing:
            thing = thing | {"sku": "HALF1"}
        answer = service.post("/things", json=thing)
        assert int(answer.status_code) in (400, 422), (
            f"A thing {name} was answered with {answer.status_code}, and not refused with 400 or 422. A document store takes any document, so "
            "nobody but you asks for what every thing must have"
        )
    require_equal(list_stored(mongo), [whole], "What was refused is in the collection, or the thing that was taken is not")


@check(task="many-shapes", objectives=["databases.nosql-documents"])
def test_what_may_be_missing_is_empty(service, mongo, random):
    """Where tags or details are missing, they are empty"""
    new, old, older = make_up_things(random, 3)
    sent = {name: value for name, value in new.items() if name not in ("tags", "details")}
    answer = service.post("/things", json=sent)
    require_status(answer, 201, "Tags and details may be missing")
    require_equal(
        show(service, new["sku"]),
        sent | {"tags": [], "details": {}},
        "A thing that came without tags and details is not answered with an empty list and an empty object",
    )
    for thing, lacks in ((old, "tags"), (older, "details")):
        mongo.insert(THINGS, {name: value for name, value in stored(thing).items() if name != lacks})
        empty = {"tags": [], "details": {}}[lacks]
        require_equal(
            show(service, thing["sku"]),
            thing | {lacks: empty},
            f"A document of the old program, without `{lacks}`, is not answered with something empty in their place. No schema has made all "
            "documents alike; whoever reads them has to expect each shape that was ever written",
        )
