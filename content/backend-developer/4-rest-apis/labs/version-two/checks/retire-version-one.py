"""Checks of what is left of version 1 after its last day."""

import re

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_problem, require_status
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import book, draw_moment, look, make_up, make_up_old, show_new, write_moment

SUCCESSOR = re.compile(r'<(?:http://(?:127\.0\.0\.1|localhost):8000)?/v2/bookings>\s*;[^,]*\brel="?successor-version"?', re.IGNORECASE)


def end_version_one(service, random):
    """Give the service a last day of version 1 that is over."""
    service.environment["V1_DEPRECATED_AT"] = write_moment(draw_moment(random, range(2015, 2019)))
    service.environment["V1_SUNSET_AT"] = write_moment(draw_moment(random, range(2020, 2026)))


@check(task="retire-version-one", objectives=["rest-apis.versioning"])
def test_version_one_is_gone(service, random):
    """After its last day every address of version 1 says that it is gone, and where to go"""
    end_version_one(service, random)

    for _, sent in cases(
        {
            "the list": ("GET", "/v1/bookings", {}),
            "a booking": ("GET", "/v1/bookings/k1", {}),
            "a new booking": ("POST", "/v1/bookings", {"json": make_up_old(random)}),
            "a change": ("PUT", "/v1/bookings/k1", {"json": make_up_old(random)}),
            "a payment": ("POST", "/v1/bookings/k1/pay", {}),
        }
    ):
        method, path, body = sent
        answer = service.request(method, path, **body)
        require_problem(
            answer,
            410,
            "`V1_SUNSET_AT` is over. 410 tells a client that what it looks for was here, is gone for good, and that trying again is no use",
        )
        assert SUCCESSOR.search(answer.headers.get("link", "")), (
            "Your 410 does not lead on. It is the last thing that an old client's owner reads of version 1; send the "
            '`Link` to `/v2/bookings` with `rel="successor-version"` there too'
        )


@check(task="retire-version-one", objectives=["rest-apis.versioning"])
def test_version_two_does_not_notice(service, random):
    """After the last day of version 1, version 2 works as before"""
    end_version_one(service, random)
    service.post("/v1/bookings", json=make_up_old(random))
    booking = make_up(random)
    booking_id = book(service, booking, 2)
    expected = {"id": booking_id, **show_new(booking)}
    require_equal(
        look(service, booking_id, 2), expected, "Your version 2 works otherwise now that version 1 has ended. Only version 1 ends"
    )
    answer = service.get("/v2/bookings")
    require_status(answer, 200, "Only version 1 ends")
    require_equal(
        read_object(answer, "items")["items"], [expected], "Your list holds another booking than the one of version 2. Version 1 has ended, so what is sent to it makes nothing"
    )
