"""Stage 2: the form, what is refused, and the slip in two shapes."""

import html
import re

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status, require_type
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    BEDS,
    FOUND_NOWHERE,
    REFUSED,
    check_in,
    make_guest,
    read_location,
    read_slip,
    require_one_of,
    require_slip,
    send_form,
    show_room,
)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def require_free(service, number, *, free, why):
    """See that a room is free, or taken."""
    answer = service.get(f"/rooms/{number}")
    require_status(answer, 200, "The hotel has this room, whoever stays in it")
    require_equal(answer.json(), show_room(int(number), free=free), why)


def read_page(service, where):
    """Get a slip as a browser does; return the text of the page, as a reader sees it."""
    answer = service.get(where, headers={"accept": BROWSER})
    require_status(answer, 200, "A slip was printed here, and browsers get it as a page")
    named = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    require_equal(
        named,
        "text/html",
        "Your slip is not sent to a browser as an HTML page, though the browser's `Accept` names `text/html` first. A guest sees raw data, or a "
        "download; look at `Accept`, and name the type of what you send",
    )
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", answer.text)).split())


@check(task="check-in", objectives=["framework.response-handling"])
def test_a_form_sends_the_browser_on(service, random):
    """After the form, the browser is sent on to the slip"""
    answer = send_form(service, make_guest(random))
    require_one_of(
        answer,
        (303, 302),
        "After a form, the browser goes on to the slip with a GET. 303 says exactly that. 307 and 308 say: send the same form again, there; and after a "
        "page that is answered directly, reloading it sends the form a second time",
    )
    where = read_location(answer, "/stays/", "of the slip")
    require_status(service.get(where), 200, "Your `Location` names this address for the slip")


@check(task="check-in", objectives=["framework.request-handling"])
def test_a_slip_tells_what_the_form_said(service, random):
    """A slip tells what the form said, also in letters with accents"""
    rooms = random.sample(list(BEDS), 3)
    guests = [
        make_guest(random, room=str(rooms[0])),
        make_guest(random, room=str(rooms[1]), name=f"Zoë Ó Briain-{random.randint(2, 99)}"),
        make_guest(random, room=str(rooms[2]), name=f"Family {random.randint(2, 99)}% + 1=2"),
    ]
    slips = [(check_in(service, guest), guest) for guest in guests]
    assert len({where for where, _ in slips}) == len(slips), (
        "Your service gave one address to two slips. Each stay has an id of its own; count on, or draw one"
    )
    for where, guest in slips:
        require_slip(read_slip(service, where)[1], guest)


@check(task="check-in", objectives=["framework.response-handling"])
def test_a_slip_shows_only_what_it_should(service, random):
    """A slip has four fields, and shows no passport"""
    guest = make_guest(random)
    where = check_in(service, guest)
    answer, slip = read_slip(service, where)

    require_equal(
        sorted(slip),
        ["id", "keys", "name", "room"],
        "Your slip has other fields than the four of the brief. What is stored and what is shown are two things: name the fields of an answer one by one, "
        "so that no field gets out because it was stored",
    )
    require_equal(
        str(slip["id"]),
        where.rpartition("/")[2],
        "Your slip has another `id` than its address ends with. A client that knows one wants to find the other",
    )
    shown = [answer, service.get(where, headers={"accept": BROWSER}), service.get(f"/rooms/{guest['room']}"), service.get("/rooms")]
    assert not any(guest["passport"] in each.text for each in shown), (
        "Your service showed the passport. It is kept for the authorities, and shown to nobody; leave it out of everything that you answer"
    )


@check(task="check-in", objectives=["framework.request-handling"])
def test_a_form_that_lacks_something_is_refused(service, random):
    """A form that lacks something is refused"""
    rooms = random.sample(list(BEDS), 10)  # each form has a room of its own, so that none is refused for an earlier one
    table = {
        f"{case} {name}": (name, value, REFUSED)
        for name in ("name", "passport")
        for case, value in (("no", None), ("an empty", ""), ("a blank", "   "))
    } | {
        "no room": ("room", None, FOUND_NOWHERE),
        "a room in words": ("room", "the one with the view", FOUND_NOWHERE),
        "a room that the hotel does not have": ("room", str(random.randint(107, 200)), FOUND_NOWHERE),
    }
    for case, (name, value, statuses) in cases(table):
        fields = make_guest(random, room=str(rooms.pop())) | {name: value}
        require_one_of(
            send_form(service, {key: text for key, text in fields.items() if text is not None}),
            statuses,
            f"The form had {case}. Whoever sent it can put that right now; once it is stored, nobody can. Look at every field before you act",
        )
    check_in(service, make_guest(random, room=str(rooms.pop())))


@check(task="check-in", objectives=["framework.request-handling"], hidden=True)
def test_a_refused_form_takes_no_room(service, random):
    """A form that is refused takes no room"""
    guest = make_guest(random)
    for name in ("name", "passport"):
        fields = {key: text for key, text in guest.items() if key != name}
        answer = send_form(service, fields)
        assert answer.status_code >= 400, f"Your service took a form without a {name}. Look at every field before you act"
    require_free(
        service,
        guest["room"],
        free=True,
        why="Your room is not free, though every form for it was refused. First look at the whole form, then change something",
    )
    check_in(service, guest)


@check(task="check-in", objectives=["framework.response-handling"])
def test_a_taken_room_is_refused(service, random):
    """A room that is taken is refused with 409"""
    guest = make_guest(random)
    where = check_in(service, guest)
    other = make_guest(random, room=guest["room"], name=f"{guest['name']} the second")

    require_one_of(
        send_form(service, other),
        (409,),
        "The form is in order, but the room is taken. 409 says that it is not the form that is wrong, so the guest chooses another room and "
        "does not look for a slip of the pen",
    )
    require_slip(read_slip(service, where)[1], guest)
    check_in(service, other | {"room": str(random.choice([number for number in BEDS if number != int(guest["room"])]))})


@check(task="check-in", objectives=["framework.response-handling"])
def test_a_taken_room_shows_as_taken(service, random):
    """A room that is taken shows so, everywhere"""
    taken = [101, random.choice([number for number in BEDS if number > 200])]
    for number in taken:
        check_in(service, make_guest(random, room=str(number)))

    why = "Somebody checked in here. Work out `free` from the stays whenever a room is shown; what was worked out earlier is old"
    require_free(service, taken[1], free=False, why=f"Your room {taken[1]} shows as free, or otherwise than the brief shows a room. {why}")
    answer = service.get("/rooms")
    require_status(answer, 200, "The list of rooms is there, whoever stays in them")
    require_equal(
        answer.json(),
        {"rooms": [show_room(number, free=number not in taken) for number in BEDS]},
        f"Your list shows the wrong rooms as free, or leaves some out. It holds taken rooms too. {why}",
    )
    answer = service.get("/rooms/free")
    require_status(answer, 200, "Most rooms are free")
    require_equal(answer.json(), show_room(102), f"Your answer is not the first free room, which is 102 now that 101 is taken. {why}")


@check(task="check-in", objectives=["framework.response-handling"])
def test_browsers_get_a_page_and_programs_get_json(service, random):
    """Browsers get the slip as a page, programs as JSON"""
    guest = make_guest(random)
    where = check_in(service, guest)

    text = read_page(service, where)
    is_named = guest["name"] in text  # outside of `assert`, which would show the whole page
    assert is_named, "Your page does not show the guest's name. The slip tells it, as it was typed into the form"
    assert re.search(rf"(?<!\d){guest['room']}(?!\d)", text), "Your page does not show the number of the room. Without it the guest stands in the lobby"
    for accept in ("application/json", "*/*"):
        answer = service.get(where, headers={"accept": accept})
        require_status(answer, 200, "A slip was printed here, and programs get it as JSON")
        require_type(answer)


@check(task="check-in", objectives=["framework.response-handling"])
def test_a_name_stays_a_name_on_the_page(service, random):
    """A name with `<` and `&` stands on the page as it was typed"""
    number = random.randint(2, 99)
    names = (f"Ada <b>Room{number}</b> Hale", f"Tom & Jerry &lt;{number}", f"<script>open({number})</script>")
    for name, room in zip(names, random.sample(list(BEDS), len(names)), strict=True):
        where = check_in(service, make_guest(random, name=name, room=str(room)))
        text = read_page(service, where)
        is_named = name in text
        assert is_named, (
            f"Your page does not show the name `{name}` as it was typed. Put into HTML as it is, a name becomes a part of the page: whoever types it can "
            "write, or run, what they like in the next reader's browser. Escape every value that goes into a page; a template does it for you"
        )
