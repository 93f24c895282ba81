"""Checks of who is there. Time is moved by changing scores, never by waiting; every name is drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    BORDER_SECONDS,
    ONLINE_SECONDS,
    ask_me,
    come_in,
    hear_of,
    make_up_names,
    read_age,
    read_online,
    require_me,
)


@check(task="who-is-listening", objectives=["databases.nosql-key-value"])
def test_a_sign_of_life_is_written_down(service, redis, random):
    """Coming in and asking are signs of life"""
    name = make_up_names(random, 1)[0]
    token = come_in(service, name)
    age = read_age(redis, name, "Coming in is a sign of life")
    assert abs(age) <= BORDER_SECONDS, (
        "The score of somebody who came in just now is not the time of now, in seconds since 1970. The studio's screen works "
        "out from it who fell asleep; look at whether your language counts seconds or milliseconds"
    )

    hear_of(redis, name, random.randint(60, 240))
    require_me(service, token, name, "Its session is not over")
    age = read_age(redis, name, "`GET /me` is a sign of life")
    assert abs(age) <= BORDER_SECONDS, (
        "After `GET /me` the score is not the time of now. Somebody who listens would count as asleep five minutes after they "
        "came in; write down each sign of life"
    )


@check(task="who-is-listening", objectives=["databases.nosql-key-value"])
def test_the_last_one_heard_of_comes_first(service, redis, random):
    """Who was heard of last comes first"""
    names = make_up_names(random, 4)
    tokens = [come_in(service, name) for name in names]
    ages = sorted(random.sample(range(10, ONLINE_SECONDS - BORDER_SECONDS), 4))
    for name, age in zip(names, ages, strict=True):
        hear_of(redis, name, age)

    why = "The host greets whoever was heard of last; Redis keeps a sorted set in order and reads it from either end"
    require_equal(read_online(service), names, f"Your names are not those who are there, the last one heard of first. {why}")
    require_me(service, tokens[-1], names[-1], "Its session is not over")
    require_equal(
        read_online(service),
        [names[-1], *names[:-1]],
        f"The one who came last in your list asked for `/me`, and does not stand first now. {why}",
    )


@check(task="who-is-listening", objectives=["databases.nosql-key-value"])
def test_who_fell_asleep_is_not_there(service, redis, random):
    """Who was silent for more than five minutes is not there"""
    near, far, asleep = make_up_names(random, 3)
    hear_of(redis, near, random.randint(5, 60))
    hear_of(redis, far, ONLINE_SECONDS - BORDER_SECONDS)
    hear_of(redis, asleep, random.randint(ONLINE_SECONDS + BORDER_SECONDS, 90000))

    require_equal(
        read_online(service),
        [near, far],
        "Your names are not those who were heard of in the last five minutes. Nobody says good night to a radio; the score "
        "tells who is silent, so ask Redis for scores from five minutes ago on",
    )


@check(task="who-is-listening", objectives=["databases.nosql-key-value"])
def test_the_set_does_not_grow_for_ever(service, redis, random):
    """Whoever isn't there any more is out of the set"""
    there = make_up_names(random, 2)
    for name in there:
        hear_of(redis, name, random.randint(5, 200))
    for number in range(random.randint(20, 40)):
        hear_of(redis, f"sleeper {number}", ONLINE_SECONDS + BORDER_SECONDS + number * 60)
    assert set(there) <= set(map(str, read_online(service))), (
        "Your list lacks somebody who was heard of in the last five minutes"
    )

    left = redis.value("online")
    require_equal(
        set(left) if isinstance(left, dict) else left,
        set(there),
        "After `GET /online` the sorted set holds others than those who are there. A member of a set has no lifetime of its "
        "own, so each night's listeners would stay; remove the scores that are too old",
    )


@check(task="who-is-listening", objectives=["databases.nosql-key-value"])
def test_who_leaves_is_out_at_once(service, redis, random):
    """Who leaves is not there any more, and others are"""
    leaves, stays = make_up_names(random, 2)
    token = come_in(service, leaves)
    come_in(service, stays)
    names = set(map(str, read_online(service)))
    assert names == {leaves, stays}, "Two came in, and your list does not show just these two"

    require_status(ask_me(service, token, "DELETE"), 204, "The session is over, and there is nothing to tell")
    require_equal(
        read_online(service),
        [stays],
        "Somebody left and still stands in your list, or somebody else is missing. The host would greet an empty chair; take "
        "the one name out of the set when its session ends",
    )


@check(task="who-is-listening", objectives=["databases.nosql-key-value"])
def test_nothing_looks_through_all_keys(service, redis, random):
    """No request looks through all keys"""
    name = make_up_names(random, 1)[0]
    token = come_in(service, name)
    require_me(service, token, name, "This token was given out a moment ago")
    require_equal(read_online(service), [name], "One came in, and your list does not show just them")
    require_status(ask_me(service, token, "DELETE"), 204, "The session is over, and there is nothing to tell")

    looked = sorted({each.name for each in redis.commands("KEYS", "SCAN", "RANDOMKEY")})
    assert looked == [], (
        f"Your service asked Redis for {' and '.join(looked)}. That looks through every key of everybody, and while `KEYS` does, "
        "all others wait; ask for the one key that you know the name of"
    )
