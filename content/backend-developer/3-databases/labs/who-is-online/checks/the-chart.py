"""Checks of likes and the chart. Every song and number is drawn from the seed of the run."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_status, require_type
from milepost.engine.checks.comparing import require_equal

from checks.support import ask_at_once, make_up_songs, start_copies


def read_like(answer, song):
    """Read the number of likes that a like was answered with."""
    require_status(answer, 200, "A like was counted, and the new number is told")
    require_type(answer)
    document = read_object(answer, song="a text", likes="a whole number")
    require_equal(document["song"], song, "Your answer names another song than the one that was liked")
    return document["likes"]


def read_chart(service, **params):
    """Read the chart as pairs of song and likes."""
    answer = service.get("/chart", params=params)
    require_status(answer, 200, "Whoever asks is told the chart, however short it is")
    require_type(answer)
    chart = read_object(answer, chart="a list")["chart"]
    assert all(isinstance(each, dict) and {"song", "likes"} <= each.keys() for each in chart), (
        "Your `chart` holds something without `song` or `likes`. Send an object with both for each song"
    )
    return [(each["song"], each["likes"]) for each in chart]


def plant_likes(redis, random, count):
    """Let so many songs have likes, each another number; return them, most likes first."""
    songs = make_up_songs(random, count)
    likes = sorted(random.sample(range(1, 3000), count), reverse=True)
    for song, number in zip(songs, likes, strict=True):
        redis.execute("ZADD", "likes", number, song)
    return list(zip(songs, likes, strict=True))


@check(task="the-chart", objectives=["databases.nosql-key-value"])
def test_each_like_is_counted(service, redis, random):
    """Each like of a song makes its number one larger"""
    song, other, liked = make_up_songs(random, 3)
    before = random.randint(8, 2000)
    redis.execute("ZADD", "likes", before, liked)

    got = [
        read_like(service.post(f"/songs/{each}/likes"), each) for each in (song, song, other, song, liked)
    ]
    require_equal(
        got,
        [1, 2, 1, 3, before + 1],
        "The numbers that your likes were answered with are not how many likes each song had by then. Each song counts for "
        "itself, from what Redis holds",
    )
    held = redis.value("likes")
    require_equal(
        held,
        {song: 3.0, other: 1.0, liked: before + 1.0},
        "The sorted set `likes` does not hold the songs with their numbers, and the studio's screen reads it",
    )


@check(task="the-chart", objectives=["databases.nosql-key-value"])
def test_the_chart_begins_with_the_most_liked(service, redis, random):
    """The chart begins with the song that has most likes"""
    planted = plant_likes(redis, random, random.randint(5, 9))
    require_equal(
        read_chart(service),
        planted,
        "Your chart is not the songs with their likes, most likes first. A sorted set is kept in order from the lowest score up; "
        "read it from its other end",
    )


@check(task="the-chart", objectives=["databases.nosql-key-value"])
def test_the_chart_is_as_long_as_asked(service, redis, random):
    """The chart has as many songs as were asked for, and ten if nobody says"""
    planted = plant_likes(redis, random, random.randint(12, 20))
    top = random.randint(2, 8)
    for params, length in (({"top": top}, top), ({"top": 1}, 1), ({}, 10), ({"top": 50}, len(planted))):
        got = read_chart(service, **params)
        asked = f"`top={params['top']}`" if params else "no `top`"
        assert len(got) == length, (
            f"With {asked} and {len(planted)} songs your chart has {len(got)} of them, and {length} are due. Redis counts places from 0, "
            "and the last place that you name is among them"
        )
        assert {song for song, _ in got} == {song for song, _ in planted[:length]}, (
            f"With {asked} your chart has other songs than the {length} with most likes"
        )


@check(task="the-chart", objectives=["databases.nosql-key-value"])
def test_no_like_is_lost(balancer, redis, random):
    """Likes that come at the same time all count"""
    copies = start_copies(balancer, random)
    song = make_up_songs(random, 1)[0]
    before = random.randint(1, 500)
    redis.execute("ZADD", "likes", before, song)

    answers = ask_at_once(redis, copies, f"/songs/{song}/likes", [None, None])
    got = sorted(read_like(answer, song) for answer in answers)
    require_equal(
        got,
        [before + 1, before + 2],
        "Two likes came at the same time, and were not answered with the next two numbers. Between reading a number and writing it, "
        "another copy reads the same one; let Redis add, in one command",
    )
    held = redis.value("likes")
    require_equal(held, {song: before + 2.0}, "Two likes came at the same time, and the set did not grow by two")
