"""Stage 3: one shape for all errors, and a line for those that nobody expected."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    book,
    draw_name,
    read_id,
    require_booked,
    require_error,
    require_line,
    require_no_line,
    set_up,
)

SHAPE = "Clients read one shape, whoever refuses: the hotel, the framework, or nobody on purpose"


def break_down(service, random):
    """Ask for the lift, and see that it breaks; return the answer and the error's own word."""
    floor = random.randint(1, 900)
    answer = service.get(f"/lift/{floor}")
    require_status(answer, 500, "The lift raises an error that nobody expected, which is the service's own fault")
    return answer, f"motor-{7000 + floor}"


@check(task="errors", objectives=["framework.middleware"])
def test_the_hotels_refusals_have_one_shape(service, random):
    """What the hotel refuses has its status and its sentence"""
    set_up(service, random)
    room, none = random.randint(1, 40), random.randint(41, 999)
    require_booked(book(service, room, draw_name(random)))
    for answer, status, sentence in [
        (service.get(f"/rooms/{none}"), 404, f"There is no room {none}."),
        (book(service, room, draw_name(random)), 409, f"Room {room} is taken."),
        (book(service, none, draw_name(random)), 404, f"There is no room {none}."),
        (service.get("/rooms/41"), 404, "There is no room 41."),
    ]:
        require_status(answer, status, "The hotel refused this with a status of its own. Catch `Refused` in the one place for errors, and take its `status`")
        require_equal(
            require_error(answer, SHAPE),
            sentence,
            "The hotel refused with a sentence for the guest, and your answer has another one. Take the `sentence` of `Refused`",
        )


@check(task="errors", objectives=["framework.middleware"])
def test_the_frameworks_refusals_have_the_same(service, random):
    """What the framework refuses has the same shape"""
    set_up(service, random)
    nowhere = service.get(f"/cellar/{random.randint(1, 99)}")
    require_status(nowhere, 404, "No route has this path")
    require_error(nowhere, SHAPE)

    json = {"content-type": "application/json"}
    for body in ('{"room": 7, ', f'{{"room": {random.randint(1, 40)}}}'):
        answer = service.post("/bookings", content=body, headers=json)
        assert answer.status_code in (400, 422), (
            f"Your service answered `{answer.title}` with {answer.status_code} instead of 400 or 422. The body is no booking, which the client can put right; your rules leave the status of a refusal as it is"
        )
        require_error(answer, SHAPE)
    require_booked(book(service, random.randint(1, 40), draw_name(random)))


@check(task="errors", objectives=["framework.middleware"])
def test_a_crash_has_the_same_shape(service, random):
    """A crash has the same shape, and the service goes on"""
    set_up(service, random)
    answer, _ = break_down(service, random)
    require_error(answer, SHAPE)
    require_booked(book(service, random.randint(1, 40), draw_name(random)))


@check(task="errors", objectives=["framework.middleware"])
def test_a_crash_tells_the_guest_nothing(service, random):
    """The answer to a crash tells nothing of the error"""
    set_up(service, random)
    answer, word = break_down(service, random)
    read_id(answer)
    told = answer.text + str(dict(answer.headers))
    assert not any(each in told for each in (word, "RuntimeError", "Traceback", "hotel.py", "hotel.mjs")), (
        f"Your answer to `{answer.title}` tells something of the error itself: what it says, its type, or where it was raised. That helps who attacks you and nobody else; "
        "all of it goes into the log, and the guest gets the id that leads there"
    )


@check(task="errors", objectives=["framework.middleware"])
def test_a_crash_is_a_line_of_its_own(service, random):
    """A crash is one more line, with the id and what the error says"""
    set_up(service, random)
    answer, word = break_down(service, random)
    line = require_line(service, answer, "error")
    said = line.get("error")
    assert isinstance(said, str) and word in said, (
        f"The line of the crash has an `error` that does not say what the error said: its message has the word `{word}`. Without it one knows that something broke, and not what"
    )


@check(task="errors", objectives=["framework.middleware"])
def test_a_crash_has_the_line_of_a_request_too(service, random):
    """A crash has the line of a request too, and only a crash has two"""
    set_up(service, random)
    answer, _ = break_down(service, random)
    require_line(service, answer, "error")
    require_equal(
        require_line(service, answer).get("status"),
        500,
        "The guest got a 500, and the line of the request says something else. The log is kept around the place where errors become answers, so that it sees what is really sent",
    )
    refused = service.get(f"/cellar/{random.randint(1, 99)}")
    require_line(service, refused)
    require_no_line(service, refused, "error", "Nothing broke: there is no such address, and that is for the client to know. An error that is logged for each slip of a client hides the real ones")
