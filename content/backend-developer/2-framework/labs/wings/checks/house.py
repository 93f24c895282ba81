"""Stage 1: wings of another crew are found, listed and served."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.comparing import require_equal

from checks.support import NAMES, build_wing, list_wings, open_house, require_served


@check(task="house", objectives=["framework.project-structure"])
def test_a_new_wing_is_listed(service, source, data, random):
    """A wing that is put into its folder is listed, with its title"""
    open_house(service, random)
    built = {name: f"The {name}, no. {random.randint(2, 99)}" for name in random.sample(NAMES, 2)}
    for name, title in built.items():
        build_wing(service, source, data, name, title)
    wings = list_wings(service)

    require_equal(
        {name: wings.get(name, {}).get("title") for name in built},
        built,
        "Two wings were put beside yours, and your `GET /wings` does not list each with its title. Nobody tells the house what has been built: let it look into the folder `wings` when it starts, and ask each entry for its title",
    )
    require_equal(list(wings), sorted(wings), "The wings of your list are not in the order of their names. A folder is read in any order; sort what you found")


@check(task="house", objectives=["framework.routing"])
def test_a_new_wing_is_served_below_its_name(service, source, data, random):
    """A wing is served below its name, and nowhere else"""
    open_house(service, random)
    one, other = random.sample(NAMES, 2)
    build_wing(service, source, data, one)
    build_wing(service, source, data, other)
    word = f"w{random.randint(100, 999)}"
    require_served(service, one, word)
    require_served(service, other, word)
    note = {"text": f"clean the windows of room {random.randint(1, 40)}"}
    answer = service.post(f"/{other}/notes", json=note)
    require_status(answer, 201, f"The wing `{other}` takes notes by POST, and says so itself: the house hands on what a wing answers, whatever the method")
    require_equal(answer.json(), note, "The wing answers with the note as it was sent, and something else came")
    require_status(service.get(f"/echo/{word}"), 404, "Both wings have a route `/echo/…`. Each has it below its own name, so that they can't get in each other's way")


@check(task="house", objectives=["framework.project-structure"])
def test_a_folder_without_an_entry_is_no_wing(service, source, data, random):
    """A folder without an entry is passed over"""
    open_house(service, random)
    built, planned = random.sample(NAMES, 2)
    build_wing(service, source, data, built)
    service.add_files({f"wings/{planned}/plans.txt": "Ask the architect.\n", "wings/README.txt": "A folder each.\n"})
    wings = list_wings(service)
    assert planned not in wings and "README" not in str(list(wings)), (
        f"In `wings` there is a folder `{planned}` with nothing but plans in it, and a file. Your house lists one of them. A wing is a folder with an entry: look for the entry"
    )
    require_served(service, built, "open")
