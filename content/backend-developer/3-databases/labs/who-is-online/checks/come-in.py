"""Checks of sessions: who has one, who knows it, and when it ends. Every name is drawn from the seed of the run."""

import secrets

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status

from checks.support import (
    SESSION_SECONDS,
    ask_me,
    come_in,
    make_up_names,
    read_lifetime,
    require_me,
    start_copies,
)


@check(task="come-in", objectives=["databases.nosql-key-value"])
def test_a_listener_comes_in(service, redis, random):
    """Who comes in gets a token, and is known by it"""
    first, second = make_up_names(random, 2)
    tokens = {come_in(service, name): name for name in (first, second, first)}

    assert len(tokens) == 3, (
        "Your service gave one token twice. Whoever has a token is taken for its listener, so no two sessions share one, and "
        "nobody can guess it; make it from random bytes"
    )
    for token, name in tokens.items():
        require_me(service, token, name, "This token was given out a moment ago")


@check(task="come-in", objectives=["databases.nosql-key-value"])
def test_without_a_session_nobody_is_known(service, redis, random):
    """Without a session the answer is 401"""
    name = make_up_names(random, 1)[0]
    token = come_in(service, name)
    require_me(service, token, name, "This token was given out a moment ago")

    require_status(service.get("/me"), 401, "No token came, so it is unknown who asks")
    made_up = secrets.token_urlsafe(24)
    require_status(ask_me(service, made_up), 401, "Nobody was ever given this token")


@check(task="come-in", objectives=["databases.nosql-key-value"])
def test_a_session_ends_by_itself(service, redis, random):
    """A session lives for half an hour, and is over when its key is gone"""
    name = make_up_names(random, 1)[0]
    token = come_in(service, name)

    why = "A session is kept there from the beginning, where every copy finds it and Redis ends it"
    seconds = read_lifetime(redis, f"session:{token}", why)
    assert SESSION_SECONDS - 30 <= seconds <= SESSION_SECONDS, (
        "The key of your session does not live for 30 minutes from its beginning. One without an end stays for ever when its "
        "listener just closes the window, and most do; say the lifetime in the command that sets the key"
    )

    require_me(service, token, name, "Its session is not over")
    redis.delete(f"session:{token}")
    require_status(
        ask_me(service, token), 401, "Its key is gone, as after half an hour, so the session is over"
    )


@check(task="come-in", objectives=["databases.nosql-key-value"])
def test_each_use_gives_another_half_hour(service, redis, random):
    """Each use of a session gives it another half hour"""
    name = make_up_names(random, 1)[0]
    token = come_in(service, name)
    redis.execute("EXPIRE", f"session:{token}", random.randint(60, 600))

    require_me(service, token, name, "Its session had some minutes left")
    seconds = read_lifetime(redis, f"session:{token}", "It was used just now, and is not over")
    assert SESSION_SECONDS - 30 <= seconds <= SESSION_SECONDS, (
        "After `GET /me` the session has not another 30 minutes. Who listens all night would be thrown out in the middle of a "
        "song; let the command that reads the key set its lifetime anew"
    )


@check(task="come-in", objectives=["databases.nosql-key-value"])
def test_a_session_is_known_to_every_copy(balancer, redis, random):
    """Who came in through one copy is known to the other"""
    first, second = start_copies(balancer, random)
    name = make_up_names(random, 1)[0]
    token = come_in(first, name)

    require_me(second, token, name, "This token was given out by another copy, which shares nothing but Redis")


@check(task="come-in", objectives=["databases.nosql-key-value"])
def test_who_leaves_has_no_session(service, redis, random):
    """Who leaves ends this session, and no other"""
    name = make_up_names(random, 1)[0]
    ended, other = come_in(service, name), come_in(service, name)

    require_status(ask_me(service, ended, "DELETE"), 204, "The session is over, and there is nothing to tell")
    require_status(ask_me(service, ended), 401, "This session was ended by its listener")
    require_me(service, other, name, "Another session was ended, on another device")
