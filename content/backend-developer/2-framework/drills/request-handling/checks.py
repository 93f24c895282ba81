"""Checks of the bookings. Guests and nights are drawn from the seed of the run; each check meets a service that was just started."""

from milepost.engine.checks import check

NAMES = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]
JSON = {"content-type": "application/json"}
REFUSED = {400, 422}


def draw_booking(random, **fields):
    """Draw a booking that fits, but for the fields that are given."""
    return {"guest": f"{random.choice(NAMES)} {random.randint(1, 999)}", "nights": random.randint(1, 30)} | fields


def require_taken(answer, guest, euros, why):
    """See that a booking was taken, at this price."""
    assert answer.status_code == 201, (
        f"This booking fits, and your service answered {answer.status_code} instead of 201. {why}"
    )
    assert answer.json() == {"guest": guest, "euros": euros}, (
        f"The booking was taken, with another answer than the brief has. {why}"
    )


def require_refused(answer, what):
    """See that a request was refused."""
    assert answer.status_code in REFUSED, (
        f"{what}, and your service answered {answer.status_code}. "
        + (
            "An error ended your code: it used a value before anything had looked at it. Describe what fits, and refuse the rest with 400 or 422"
            if answer.status_code >= 500
            else "What doesn't fit is refused with 400 or 422, before anything is done with it"
        )
    )


@check(task="minus-two-nights", objectives=["framework.request-handling"])
def test_a_booking_that_fits_is_taken(service, random):
    """A booking that fits is taken, at 90 euros a night"""
    drawn = draw_booking(random)
    letter = random.choice("ABCDEFGH")
    for guest, nights in [(drawn["guest"], drawn["nights"]), (letter, 1), (letter * 100, 30)]:
        booking = {"guest": guest, "nights": nights}
        answer = service.post("/bookings", json=booking)
        require_taken(answer, booking["guest"], nights * 90, "From 1 to 30 nights and from 1 to 100 characters fit, the first and the last of them too")


@check(task="minus-two-nights", objectives=["framework.request-handling"])
def test_nights_that_do_not_fit_are_refused(service, random):
    """Nights that don't fit are refused"""
    strange = [-random.randint(1, 30), 0, 31, random.randint(31, 999), random.randint(1, 29) + 0.5, str(random.randint(1, 30)), True, None]
    for nights in strange:
        answer = service.post("/bookings", json=draw_booking(random, nights=nights))
        require_refused(answer, f"`nights` was {nights!r}, which is no whole number from 1 to 30")


@check(task="minus-two-nights", objectives=["framework.request-handling"])
def test_what_is_no_booking_is_refused(service, random):
    """What is no booking at all is refused"""
    booking = draw_booking(random)
    for guest in ["", "x" * 101, random.randint(1, 99), None]:
        require_refused(
            service.post("/bookings", json=booking | {"guest": guest}), "`guest` was no text of 1 to 100 characters"
        )
    for field in ("guest", "nights"):
        left = {name: value for name, value in booking.items() if name != field}
        require_refused(service.post("/bookings", json=left), f"`{field}` was missing")
    require_refused(service.post("/bookings", json=[booking]), "The body was a list")
    cut_off = f'{{"guest": "{booking["guest"]}", "nig'.encode()
    require_refused(service.post("/bookings", content=cut_off, headers=JSON), "The body was cut off, so it is no JSON")


@check(task="minus-two-nights", objectives=["framework.request-handling"])
def test_breakfast_is_yes_or_no(service, random):
    """Breakfast is true or false, and costs 15 euros a night"""
    for breakfast, night in [("true", 105), ("false", 90)]:
        booking = draw_booking(random)
        answer = service.post("/bookings", params={"breakfast": breakfast}, json=booking)
        why = "What stands in a query is text, and the text `false` is not empty: compare it, don't ask whether there is something"
        require_taken(answer, booking["guest"], booking["nights"] * night, why)
    answer = service.post("/bookings", params={"breakfast": "maybe"}, json=draw_booking(random))
    require_refused(answer, "`breakfast` was `maybe`")


@check(task="minus-two-nights", objectives=["framework.request-handling"])
def test_what_is_refused_leaves_no_trace(service, random):
    """What is refused leaves no trace"""
    first, last = draw_booking(random), draw_booking(random)
    service.post("/bookings", json=first)
    service.post("/bookings", json=draw_booking(random, nights=-random.randint(1, 30)))
    service.post("/bookings", params={"breakfast": "maybe"}, json=draw_booking(random))
    service.post("/bookings", json=last)
    answer = service.get("/bookings")
    assert answer.status_code == 200, f"`GET /bookings` worked in the starter, and now answers {answer.status_code}"
    assert answer.json() == {"guests": [first["guest"], last["guest"]]}, (
        "Four bookings were sent, and two of them don't fit. Exactly the others belong into the list: read everything first, then act"
    )
