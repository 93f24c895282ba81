"""Limits as data: each is described once, and what older or newer versions stored is still read."""

import pytest

from milepost.engine import Limits
from milepost.engine.backing.registry import describe_limit, find_limit, list_limits

# As 0.1.0 stored them with each published lab, one number changed by its author.
STORED = {
    "wall_seconds": 60,
    "run_seconds": 20,
    "memory_bytes": 268435456,
    "processes": 32,
    "output_bytes": 1048576,
    "disk_bytes": 67108864,
    "files": 2000,
    "open_files": 128,
    "database_bytes": 134217728,
    "database_connections": 10,
    "database_locks": 5000,
    "redis_bytes": 33554432,
    "redis_connections": 7,
}


def test_what_a_published_lab_has_stored_is_read_as_it_was():
    limits = Limits.read(STORED)

    assert limits.to_document() == STORED
    assert (limits.wall_seconds, limits.files) == (60, 2000)
    assert find_limit("redis_connections").of(limits) == 7


def test_what_was_stored_before_a_component_existed_gets_its_defaults():
    earlier = {name: value for name, value in STORED.items() if not name.startswith("redis")}

    limits = Limits.read(earlier)

    assert find_limit("redis_connections").of(limits) == 32
    assert limits.to_document() == earlier


def test_a_limit_that_no_component_has_any_more_does_no_harm():
    limits = Limits.read({**STORED, "memcached_bytes": 1})

    assert limits.to_document() == {**STORED, "memcached_bytes": 1}
    assert find_limit("memcached_bytes") is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("wall_seconds", 2.5, "The whole run took longer than 2.5 seconds."),
        ("memory_bytes", 96 << 20, "It used more than 96 MiB of memory and was stopped."),
        ("output_bytes", 64 << 10, "It printed more than 64 KiB and was stopped."),
        ("processes", 8, "It started more than 8 processes or threads and was stopped."),
        ("database_locks", 9000, "It held more than 9000 locks in the database at once"),
        ("redis_bytes", 16 << 20, "It made Redis, which has 16 MiB for data, hold far more"),
    ],
)
def test_a_reached_limit_is_told_in_one_sentence_with_its_size(name, value, words):
    assert describe_limit(name, Limits.read({name: value})).startswith(words)


def test_every_limit_can_be_kept_and_has_words():
    names = [limit.name for limit in list_limits()]

    assert len(names) == len(set(names))
    assert [limit.name for limit in list_limits() if not limit.allows(limit.default)] == []
    assert [limit.name for limit in list_limits() if "{amount}" not in limit.sentence] == []
    assert [limit.name for limit in list_limits() if not limit.label] == []
