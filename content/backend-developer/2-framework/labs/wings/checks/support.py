"""What the checks of several stages use: opening the house, guests, and wings of another crew.

Such a wing stands in `data/wing`, a folder for each framework; name and title are filled in. Where a check only
builds on a step, it takes whatever success that step has: which one is right is the business of the check about it.
"""

from milepost.engine.checks.answers import explain_status, read_object, require_address, require_status, require_success
from milepost.engine.checks.comparing import Mismatch, require_equal

HOTELS = ["Albatross", "Cormorant", "Guillemot", "Kittiwake", "Puffin", "Tern", "Gannet"]
NAMES = ["dairy", "cellar", "chapel", "cinema", "gym", "kitchen", "laundry", "sauna", "tennis", "zoo"]
GUESTS = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]
SEATS = {1: 2, 2: 2, 3: 4, 4: 2, 5: 4, 6: 6}
REFUSED = (400, 422)
FOUND_NOWHERE = (404, 400, 422)
WHERE_FILES_GO = {  # those that do not lie beside a wing's entry
    "echo.json": "wings/{name}/templates/{name}/echo.json",
}


def read_framework(source):
    """Return the framework of the learner's files, as their names tell."""
    if "main.mjs" in source.files:
        return "express"
    return "django" if "manage.py" in source.files else "fastapi"


def open_house(service, random, **variables):
    """Set the house up with a name and these variables; it opens with the first request."""
    service.environment.update({"HOTEL_NAME": f"{random.choice(HOTELS)} {random.randint(2, 99)}"} | variables)
    return service.environment["HOTEL_NAME"]


# Wings


def build_wing(service, source, data, name, title="A wing of another crew"):
    """Put a wing of another crew beside the learner's."""
    folder = data / "wing" / read_framework(source)
    service.add_files(
        {
            WHERE_FILES_GO.get(file.name, "wings/{name}/" + file.name).format(name=name): file.read_text()
            .replace("@NAME@", name)
            .replace("@TITLE@", title)
            for file in sorted(folder.iterdir())
        }
    )


def list_wings(service):
    """Return what the house lists: a wing's object for each name, in the order of the list."""
    answer = service.get("/wings")
    require_status(answer, 200, "The house lists its wings here, however many there are")
    wings = read_object(answer, wings="a list")["wings"]
    assert all(isinstance(wing, dict) and isinstance(wing.get("name"), str) for wing in wings), (
        "`wings` of your `GET /wings` holds something that is no object with a `name`. Clients choose a wing by its name"
    )
    return {wing["name"]: wing for wing in wings}


def require_served(service, name, word):
    """See that a wing of another crew is served below its name."""
    answer = service.get(f"/{name}/echo/{word}")
    require_status(answer, 200, f"The wing `{name}` has a route `/echo/…`, and is served below its name")
    require_equal(answer.json(), {"wing": name, "word": word}, f"Something else than the wing `{name}` has answered here")


def require_gone(service, path):
    """See that nothing is left below the name of a wing."""
    require_status(service.get(path), 404, "This wing is not there, so nothing is served below its name")


# Statuses


def require_one_of(answer, statuses, why):
    """See that an answer has one of these statuses; `why` says in a clause what makes them right."""
    if int(answer.status_code) in statuses:
        return
    shown = " or ".join(str(status) for status in statuses)
    message = f"Your service answered `{answer.title}` with {answer.status_code} instead of {shown}. {explain_status(answer, statuses[0], why)}"
    raise Mismatch(message, f"{answer.status_code}", shown)


# Guests, boats and books


def check_in(service, random):
    """Check a guest in, and return their id."""
    answer = service.post("/guests", json={"name": random.choice(GUESTS)})
    require_success(answer, 201, "A guest with a name checks in")
    guest = read_object(answer, "id")["id"]
    assert type(guest) in (int, str) and len(str(guest)) <= 64, (
        "The `id` of a guest is no number and no text, or a very long one. It becomes a part of an address, and goes to every wing"
    )
    require_address(str(guest), "id")
    return guest


def check_out(service, guest):
    """Check a guest out."""
    require_success(service.delete(f"/guests/{guest}"), 204, "This guest is in the house, and leaves")


def take_boat(service, guest, boat, hours=2):
    """Ask for a boat."""
    return service.post("/boats/rides", json={"guest": guest, "boat": boat, "hours": hours})


def list_free(service):
    """Return the numbers of the boats that are free."""
    answer = service.get("/boats/fleet")
    require_status(answer, 200, "The fleet can be seen at any time")
    boats = read_object(answer, boats="a list")["boats"]
    assert all(isinstance(boat, dict) for boat in boats), "`boats` of your fleet holds something that is no object"
    return [boat.get("number") for boat in boats if boat.get("free") is True]


def lend(service, guest, book):
    """Ask for a book."""
    return service.put(f"/library/loans/{book}", json={"guest": guest})


def is_lent(service, book):
    """Return what a book says of itself."""
    answer = service.get(f"/library/books/{book}")
    require_status(answer, 200, "The library has this book, whoever reads it")
    return read_object(answer, lent="true or false")["lent"]
