"""Checks of changes. Every thing is drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status, require_type
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    THINGS,
    ask_at_once,
    list_stored,
    make_up_thing,
    make_up_things,
    read_thing,
    start_copies,
    stored,
)


def plant(mongo, *things):
    """Put things into the store as the shop's old program did."""
    mongo.insert(THINGS, *(stored(each) for each in things))


def rename(service, maker, name):
    """Rename a maker; return in how many things."""
    answer = service.put(f"/makers/{maker}", json={"name": name})
    require_status(answer, 200, "A maker was renamed, and it is told in how many things")
    require_type(answer)
    return read_object(answer, things="a whole number")["things"]


@check(task="change-it", objectives=["databases.nosql-documents"])
def test_one_detail_changes_and_no_other(service, mongo, random):
    """One detail changes, and no other"""
    thing, other = make_up_things(random, 2)
    shade, watts = {"colour": "grey"}, random.randint(5, 99)
    thing["details"] = {"watts": 1, "shade": shade, "socket": "E27"}
    plant(mongo, thing, other)

    answer = service.patch(f"/things/{thing['sku']}/details", json={"watts": watts, "socket": None, "dust": ["much"]})
    expected = thing | {"details": {"watts": watts, "shade": shade, "dust": ["much"]}}
    why = "Details that were sent are new, those that came as `null` are gone, and whatever was not named stays as it was"
    require_equal(read_thing(answer), expected, f"Your answer is not the thing after its change. {why}")
    require_equal(
        list_stored(mongo),
        sorted([expected, other], key=lambda each: each["sku"]),
        f"The collection does not hold the thing after its change, and the other as it was. {why}",
    )
    answer = service.patch(f"/things/{thing['sku']}/details", json={})
    require_equal(
        read_thing(answer).get("details"),
        expected["details"],
        "A change that names no details, `{}`, is not answered with the details as they were",
    )
    missing = service.patch("/things/NOTHERE1/details", json={"watts": 3})
    require_status(missing, 404, "There is no such thing, and a change makes none")
    require_equal(len(list_stored(mongo)), 2, "A change of a thing that is not there has made one")


@check(task="change-it", objectives=["databases.nosql-documents"])
def test_two_details_change_at_once(balancer, mongo, random):
    """Two who change one thing at the same time lose nothing"""
    copies = start_copies(balancer, random)
    thing = make_up_thing(random, "LAMP1", details={"shade": {"colour": "grey"}})
    plant(mongo, thing)
    watts, socket = random.randint(5, 99), f"E{random.randint(10, 40)}"

    answers = ask_at_once(mongo, copies, "PATCH", "/things/LAMP1/details", [{"watts": watts}, {"socket": socket}])
    for answer in answers:
        read_thing(answer)
    require_equal(
        list_stored(mongo),
        [thing | {"details": {"shade": {"colour": "grey"}, "watts": watts, "socket": socket}}],
        "Two details were noted at the same time, and one of them is lost. Who reads a document, changes it and writes it back whole also "
        "writes back what was old by then; name the fields that change, and let the store set them",
    )


def plant_of_two_makers(mongo, random):
    """Put things of two makers into the store; return those of the first, and all."""
    theirs, other = {"id": "m500", "name": "old"}, {"id": "m501", "name": "old"}
    things = make_up_things(random, random.randint(6, 9))
    things = [each | {"maker": theirs if number % 2 else other} for number, each in enumerate(things)]
    plant(mongo, *things)
    return [each for each in things if each["maker"] is theirs], things


@check(task="change-it", objectives=["databases.nosql-documents"])
def test_a_maker_is_renamed_everywhere(service, mongo, random):
    """A maker's new name stands in every thing of theirs"""
    theirs, things = plant_of_two_makers(mongo, random)
    name = f"Zoë & {random.choice(['Daughters', 'Sons', 'Cats'])}"
    rename(service, "m500", name)
    expected = [each | {"maker": {"id": "m500", "name": name}} if each in theirs else each for each in things]
    require_equal(
        list_stored(mongo),
        sorted(expected, key=lambda each: each["sku"]),
        "Not every thing of this maker has the new name, or another maker's has. A name that is copied into each document has to be changed in "
        "each; nothing in the store does it for you",
    )


@check(task="change-it", objectives=["databases.nosql-documents"])
def test_all_of_a_makers_things_are_counted(service, mongo, random):
    """Who renames a maker is told how many things are theirs"""
    theirs, _ = plant_of_two_makers(mongo, random)
    for _ in range(2):  # the second time changes nothing, and they are theirs all the same
        require_equal(
            rename(service, "m500", "Zoë & Cats"),
            len(theirs),
            "Your `things` is not how many things are by this maker. Whether the name was another one before is not asked",
        )
    require_equal(rename(service, "m999", "Nobody"), 0, "Nothing is by this maker")
