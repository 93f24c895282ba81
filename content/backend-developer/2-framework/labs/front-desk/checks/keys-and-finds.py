"""Stage 3: JSON from the key machine, and photos from the camera."""

import json

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status, require_success
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    FOUND_NOWHERE,
    REFUSED,
    check_in,
    get_photo,
    keep_find,
    make_guest,
    make_photo,
    read_location,
    read_slip,
    require_one_of,
    require_slip,
    send_find,
)

KINDS = ("image/png", "image/jpeg")


def order(service, where, content, kind="application/json"):
    """Order key cards with a body of this type."""
    return service.post(f"{where}/keys", content=content, headers={"content-type": kind})


@check(task="keys-and-finds", objectives=["framework.request-handling"])
def test_key_cards_add_up(service, random):
    """Key cards add up on the slip of their stay"""
    guest, other = (make_guest(random, room=str(number)) for number in random.sample(range(201, 207), 2))
    where, elsewhere = check_in(service, guest), check_in(service, other)

    keys = 0
    for cards, kind in ((random.choice([2, 3]), "application/json"), (4, "application/json; charset=utf-8"), (1, "application/json")):
        keys += cards
        answer = order(service, where, json.dumps({"cards": cards}), kind)
        require_status(answer, 201, "The order has a whole number from 1 to 4, and new key cards are made")
        slip = answer.json()
        assert isinstance(slip, dict), "Your answer to the order is no object. The key machine prints the slip; send it as JSON"
        require_slip(slip, guest, keys)
    require_slip(read_slip(service, where)[1], guest, keys)
    require_slip(read_slip(service, elsewhere)[1], other)


@check(task="keys-and-finds", objectives=["framework.request-handling"])
def test_a_wrong_order_is_refused(service, random):
    """An order that does not fit is refused"""
    guest = make_guest(random)
    where = check_in(service, guest)
    table = {
        "no cards": {"cards": 0},
        "too many cards": {"cards": 5},
        "a negative number": {"cards": -random.randint(1, 9)},
        "a part of a card": {"cards": 1.5},
        "a word": {"cards": "two"},
        "null": {"cards": None},
        "no field of this name": {"keys": 2},
        "an empty object": {},
        "a list": [2],
        "a text": "2 cards",
    }
    for name, body in cases(table):
        require_one_of(
            order(service, where, json.dumps(body)),
            REFUSED,
            f"The body was JSON, but no order ({name}). It comes from a program, which is wrong as often as people are; look whether it is an object, and at "
            "what `cards` is, before you use it",
        )
    require_one_of(order(service, where, '{"cards": '), REFUSED, "The body breaks off, so it is no JSON. Catch what the parser raises")
    require_one_of(order(service, f"{where}987654", '{"cards": 2}'), FOUND_NOWHERE, "There is no such stay")
    require_slip(read_slip(service, where)[1], guest)
    require_success(order(service, where, '{"cards": 2}'), 201, "This order is in order")


@check(task="keys-and-finds", objectives=["framework.request-handling"])
def test_an_order_says_that_it_is_json(service, random):
    """An order that is not sent as JSON is refused"""
    guest = make_guest(random)
    where = check_in(service, guest)
    body = json.dumps({"cards": random.randint(1, 4)})

    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        require_one_of(
            order(service, where, body, kind),
            (415, 400, 422),
            f"The body was sent as `{kind}`. That it looks like JSON is chance; a service that guesses is easily talked to by pages of others, whose browsers may "
            "send just these types without asking. Look at `Content-Type` first",
        )
    require_slip(read_slip(service, where)[1], guest)
    require_success(order(service, where, body), 201, "The same body, sent as JSON, is an order")


@check(task="keys-and-finds", objectives=["framework.response-handling"])
def test_a_find_has_an_address(service, random):
    """A find is answered with 201, and lives at its address"""
    finds = []
    for kind in KINDS:
        what, answer, find = keep_find(service, random, kind, make_photo(random, kind))
        require_status(answer, 201, "Something new is kept, and 201 says so")
        where = read_location(answer, "/found/", "of the find")
        require_equal(
            [sorted(find), find.get("what"), str(find.get("id"))],
            [["id", "photo", "what"], what, where.rpartition("/")[2]],
            "Your find does not have just the fields of the brief: `id`, as its address ends, `what`, as the camera sent it, and `photo`",
        )
        finds.append((where, find))
    for where, find in finds:
        again = service.get(where)
        require_status(again, 200, "Your `Location` names this address for the find")
        require_equal(again.json(), find, "Your find looks otherwise at its address than in the answer to the camera")
    require_one_of(service.get(f"{finds[0][0]}987654"), FOUND_NOWHERE, "There is no such find")


@check(task="keys-and-finds", objectives=["framework.request-handling"])
def test_a_photo_comes_back_byte_by_byte(service, random):
    """A photo comes back byte by byte"""
    sent = [(kind, make_photo(random, kind)) for kind in KINDS]
    finds = [keep_find(service, random, kind, photo)[2] for kind, photo in sent]
    for find, (_, photo) in zip(finds, sent, strict=True):
        got = get_photo(service, find).content
        require_equal(
            got,
            photo,
            f"Your photo has {len(got)} bytes and is not the one that was sent, with {len(photo)}. A file is bytes, not text: read as text, what is no UTF-8 "
            "is lost. Read the part as bytes, keep them, and send them as the body",
        )


@check(task="keys-and-finds", objectives=["framework.response-handling"])
def test_a_photo_says_what_it_is(service, random):
    """A photo is sent with the type that it has"""
    finds = [(kind, keep_find(service, random, kind, make_photo(random, kind))[2]) for kind in KINDS]
    for kind, find in finds:
        named = get_photo(service, find).headers.get("content-type", "").partition(";")[0].strip().lower()
        require_equal(
            named,
            kind,
            "Your photo is not sent with the type that its part had. By the type a browser decides whether it shows or saves; keep the "
            "type beside the bytes",
        )


@check(task="keys-and-finds", objectives=["framework.request-handling"])
def test_only_photos_are_kept(service, random):
    """What is no photo is refused with 415"""
    for kind in ("text/html", "application/pdf", "image/svg+xml"):
        answer = send_find(service, random, {"what": "a letter"}, {"photo": ("letter", kind, b"<p>Dear finder</p>")})
        require_one_of(
            answer,
            (415,),
            f"The part `photo` was sent as `{kind}`. Served again from your address, a page or a drawing can run scripts in the browsers of "
            "your guests; take the two types of the brief, and no other",
        )
    keep_find(service, random, "image/png", make_photo(random, "image/png"))


@check(task="keys-and-finds", objectives=["framework.request-handling"])
def test_half_a_find_is_refused(service, random):
    """A find without a photo or a text is refused"""
    photo = {"photo": ("shelf.png", "image/png", make_photo(random, "image/png"))}
    table = {
        "no photo": ({"what": "a glove"}, {}),
        "a text in place of the photo": ({"what": "a glove", "photo": "it is green"}, {}),
        "no text": ({}, photo),
        "an empty text": ({"what": ""}, photo),
        "a blank text": ({"what": "  "}, photo),
    }
    for name, (texts, files) in cases(table):
        require_one_of(
            send_find(service, random, texts, files),
            REFUSED,
            f"The find had {name}. A shelf with nameless things helps nobody; see that both parts are there before you keep anything",
        )
    keep_find(service, random, "image/jpeg", make_photo(random, "image/jpeg"))
