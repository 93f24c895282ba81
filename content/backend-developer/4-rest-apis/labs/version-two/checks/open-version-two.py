"""Checks of version 2 by itself. Every booking is made up from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import (
    read_object,
    require_address,
    require_json_type,
    require_problem,
    require_status,
)
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import announce, book, look, make_up, set_status, show_new


@check(task="open-version-two", objectives=["rest-apis.versioning"])
def test_a_new_booking_has_its_new_shape(service, random):
    """Version 2 takes a booking, names its address, and shows it in its own shape"""
    for booking in (make_up(random), make_up(random, seats=1, bikes=2), make_up(random, seats=9, bikes=8)):
        answer = service.post("/v2/bookings", json=booking)
        require_status(answer, 201, "Something new was made, and version 2 says so with 201")
        shown = read_object(answer, "id")
        require_json_type(shown["id"], "id", "a text")
        require_address(shown["id"], "id")
        place = answer.headers.get("location", "")
        assert place.endswith(f"/v2/bookings/{shown['id']}"), (
            "Your `Location` is not the address of the new booking in version 2, `/v2/bookings/` and its id. A client that has "
            "moved to version 2 stays there, so every address that it is given is one of version 2"
        )
        require_equal(
            look(service, shown["id"], 2),
            {"id": shown["id"], **show_new(booking)},
            "Your version 2 does not show the booking as the brief has it: harbours apart, `bikes` as a number, `price` with an "
            "`amount` that is a text of euros and two digits of cents, `status` in place of `paid`",
        )


@check(task="open-version-two", objectives=["rest-apis.versioning"])
def test_what_may_be_left_out_has_a_default(service, random):
    """A booking without bikes and phone is one with none"""
    booking = make_up(random)
    short = {name: value for name, value in booking.items() if name not in ("bikes", "phone")}
    booking_id = book(service, short, 2)

    require_equal(
        look(service, booking_id, 2),
        {"id": booking_id, **show_new({**booking, "bikes": 0, "phone": None})},
        "Your version 2 does not show 0 `bikes` and `null` for the `phone` that were left out. What is optional when it is sent is "
        "always there when it is answered, so that no client has to guess",
    )


@check(task="open-version-two", objectives=["rest-apis.versioning"])
def test_the_list_is_an_object(service, random):
    """The list of version 2 is an object with items"""
    bookings = [make_up(random) for _ in range(random.randint(2, 4))]
    ids = [book(service, booking, 2) for booking in bookings]
    answer = service.get("/v2/bookings")

    require_status(answer, 200, "The list can always be read")
    expected = [{"id": booking_id, **show_new(booking)} for booking_id, booking in zip(ids, bookings, strict=True)]
    require_equal(
        read_object(answer, "items")["items"],
        expected,
        "Your `items` are not the bookings in the order in which they were made, each as it shows itself. The object around them is "
        "there for what comes one day: to a bare list nothing can be added without breaking those who read it",
    )


@check(task="open-version-two", objectives=["rest-apis.versioning"])
def test_a_status_can_be_changed(service, random):
    """A booking's status can be changed, and becomes nothing else than a status"""
    booking = make_up(random)
    booking_id = book(service, booking, 2)
    for status in ("paid", "refunded", "open"):
        set_status(service, booking_id, status)
        require_equal(
            look(service, booking_id, 2),
            {"id": booking_id, **show_new(booking, status)},
            "Your booking does not have the status that a PATCH gave to it, or the PATCH changed more than that",
        )

    answer = service.patch(f"/v2/bookings/{booking_id}", json={"status": random.choice(["lost", "Paid", ""])})
    require_problem(answer, 422, "There is no such status, and a client that misspells one has to hear of it")
    assert look(service, booking_id, 2)["status"] == "open", "Your service refused a status and stored it all the same"


@check(task="open-version-two", objectives=["rest-apis.versioning"])
def test_version_two_refuses_with_problem_documents(service, random):
    """Version 2 refuses with problem documents and 422"""
    book(service, make_up(random), 2)
    origin = random.choice(["Sund", "Ask"])

    for name, wrong in cases(
        {
            "no passenger": {"passenger": "  "},
            "a harbour that there is not": {"to": "Oslo"},
            "the same harbour twice": {"from": origin, "to": origin},
            "too many seats": {"seats": random.randint(10, 99)},
            "a number of bikes as a text": {"bikes": "2"},
            "a bike less than none": {"bikes": -random.randint(1, 9)},
            "a phone that is a number": {"phone": random.randint(100_000, 999_999)},
        }
    ):
        answer = service.post("/v2/bookings", json=make_up(random, **wrong))
        require_problem(answer, 422, f"The booking has {name}. Version 2 refuses with 422 and a problem document")
    require_problem(
        service.get("/v2/bookings/nowhere"), 404, "There is no such booking, and version 2 says so with a problem document"
    )


@check(task="open-version-two", objectives=["rest-apis.versioning"])
def test_version_two_gives_no_notice(service, random):
    """Version 2 does not end, so it gives no notice"""
    announce(service, random)
    booking_id = book(service, make_up(random), 2)

    for path in ("/v2/bookings", f"/v2/bookings/{booking_id}"):
        answer = service.get(path)
        require_status(answer, 200, "The booking was made in version 2")
        told = [header for header in ("deprecation", "sunset") if header in answer.headers]
        assert told == [], (
            "Your version 2 says that it ends. The dates are those of version 1; who has just moved would have to look for a "
            "version 3. Send the notice with answers of version 1 only"
        )
