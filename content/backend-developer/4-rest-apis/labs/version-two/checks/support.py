"""What checks of several tasks use: made-up bookings in both shapes, the dates of the notice, and recordings.

Each check meets a service that was just started, so there are no bookings yet.
"""

import json
from datetime import UTC, datetime

from milepost.engine.checks.answers import (
    read_object,
    require_address,
    require_json_type,
    require_success,
    require_type,
)
from milepost.engine.checks.comparing import require_equal

HARBOURS = ["Sund", "Ask", "Holm", "Vik"]
FIRST = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]
LAST = ["Okafor", "Lindqvist", "Moreau", "Tanaka", "Novak", "Castro", "Hale", "Ferrer"]
SEAT_CENTS = 1250
BIKE_CENTS = 425


def draw_moment(random, years):
    """Draw a moment of one of these years, to the second."""
    return datetime(
        random.choice(years),
        random.randint(1, 12),
        random.randint(1, 28),
        random.randint(0, 23),
        random.randint(0, 59),
        random.randint(0, 59),
        tzinfo=UTC,
    )


def announce(service, random):
    """Give the service the dates of the notice, of which the second is far away; return both."""
    deprecated_at = draw_moment(random, range(2021, 2026))
    sunset_at = draw_moment(random, range(2080, 2098))
    service.environment["V1_DEPRECATED_AT"] = write_moment(deprecated_at)
    service.environment["V1_SUNSET_AT"] = write_moment(sunset_at)
    return deprecated_at, sunset_at


def write_moment(moment):
    """Write a moment in UTC as RFC 3339 does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_up(random, **fields):
    """Make up what a client of version 2 sends for a booking."""
    origin, goal = random.sample(HARBOURS, 2)
    booking = {
        "passenger": f"{random.choice(FIRST)} {random.choice(LAST)}",
        "from": origin,
        "to": goal,
        "seats": random.randint(1, 9),
        "bikes": random.choice([2, 4, 6, 8]),  # with any seats, the price then ends in a zero
        "phone": f"+47 {random.randint(100_000, 999_999)}",
    }
    return booking | fields


def make_up_old(random, **fields):
    """Make up what a client of version 1 sends for a booking."""
    booking = {
        "name": f"{random.choice(FIRST)} {random.choice(LAST)}",
        "route": "-".join(random.sample(HARBOURS, 2)),
        "seats": random.randint(1, 9),
        "bike": random.choice([True, False]),
    }
    return booking | fields


def count_cents(seats, bikes):
    """Return what a booking costs, in cents."""
    return seats * SEAT_CENTS + bikes * BIKE_CENTS


def show_new(booking, status="open"):
    """Return how version 2 shows a booking that was sent to it, without its id."""
    cents = count_cents(booking["seats"], booking["bikes"])
    price = {"amount": f"{cents // 100}.{cents % 100:02}", "currency": "EUR"}
    return {**booking, "price": price, "status": status}


def show_old(booking, paid=False):
    """Return how version 1 shows a booking that was sent to version 2, without its id."""
    return {
        "name": booking["passenger"],
        "route": f"{booking['from']}-{booking['to']}",
        "seats": booking["seats"],
        "bike": booking["bikes"] > 0,
        "price": count_cents(booking["seats"], booking["bikes"]) / 100,
        "paid": paid,
    }


def book(service, booking, version):
    """Make a booking in one version; return its id."""
    answer = service.post(f"/v{version}/bookings", json=booking)
    require_success(
        answer, 201 if version == 2 else 200, f"This check needs a booking that was made in version {version}"
    )
    booking_id = read_object(answer, "id")["id"]
    require_json_type(booking_id, "id", "a text")
    require_address(booking_id, "id")
    return booking_id


def look(service, booking_id, version):
    """Get a booking in one version; return the object that shows it."""
    answer = service.get(f"/v{version}/bookings/{booking_id}")
    require_success(
        answer,
        200,
        "The booking was made under this `id`, and a booking has one `id` in both versions. Keep one store, and let "
        "both versions look into it",
    )
    return read_object(answer)


def set_status(service, booking_id, status):
    """Change the status of a booking, in version 2."""
    answer = service.patch(f"/v2/bookings/{booking_id}", json={"status": status})
    require_success(answer, 200, f"`{status}` is a status that a booking may have")


def replay(service, path, whose):
    """Send what a client of version 1 sent one day, and compare each answer with the one of that day."""
    for step in json.loads(path.read_text(encoding="utf-8")):
        body = step.get("body")
        sent = {} if body is None else {"json": body}
        if "content" in step:
            sent = {"content": step["content"], "headers": {"content-type": "application/json"}}
        answer = service.request(step["method"], step["path"], **sent)
        require_equal(
            answer.status_code,
            step["status"],
            f"{whose} sent `{answer.title}` one day and was answered with {step['status']}; today it is "
            f"{answer.status_code}. Its program was written for the first and is never updated. Whatever you would do "
            "better today belongs into version 2",
        )
        require_type(answer)
        require_equal(
            answer.json(),
            step["answer"],
            f"{whose} sent `{answer.title}` one day, and the answer of that day was another. Its program reads every field, "
            "and stops at one that it doesn't know. Leave version 1 as it is: no field more, none less, none of another type",
        )
