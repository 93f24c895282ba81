"""Checks of the request ids. Rooms and the clients' own ids are drawn from the seed of the run."""

import re
import string

from milepost.engine.checks import check

NEW = r"[A-Za-z0-9-]{16,64}"
SIGNS = string.ascii_letters + string.digits + "-"


def draw_id(random, length):
    """Draw an id as a client may send it."""
    return "".join(random.choice(SIGNS) for _ in range(length))


def read_id(answer, status, where):
    """Return the id of an answer, after a look at its status."""
    assert answer.status_code == status, (
        f"Your service answered `{answer.title}` with {answer.status_code} instead of {status}. Middleware adds something to an answer, and leaves its status as it is"
    )
    found = answer.headers.get("x-request-id", "")
    assert found, f"This answer has no `X-Request-ID`. {where}"
    return found


def require_new(found):
    """See that an id is one that the service made."""
    assert re.fullmatch(NEW, found), (
        f"`X-Request-ID` was {found!r}, and a new one has 16 to 64 letters, digits and hyphens. A UUID is such a one"
    )


@check(task="which-of-the-forty", objectives=["framework.middleware"])
def test_every_answer_has_an_id_of_its_own(service, random):
    """Each answer has an id of its own, also where no route is"""
    number = random.randint(1, 900)
    answers = [(f"/rooms/{number}", 200), (f"/rooms/{number}", 200), (f"/cellar/{number}", 404)]
    found = []
    for path, status in answers:
        found.append(read_id(service.get(path), status, "Put it around all routes: then the addresses that nobody has are inside too"))
        require_new(found[-1])
    assert len(set(found)) == len(found), (
        "Two requests got the same id, so that nobody can tell them apart in the log. Make a new one inside of the middleware, not where the file is loaded"
    )


@check(task="which-of-the-forty", objectives=["framework.middleware"])
def test_the_clients_own_id_is_kept(service, random):
    """The id that a client sends comes back"""
    for length in (1, random.randint(2, 63), 64):
        sent = draw_id(random, length)
        found = read_id(service.get("/rooms/7", headers={"X-Request-ID": sent}), 200, "The client sent one, and wants to find it again")
        assert found == sent, "The client's own log has this id, too. It fits, so use it: then one can follow a request through both"


@check(task="which-of-the-forty", objectives=["framework.middleware"])
def test_an_id_that_does_not_fit_is_replaced(service, random):
    """An id that doesn't fit is replaced by a new one"""
    for sent in [draw_id(random, 65), f"{draw_id(random, 8)} {draw_id(random, 8)}", f"{draw_id(random, 20)};", f"{draw_id(random, 20)}_"]:
        found = read_id(service.get("/rooms/7", headers={"X-Request-ID": sent}), 200, "One that doesn't fit is replaced, not left out")
        assert found != sent, (
            "This is what the client sent, and it has other signs, or more of them, than an id may have. It goes into your log and into other programs: keep only what fits from end to end"
        )
        require_new(found)


@check(task="which-of-the-forty", objectives=["framework.middleware"])
def test_a_refusal_has_an_id_too(service):
    """What another middleware refuses has an id too"""
    answer = service.get("/pool")
    require_new(
        read_id(
            answer,
            503,
            "The other middleware answered before yours had its turn. The id belongs around it: in FastAPI what is added last is outermost, in Express and Django what comes first",
        )
    )


@check(task="which-of-the-forty", objectives=["framework.middleware"])
def test_a_crash_has_an_id_too(service):
    """The answer to an error that nobody caught has an id too"""
    answer = service.get("/broken")
    require_new(
        read_id(
            answer, 500, "This is the answer whose line in the log will be looked for. What happens in your middleware when the code inside of it raises?"
        )
    )
