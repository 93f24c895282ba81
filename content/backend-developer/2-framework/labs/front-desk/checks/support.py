"""What the checks of several stages use: the hotel's rooms, made-up guests and photos, and how a client sends them.

Where a check only builds on a step, it takes whatever status of success that step has: which one is right is
the business of the check about it.
"""

import re
from urllib.parse import urlencode

from milepost.engine.checks.answers import explain_status, require_address, require_success, require_type
from milepost.engine.checks.comparing import Mismatch, require_equal

BEDS = {
    **dict(zip(range(101, 107), (1, 2, 2, 3, 1, 2), strict=True)),
    **dict(zip(range(201, 207), (2, 1, 3, 2, 4, 2), strict=True)),
    **dict(zip(range(301, 307), (1, 3, 2, 2, 1, 4), strict=True)),
}
FIRST = ["Zoë", "Bo", "Chidi", "Dunja", "Émile", "Freya", "Gaël", "Hana", "İlse", "Jürgen"]
LAST = ["Okafor", "Lindqvist", "Møller", "Tanaka", "Novák", "Castro", "Hale", "Ferrer"]
HERE = r"^https?://(127\.0\.0\.1|localhost)(:\d+)?(?=/)"  # an address may begin so, or with the path
FORM = {"content-type": "application/x-www-form-urlencoded"}
REFUSED = (400, 422)
FOUND_NOWHERE = (404, 400, 422)


# The hotel


def show_room(number, *, free=True):
    """Return a room as the service shows it."""
    return {"number": number, "floor": number // 100, "beds": BEDS[number], "free": free}


def list_rooms(floor=None, beds=None):
    """List the rooms of a floor, with so many beds, as the service shows them while all are free."""
    rooms = [show_room(number) for number in BEDS]
    return [room for room in rooms if floor in (None, room["floor"]) and beds in (None, room["beds"])]


def make_guest(random, **fields):
    """Make up what a guest writes into the form."""
    guest = {
        "name": f"{random.choice(FIRST)} {random.choice(LAST)}",
        "passport": f"{random.choice('BCDFGHKLMN')}{random.randint(10**7, 10**8 - 1)}",
        "room": str(random.choice(list(BEDS))),
    }
    return guest | fields


# Statuses


def require_one_of(answer, statuses, why):
    """See that an answer has one of these statuses; `why` says in a clause what makes them right."""
    if int(answer.status_code) in statuses:
        return
    shown = " or ".join(str(status) for status in statuses)
    message = f"Your service answered `{answer.title}` with {answer.status_code} instead of {shown}. {explain(answer, statuses[0], why)}"
    raise Mismatch(message, f"{answer.status_code}", shown)


def explain(answer, status, why):
    """Say what a status tells that came instead of another: that of a missing route says nothing about the request."""
    got = int(answer.status_code)
    if 300 <= got < 400 and 300 <= status < 400:
        return why
    if got in (404, 405) and status >= 300:
        return (
            "That is how a framework answers where no route has this path with this method, so perhaps none of your code ran; "
            f"see how the route is declared. If it did run: {why[0].lower()}{why[1:]}"
        )
    return explain_status(answer, status, why)


# Forms


def send_form(service, fields):
    """Send the form of the tablet as a browser does."""
    return service.post("/stays", content=urlencode(fields), headers=FORM)


def check_in(service, guest):
    """Check a guest in, and return the address of the slip; which status that has is the business of another check."""
    answer = send_form(service, guest)
    assert 200 <= answer.status_code < 400, (
        f"Your service answered `{answer.title}` with {answer.status_code}. "
        f"{explain_status(answer, 200, 'The form holds a name, a passport and a free room, so the guest is checked in')}"
    )
    return read_location(answer, "/stays/", "of the slip")


def read_location(answer, under, what):
    """Return the path that `Location` names; it lies under a given one, with one part behind it."""
    location = answer.headers.get("location", "")
    assert location, (
        f"Your answer to `{answer.title}` has no `Location`. The client knows no other way to the address {what}; "
        "send it in this header"
    )
    require_address(location, "Location")
    where = re.sub(HERE, "", location)
    assert re.fullmatch(re.escape(under) + r"[^/?#\s]+", where), (
        f"Your `Location` in the answer to `{answer.title}` is not the address {what}: `{under}…`, with the id behind it. "
        "A client goes to this address as it is"
    )
    return where


def read_slip(service, where):
    """Get the slip at an address as a program does; return the answer and the slip."""
    answer = service.get(where, headers={"accept": "application/json"})
    require_success(answer, 200, "A slip was printed here, and its address leads to it")
    require_type(answer)
    slip = answer.json()
    assert isinstance(slip, dict), (
        f"Your service answered `{answer.title}` with JSON that is no object. Programs look fields up by name; send one object"
    )
    return answer, slip


def require_slip(slip, guest, keys=0):
    """See that a slip tells what the guest wrote into the form, leaving its id aside."""
    got = {name: slip.get(name) for name in ("name", "room", "keys")}
    require_equal(
        got,
        {"name": guest["name"], "room": int(guest["room"]), "keys": keys},
        "Your slip does not tell what the guest's form said, with the key cards that were ordered. Read each field from the form as the "
        "text that was typed, make a number of the room, and keep all of it with this stay",
    )


# Photos


def make_photo(random, kind):
    """Make up a photo: the first bytes of its kind, line breaks of every sort, and bytes that are no text."""
    begins = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff\xe0"}[kind]
    middle = bytes(random.randrange(256) for _ in range(random.randint(200, 600)))
    return begins + middle + b"\r\n\n\r\x00\xfe\x80" + middle[:20]


def send_find(service, random, texts, files):
    """Send a find as the camera does; `files` has a name, a content type and bytes for each part that is a file."""
    border = f"----albatross{random.randint(10**9, 10**10)}"
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode() for name, text in texts.items()
    ]
    for name, (filename, kind, content) in files.items():
        head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{border}--\r\n".encode()
    return service.post("/found", content=body, headers={"content-type": f"multipart/form-data; boundary={border}"})


def keep_find(service, random, kind, photo):
    """Send a find with this photo; return what it was called, the answer and the find."""
    what = f"a {random.choice(['green', 'torn', 'wet', 'tiny'])} {random.choice(['umbrella', 'glove', 'café cup', 'violin'])}"
    ending = kind.removeprefix("image/")
    answer = send_find(service, random, {"what": what}, {"photo": (f"shelf.{ending}", kind, photo)})
    require_success(answer, 201, "The find has a text and a photo, so it is kept")
    require_type(answer)
    find = answer.json()
    assert isinstance(find, dict), (
        f"Your service answered `{answer.title}` with JSON that is no object. The camera looks fields up by name; send one object"
    )
    return what, answer, find


def get_photo(service, find):
    """Get the photo of a find from the address that the find names."""
    where = find.get("photo")
    assert isinstance(where, str), "`photo` is missing from your find, or is no text. It is the address of the photo; send it as a text"
    require_address(where, "photo")
    where = re.sub(HERE, "", where)
    assert where.startswith("/"), (
        "Your `photo` is no address of this service. A client gets the photo from there; let it begin with `/found/`"
    )
    answer = service.get(where)
    require_success(answer, 200, "This is the address that the find names for its photo")
    return answer
