"""Checks of the queue of wishes and the limit of each phone. Every phone and song is drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import require_status
from milepost.engine.checks.comparing import require_equal

from checks.support import (
    MINUTE_SECONDS,
    WISHES,
    ask_at_once,
    make_up_phones,
    make_up_songs,
    read_lifetime,
    read_wish,
    require_taken,
    start_copies,
    wish,
)

WELCOME = "This phone has not had its five wishes yet"
ENOUGH = "Five wishes of this phone were taken in this minute"
WAITS = "A wish waits"


def use_up(service, random, phone, count=WISHES):
    """Let a phone wish for so many songs, which are taken; return them."""
    songs = make_up_songs(random, count)
    for song in songs:
        require_taken(wish(service, phone, song), WELCOME)
    return songs


def count_waiting(redis):
    """Count the wishes that wait."""
    return redis.execute("LLEN", "wishes")


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_wishes_wait_in_their_order(service, redis, random):
    """The wish that has waited longest is handed out first"""
    wished = list(zip(make_up_phones(random, 4), make_up_songs(random, 4), strict=True))
    for number, (phone, song) in enumerate(wished, 1):
        waiting = require_taken(wish(service, phone, song), WELCOME)
        require_equal(waiting, number, "Your `waiting` is not how many wishes wait, with this one")
    require_equal(count_waiting(redis), len(wished), "The list `wishes` does not hold the wishes that wait")

    got = [read_wish(service.post("/wishes/next"), WAITS) for _ in wished]
    require_equal(
        got,
        wished,
        "Wishes were not handed out as they came. Who called first waits longest; add at one end of the list, and take from the other",
    )
    require_equal(count_waiting(redis), 0, "Every wish was handed out, and the list is not empty")


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_where_no_wish_waits_there_is_none(service, redis, random):
    """Where no wish waits, the answer is 204"""
    for phone, song in zip(make_up_phones(random, 2), make_up_songs(random, 2), strict=True):
        require_status(service.post("/wishes/next"), 204, "No wish waits. That is no error, and there is nothing to show")
        require_taken(wish(service, phone, song), WELCOME)
        require_equal(
            read_wish(service.post("/wishes/next"), WAITS),
            (phone, song),
            "The one wish that waits was not handed out as it came in",
        )


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_the_sixth_wish_is_refused(service, redis, random):
    """The sixth wish of a phone in its minute is refused, and does not wait"""
    phone = make_up_phones(random, 1)[0]
    songs = use_up(service, random, phone)

    for _ in range(random.randint(1, 3)):
        require_status(wish(service, phone, make_up_songs(random, 1)[0]), 429, ENOUGH)
    require_equal(
        count_waiting(redis),
        WISHES,
        "Five wishes were taken, and another number waits. What is refused never reaches the host; queue a wish only once you know "
        "that it is taken",
    )
    got = [read_wish(service.post("/wishes/next"), WAITS)[1] for _ in songs]
    require_equal(got, songs, "The five wishes that were taken are not those that are handed out")


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_each_phone_has_its_own_minute(service, redis, random):
    """One phone's wishes take nothing from another's"""
    busy, other = make_up_phones(random, 2)
    use_up(service, random, busy)

    require_status(wish(service, busy, make_up_songs(random, 1)[0]), 429, ENOUGH)
    require_taken(
        wish(service, other, make_up_songs(random, 1)[0]),
        "It is another phone that has used up its wishes, so the key of the count has to name the phone",
    )


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_the_minute_begins_with_the_first_wish(service, redis, random):
    """The minute begins with the first wish, and nothing makes it longer"""
    phone = make_up_phones(random, 1)[0]
    key = f"calls:{phone}"
    use_up(service, random, phone, 1)
    why = "It counts the wishes of this phone, and its end is the end of the minute"
    seconds = read_lifetime(redis, key, why)
    assert MINUTE_SECONDS - 20 <= seconds <= MINUTE_SECONDS, (
        "After the first wish of a phone the key of its count does not live for 60 seconds. One without an end refuses this phone for "
        "ever; set the count and its lifetime in one step, so that there is never one without the other"
    )

    left = random.randint(20, 35)
    redis.execute("EXPIRE", key, left)
    use_up(service, random, phone, WISHES - 1)
    require_status(wish(service, phone, make_up_songs(random, 1)[0]), 429, ENOUGH)
    assert read_lifetime(redis, key, why) <= left, (
        f"The minute had {left} seconds left, and later wishes made it longer. Who goes on trying would never be let in again; give the key "
        "its lifetime with the first wish only"
    )

    redis.delete(key)
    require_taken(wish(service, phone, make_up_songs(random, 1)[0]), "Its key is gone, so a new minute begins")
    assert read_lifetime(redis, key, why) > left, "A new minute began, and the key of its count does not live for 60 seconds"


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_a_refusal_tells_when_to_come_back(service, redis, random):
    """A refusal tells in how many seconds the minute ends"""
    phone = make_up_phones(random, 1)[0]
    use_up(service, random, phone)
    left = random.randint(20, 40)
    redis.execute("EXPIRE", f"calls:{phone}", left)

    answer = wish(service, phone, make_up_songs(random, 1)[0])
    require_status(answer, 429, ENOUGH)
    told = answer.headers["retry-after"]
    assert told.isascii() and told.isdigit() and len(told) < 4, (
        "Your `Retry-After` is no whole number of seconds. Programs wait for exactly what it says"
    )
    assert left - 15 <= int(told) <= left, (
        f"Your `Retry-After` says {told}, and this minute ends in {left} seconds. Told too early, a client comes back for nothing; told too "
        "late, it waits for nothing. Ask Redis how long the key still lives"
    )


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_the_limit_holds_at_once(balancer, redis, random):
    """Two wishes at the same time don't slip through together"""
    copies = start_copies(balancer, random)
    phone = make_up_phones(random, 1)[0]
    use_up(copies[0], random, phone, WISHES - 1)

    bodies = [{"phone": phone, "song": song} for song in make_up_songs(random, 2)]
    answers = ask_at_once(redis, copies, "/wishes", bodies)
    require_equal(
        sorted(int(answer.status_code) for answer in answers),
        [202, 429],
        "One wish was left to this phone, two came at the same time, and not just one of them was taken. If both look at the count "
        "before either has counted, both see room; count first, and decide by the number that the counting returns",
    )
    require_equal(count_waiting(redis), WISHES, "Five wishes may wait, and another number does")


@check(task="wishes", objectives=["databases.nosql-key-value"])
def test_a_wish_is_handed_out_once(balancer, redis, random):
    """Two hosts who ask at the same time get two wishes"""
    copies = start_copies(balancer, random)
    wished = list(zip(make_up_phones(random, 3), make_up_songs(random, 3), strict=True))
    for phone, song in wished:
        require_taken(wish(copies[0], phone, song), WELCOME)

    answers = ask_at_once(redis, copies, "/wishes/next", [None, None])
    got = sorted(read_wish(answer, WAITS) for answer in answers)
    require_equal(
        got,
        sorted(wished[:2]),
        "Two hosts asked at the same time, and did not get the two wishes that had waited longest. If both look at the list before "
        "either takes from it, both see the same wish; look and take in one command",
    )
    require_equal(
        read_wish(copies[1].post("/wishes/next"), WAITS), wished[2], "The third wish was lost, or changed"
    )


@check(task="wishes", objectives=["databases.nosql-key-value"], hidden=True)
def test_the_last_wish_goes_to_one(balancer, redis, random):
    """Where one wish is left, one of two hosts gets it"""
    copies = start_copies(balancer, random)
    phone, song = make_up_phones(random, 1)[0], make_up_songs(random, 1)[0]
    require_taken(wish(copies[0], phone, song), WELCOME)

    answers = ask_at_once(redis, copies, "/wishes/next", [None, None])
    statuses = sorted(int(answer.status_code) for answer in answers)
    require_equal(
        statuses,
        [200, 204],
        "One wish waited, two hosts asked at the same time, and not just one of them got it",
    )
