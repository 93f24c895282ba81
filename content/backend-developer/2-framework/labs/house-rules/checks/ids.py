"""Stage 1: every answer carries an id."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.cases import cases
from milepost.engine.checks.comparing import require_equal

from checks.support import book, draw_id, draw_name, read_id, require_booked, require_new, set_up


@check(task="ids", objectives=["framework.middleware"])
def test_every_answer_has_an_id_of_its_own(service, random):
    """Every answer has an id of its own, also where nothing is"""
    set_up(service, random)
    room = random.randint(1, 40)
    booked = book(service, room, draw_name(random))
    require_booked(booked)
    found = [read_id(booked)]
    for path, status in [(f"/rooms/{room}", 200), (f"/rooms/{room}", 200), (f"/cellar/{room}", 404)]:
        answer = service.get(path)
        require_status(answer, status, "The id is added to an answer; what else it says stays as it was")
        found.append(read_id(answer))
        if status == 200:
            require_equal(answer.json(), {"room": room, "taken": True}, "The room was booked, and says so. Rules leave what the hotel answers as it is")
    for each in found:
        require_new(each)
    assert len(set(found)) == len(found), (
        "Two requests got the same id, so nobody can tell them apart in the log. Make a new one where a request comes in, not where the file is loaded"
    )


@check(task="ids", objectives=["framework.middleware"])
def test_the_clients_own_id_is_kept(service, random):
    """The id that a client sends comes back"""
    set_up(service, random)
    for length in (1, random.randint(2, 63), 64):
        sent = draw_id(random, length)
        answer = service.get(f"/rooms/{random.randint(1, 40)}", headers={"X-Request-ID": sent})
        assert read_id(answer) == sent, (
            "The client has this id in its own log, and it fits. Use it, and one can follow the request through both logs"
        )


@check(task="ids", objectives=["framework.middleware"])
def test_an_id_that_does_not_fit_is_replaced(service, random):
    """An id that does not fit is replaced"""
    set_up(service, random)
    table = {
        "65 letters": draw_id(random, 65),
        "a space within": f"{draw_id(random, 8)} {draw_id(random, 8)}",
        "a semicolon at the end": f"{draw_id(random, 20)};",
        "a quote in front": f'"{draw_id(random, 20)}',
        "an underscore": f"{draw_id(random, 9)}_{draw_id(random, 9)}",
    }
    for case, sent in cases(table):
        found = read_id(service.get("/rooms/7", headers={"X-Request-ID": sent}))
        assert found != sent, (
            f"The client sent an id with {case}, and your service took it over. It goes into your log and into the answer; take what fits from the first sign to the last, and nothing else"
        )
        require_new(found)
