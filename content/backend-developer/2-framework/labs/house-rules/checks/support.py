"""What the checks of several stages use: opening a hotel, reading its ids, its log and its errors.

The log is what the service printed. A line may come a moment after the answer, so it is waited for; what is
not there then counts as never printed.
"""

import json
import re
import string
import time

from milepost.engine.checks.answers import require_status, require_type
from milepost.engine.checks.comparing import require_equal

ANOTHER = r"[A-Za-z0-9-]{16,64}"
SIGNS = string.ascii_letters + string.digits + "-"
NAMES = ["Albatross", "Cormorant", "Guillemot", "Kittiwake", "Puffin", "Tern", "Gannet"]
LONGEST_LINE = 20_000
PATIENCE_SECONDS = 3.0  # for a line of the log, once the answer is there


def draw_name(random):
    """Draw the name of a hotel."""
    return f"{random.choice(NAMES)} {random.randint(2, 99)}"


def set_up(service, random, **variables):
    """Set the hotel up with a name and these variables; it opens with the first request."""
    service.environment.update({"HOTEL_NAME": draw_name(random)} | variables)


# Ids


def draw_id(random, length=20):
    """Draw an id as a client may send it."""
    return "".join(random.choice(SIGNS) for _ in range(length))


def read_id(answer, why="Middleware is around all routes: see how this answer got past yours"):
    """Return the id that an answer carries."""
    found = answer.headers.get("x-request-id", "")
    assert found, f"Your answer to `{answer.title}` has no `X-Request-ID`. {why}"
    return found


def require_new(found):
    """See that an id is one that the service made."""
    assert re.fullmatch(ANOTHER, found), (
        f"`X-Request-ID` was {found[:80]!r}. A new id has 16 to 64 letters, digits and hyphens; a UUID is such a one"
    )


# The log


def read_lines(service):
    """List the JSON objects with an `event` that the service has printed, line by line."""
    lines = []
    for printed in service.logs.split("\n"):
        rest = printed.strip()
        while rest.startswith("{") and len(rest) <= LONGEST_LINE:  # threads may print two into one line
            try:
                found, end = json.JSONDecoder().raw_decode(rest)
            except (ValueError, RecursionError):
                break
            lines += [found] if "event" in found else []
            rest = rest[end:].strip()
    return lines


def wait_for_lines(service, event, request_id):
    """Return the lines of one event with this id, as soon as there is one; else none after a while."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = [line for line in read_lines(service) if line["event"] == event and line.get("id") == request_id]
        if found or time.monotonic() > until:
            return found
        time.sleep(0.02)


def require_line(service, answer, event="request"):
    """Return the one line of an event that belongs to an answer."""
    request_id = read_id(answer)
    found = wait_for_lines(service, event, request_id)
    assert found, (
        f"Your service answered `{answer.title}` with {answer.status_code} and the id `{request_id[:64]}`, and the log has no line of JSON "
        f'with `"event": "{event}"` and this `id`. This is the line that somebody will look for; print it in the one place that all requests pass'
    )
    assert len(found) == 1, (
        f"The log has {len(found)} lines with `\"event\": \"{event}\"` for `{answer.title}`. Whoever counts lines counts requests twice; print one"
    )
    return found[0]


def require_no_line(service, answer, event, why):
    """See that no line of this event belongs to an answer; a line that does come is waited for elsewhere."""
    request_id = read_id(answer)
    found = [line for line in read_lines(service) if line["event"] == event and line.get("id") == request_id]
    assert not found, f"The log has a line with `\"event\": \"{event}\"` for `{answer.title}`. {why}"


# Errors


def require_error(answer, why):
    """See that a refusal has the shape of all errors; return its sentence."""
    require_type(answer)
    document = answer.json()
    assert isinstance(document, dict) and sorted(document) == ["error", "request_id"], (
        f"Your service answered `{answer.title}` with {answer.status_code} and a body that is not an object with just `error` and `request_id`. {why}"
    )
    require_equal(
        document["request_id"],
        read_id(answer),
        f"The body of your answer to `{answer.title}` has another `request_id` than its header. The guest reads one of them to the porter; both lead to the same line",
    )
    sentence = document["error"]
    assert isinstance(sentence, str) and sentence.strip(), (
        f"`error` in your answer to `{answer.title}` is no text, or an empty one. It is the sentence that a person reads"
    )
    return sentence


def book(service, room, name, **more):
    """Send a booking."""
    return service.post("/bookings", json={"room": room, "name": name}, **more)


def require_booked(answer):
    """See that a booking was made."""
    require_status(answer, 201, "The room is free and the booking as it should be. Rules stand around the hotel, and let such a request through as it is")
