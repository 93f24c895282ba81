"""Stage 2: one line of JSON for each request."""

import time
from urllib.parse import unquote

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.comparing import require_equal

from checks.support import book, draw_id, draw_name, require_booked, require_line, set_up
from checks.support import require_no_line


def require_told(line, answer, method, path):
    """See that a line tells what was asked and what was answered."""
    told = {name: line.get(name) for name in ("method", "path", "status")}
    told["path"] = unquote(told["path"]) if isinstance(told["path"], str) else told["path"]
    require_equal(
        told,
        {"method": method, "path": path, "status": int(answer.status_code)},
        f"The line of `{answer.title}` tells something else than what was asked and answered. `path` is without the query, and `status` the number that was sent, once it is known",
    )


def await_waiting(service):
    """Ask until the hotel says that somebody waits for the bell."""
    for _ in range(100):
        answer = service.get("/bell/waiting")
        require_status(answer, 200, "The hotel counts here who waits for the bell")
        if answer.json() == {"waiting": 1}:
            return
        time.sleep(0.02)
    raise AssertionError(
        "A guest asked for `/bell`, and the hotel says at `/bell/waiting` that nobody waits. While one request waits, others have to get through: let no rule hold them up"
    )


@check(task="log", objectives=["framework.middleware"])
def test_each_request_is_one_line(service, random):
    """Each request is one line, with its id and how it ended"""
    set_up(service, random)
    room = random.randint(1, 40)
    booked = book(service, room, draw_name(random))
    require_booked(booked)
    asked = [
        ("POST", "/bookings", booked),
        ("GET", f"/rooms/{room}", service.get(f"/rooms/{room}", params={"from": draw_id(random)})),
        ("GET", f"/cellar/{room}", service.get(f"/cellar/{room}")),
    ]
    for method, path, answer in asked:
        require_told(require_line(service, answer), answer, method, path)


@check(task="log", objectives=["framework.middleware"])
def test_a_line_tells_how_long_it_took(service, random):
    """A line tells how long the request took"""
    set_up(service, random)
    began = time.monotonic()
    sent = service.send("GET", "/bell")
    await_waiting(service)
    waits = time.monotonic()
    time.sleep(0.1)
    least = (time.monotonic() - waits) * 1000
    require_status(service.post("/bell"), 200, "Somebody rings, and who waits is answered")
    answer = sent.answer()
    require_status(answer, 200, "The bell was rung, so the guest who waited for it is answered")
    took = require_line(service, answer).get("milliseconds")
    most = (time.monotonic() - began) * 1000

    assert type(took) in (int, float), (
        f"`milliseconds` in the line of `{answer.title}` is {took!r:.80}, and no number. Programs add such numbers up; write it without quotes and without a unit"
    )
    assert took >= least - 20, (
        f"A guest waited for the bell for at least {least:.0f} milliseconds, and your line says {took:.3f}. Take the time before the request goes on to the hotel and after the answer "
        "has come back, and count in thousandths of a second"
    )
    assert took <= most, (
        f"A guest waited for the bell for no longer than {most:.0f} milliseconds, and your line says {took:.0f}. See in which unit your clock counts, and when it began"
    )


@check(task="log", objectives=["framework.middleware"])
def test_two_at_once_keep_their_ids(service, random):
    """Two requests at once keep their own ids"""
    set_up(service, random)
    waits, rings = draw_id(random), draw_id(random)
    sent = service.send("GET", "/bell", headers={"X-Request-ID": waits})
    await_waiting(service)
    rung = service.post("/bell", headers={"X-Request-ID": rings})
    answer = sent.answer()

    for each, request_id, method in ((answer, waits, "GET"), (rung, rings, "POST")):
        require_equal(
            each.headers.get("x-request-id"),
            request_id,
            "One guest waited for the bell while another one rang, and an answer has an id that is not its own. What belongs to one request is kept with that request; a variable of the "
            "whole service belongs to whoever came last",
        )
        require_told(require_line(service, each), each, method, "/bell")


@check(task="log", objectives=["framework.middleware"], hidden=True)
def test_a_strange_path_stays_one_line(service, random):
    """The line of a strange path is JSON as well"""
    set_up(service, random)
    strange = f'/cellar/"{random.randint(2, 99)}" \\ wine'
    answer = service.get(strange.replace('"', "%22").replace("\\", "%5C").replace(" ", "%20"))
    require_status(answer, 404, "There is nothing at this address")
    require_told(require_line(service, answer), answer, "GET", strange)


@check(task="log", objectives=["framework.middleware"], hidden=True)
def test_a_refusal_of_the_hotel_has_a_line_too(service, random):
    """What the hotel refuses has one line as well, and that is no error"""
    set_up(service, random)
    answer = service.get(f"/rooms/{random.randint(41, 999)}")
    require_told(require_line(service, answer), answer, "GET", answer.title.partition(" ")[2])
    require_status(answer, 404, "The hotel refuses with 404 where it has no such room, and what it refuses is no crash")
    require_no_line(service, answer, "error", "The hotel did what it should, and nobody has to get up for it")
