"""Checks of both versions over one store. Every booking is made up from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status
from milepost.engine.checks.comparing import require_equal

from checks.support import book, look, make_up, make_up_old, set_status, show_new, show_old
from checks.support import announce, replay


@check(task="one-booking-two-shapes", objectives=["rest-apis.versioning"])
def test_old_bookings_read_in_version_two(service, random):
    """What was booked in version 1 reads in version 2"""
    for bike in (True, False):
        old = make_up_old(random, bike=bike)
        booking_id = book(service, old, 1)
        origin, goal = old["route"].split("-")
        booking = {
            "passenger": old["name"],
            "from": origin,
            "to": goal,
            "seats": old["seats"],
            "bikes": int(bike),
            "phone": None,
        }
        require_equal(
            look(service, booking_id, 2),
            {"id": booking_id, **show_new(booking)},
            "Your version 2 shows a booking of version 1 otherwise than the brief translates it. There is one booking, seen from two "
            "sides; a `bike` that is true is one bike, and what version 1 never asked for is `null`",
        )


@check(task="one-booking-two-shapes", objectives=["rest-apis.versioning"])
def test_new_bookings_read_in_version_one(service, random):
    """What was booked in version 2 reads in version 1, with the fields of version 1 and no other"""
    bookings = [make_up(random), make_up(random, bikes=0), make_up(random, bikes=1)]
    ids = [book(service, booking, 2) for booking in bookings]
    expected = [{"id": booking_id, **show_old(booking)} for booking_id, booking in zip(ids, bookings, strict=True)]

    for shown in expected:
        require_equal(
            look(service, shown["id"], 1),
            shown,
            "Your version 1 does not show a booking of version 2 with its seven old fields: `route` in one text, `bike` true "
            "where there is one or more, `price` a number. The kiosk stops at a field that it doesn't know",
        )
    answer = service.get("/v1/bookings")
    require_status(answer, 200, "The old list is there as long as version 1 is")
    assert answer.json() == expected, (
        "Your old list does not hold the bookings of version 2 in the shape of version 1. The kiosk counts its seats by it; one "
        "booking is shown by one function, wherever it stands"
    )


@check(task="one-booking-two-shapes", objectives=["rest-apis.versioning"])
def test_paid_means_the_same_in_both(service, random):
    """Payments of one version are seen in the other, and a new status does not confuse the old one"""
    booking_id = book(service, make_up(random), 2)
    answer = service.post(f"/v1/bookings/{booking_id}/pay")
    require_status(answer, 200, "A booking of version 2 can be paid for at the kiosk")
    assert read_object(answer, "paid")["paid"] is True, "Your version 1 does not say that the booking is paid, which it is now"
    require_equal(
        look(service, booking_id, 2).get("status"),
        "paid",
        "Your version 2 does not know that the kiosk was paid. There is one `status`; `paid` of version 1 is read from it",
    )

    for status, paid in (("refunded", False), ("paid", True), ("open", False)):
        set_status(service, booking_id, status)
        require_equal(
            look(service, booking_id, 1).get("paid"),
            paid,
            f"Your version 1 does not translate the status `{status}`. `paid` asks whether the ferry has the money; version 1 has no "
            "word for a refund, and its clients must not be given a new one",
        )


@check(task="one-booking-two-shapes", objectives=["rest-apis.versioning"])
def test_an_old_change_keeps_the_number_of_bikes(service, random):
    """A change in version 1 keeps the number of bikes, unless it says that there are none"""
    booking = make_up(random)
    booking_id = book(service, booking, 2)
    seen = look(service, booking_id, 1)
    change = {name: seen.get(name) for name in ("name", "route", "seats", "bike")}
    for bike, bikes in ((True, booking["bikes"]), (False, 0), (True, 1)):
        answer = service.put(f"/v1/bookings/{booking_id}", json=change | {"bike": bike})
        require_status(answer, 200, "The phone sends back what it has read, with another `bike`")
        require_equal(
            look(service, booking_id, 2).get("bikes"),
            bikes,
            f"After a PUT in version 1 with `bike` {str(bike).lower()}, the number of bikes is wrong. Version 1 sees only *some* or *none*: "
            "`true` where there are some changes nothing, `true` where there are none makes one, `false` makes none",
        )


@check(task="one-booking-two-shapes", objectives=["rest-apis.versioning"])
def test_an_old_change_keeps_what_it_cannot_see(service, random):
    """A change in version 1 keeps phone and status, which it cannot see"""
    booking = make_up(random, bikes=1)
    booking_id = book(service, booking, 2)
    status = random.choice(["paid", "refunded"])
    set_status(service, booking_id, status)
    old = make_up_old(random, bike=True)
    origin, goal = old["route"].split("-")
    answer = service.put(f"/v1/bookings/{booking_id}", json=old)
    require_status(answer, 200, "Version 1 may change any booking")

    changed = {**booking, "passenger": old["name"], "from": origin, "to": goal, "seats": old["seats"]}
    require_equal(
        look(service, booking_id, 2),
        {"id": booking_id, **show_new(changed, status)},
        "After a PUT in version 1 the booking is not what it was, with the four fields of the PUT changed. A client of version 1 has never heard "
        "of `phone` and can't send it back; what an old client can't see, it must not be able to wipe out",
    )


@check(task="one-booking-two-shapes", objectives=["rest-apis.versioning"], hidden=True)
def test_the_office_lives_on_beside_version_two(service, data, random):
    """Another client's day is answered the same while version 2 is in use"""
    announce(service, random)
    replay(service, data / "hidden" / "harbour-office.json", "The harbour office")
    booking_id = book(service, make_up(random), 2)
    replay(service, data / "hidden" / "harbour-office-later.json", "The harbour office")
    assert look(service, booking_id, 2)["id"] == booking_id, "What version 1 did took a booking away"
