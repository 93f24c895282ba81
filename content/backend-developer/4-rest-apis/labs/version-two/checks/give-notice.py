"""Checks of version 1 as its clients know it, and of the notice that it ends."""

import re
from email.utils import format_datetime

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import announce, book, make_up_old, replay, write_moment

NOTICE = ("deprecation", "sunset", "link")
SUCCESSOR = re.compile(r'<(?:http://(?:127\.0\.0\.1|localhost):8000)?/v2/bookings>\s*;[^,]*\brel="?successor-version"?', re.IGNORECASE)


@check(task="give-notice", objectives=["rest-apis.versioning"])
def test_the_notice_says_since_when(service, random):
    """Deprecation says since when version 1 is deprecated, as RFC 9745 writes it"""
    deprecated_at, _ = announce(service, random)
    booking_id = book(service, make_up_old(random), 1)

    for path in ("/v1/bookings", f"/v1/bookings/{booking_id}"):
        answer = service.get(path)
        require_equal(
            answer.headers.get("deprecation", ""),
            f"@{int(deprecated_at.timestamp())}",
            "Your `Deprecation` is missing, or is not the moment of `V1_DEPRECATED_AT` as RFC 9745 writes it: an @, and then the "
            "seconds since 1970 as a whole number. Programs that look out for it read nothing else",
        )


@check(task="give-notice", objectives=["rest-apis.versioning"])
def test_the_notice_says_until_when(service, random):
    """Sunset says when version 1 ends, as RFC 8594 writes it"""
    _, sunset_at = announce(service, random)
    booking_id = book(service, make_up_old(random), 1)

    for path in ("/v1/bookings", f"/v1/bookings/{booking_id}"):
        answer = service.get(path)
        require_equal(
            answer.headers.get("sunset", ""),
            format_datetime(sunset_at, usegmt=True),
            "Your `Sunset` is missing, or is not the moment of `V1_SUNSET_AT` as RFC 8594 writes it: a date of HTTP, like "
            "those in `Date` and `Last-Modified`, in GMT. It is older than `Deprecation`, and the two write moments differently",
        )


@check(task="give-notice", objectives=["rest-apis.versioning"])
def test_the_notice_leads_to_the_successor(service, random):
    """Link leads from version 1 to its successor"""
    announce(service, random)
    answer = service.get("/v1/bookings")

    require_status(answer, 200, "Version 1 answers until its last day")
    assert SUCCESSOR.search(answer.headers.get("link", "")), (
        'Your `Link` does not lead to `/v2/bookings` with `rel="successor-version"`. Whoever reads that version 1 ends asks next '
        'where to go; send `Link: </v2/bookings>; rel="successor-version"` with the notice'
    )


@check(task="give-notice", objectives=["rest-apis.versioning"])
def test_refusals_carry_the_notice(service, random):
    """Refusals of version 1 carry the notice as well"""
    announce(service, random)
    wrong = make_up_old(random, seats=random.randint(10, 99))

    for name, sent in cases(
        {
            "a booking that is not there": ("GET", "/v1/bookings/nowhere", None, 404),
            "too many seats": ("POST", "/v1/bookings", wrong, 400),
        }
    ):
        method, path, body, status = sent
        answer = service.request(method, path, **({} if body is None else {"json": body}))
        require_status(answer, status, "Version 1 refuses as it always did")
        missing = [header for header in NOTICE if not answer.headers.get(header, "")]
        assert missing == [], (
            f"Your refusal of {name} lacks a part of the notice. A program that only ever asks for things that are gone is a "
            "client too, and its owner reads headers in a log; put the notice on every answer of version 1, whoever writes it"
        )


@check(task="give-notice", objectives=["rest-apis.versioning"])
def test_each_header_needs_its_date(service, random):
    """A date that is not set is not announced"""
    deprecated_at, sunset_at = announce(service, random)
    deprecated, ends = {"V1_DEPRECATED_AT": write_moment(deprecated_at)}, {"V1_SUNSET_AT": write_moment(sunset_at)}

    for name, case in cases(
        {
            "neither date": ({}, []),
            "only `V1_DEPRECATED_AT`": (deprecated, ["deprecation", "link"]),
            "only `V1_SUNSET_AT`": (ends, ["sunset", "link"]),
        }
    ):
        environment, expected = case
        service.environment.clear()
        service.environment.update(environment)
        service.restart()
        answer = service.get("/v1/bookings")
        require_status(answer, 200, "With or without the two variables, version 1 answers")
        require_equal(
            [header for header in NOTICE if header in answer.headers],
            expected,
            f"With {name} set, your version 1 announces something else. A date that nobody has decided makes people hurry for nothing; "
            "send each header only where its own variable is set, and `Link` where either is",
        )


@check(task="give-notice", objectives=["rest-apis.versioning"])
def test_the_kiosk_lives_on(service, data, random):
    """A day of the kiosk, recorded with version 1 alone, is answered the same"""
    announce(service, random)
    replay(service, data / "recorded" / "kiosk.json", "The kiosk")


@check(task="give-notice", objectives=["rest-apis.versioning"])
def test_the_phones_live_on(service, data, random):
    """A day of the phones, refusals included, is answered the same"""
    announce(service, random)
    replay(service, data / "recorded" / "phones.json", "A phone")
