"""The `redis` fixture: one server a check, all that it can ask of it, and no trace of any run."""

import json

import pytest

from harness.redis_talk import program
from milepost.engine import Limits, Outcome, Verdict
from milepost.engine.backing.redis.words import say_too_large

PATIENT = Limits(wall_seconds=60, run_seconds=15)


@pytest.fixture
def grade_redis(grade):
    """Grade a Python program that speaks with Redis."""

    async def run(checks, code, **more):
        more = {"limits": PATIENT, "services": ("redis",), **more}
        return await grade(checks, program(code), **more)

    return run


async def test_check_and_learner_meet_in_one_server_and_both_leave_traces(grade_redis):
    graded = await grade_redis(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            redis.set("greeting", "hello", seconds=100)
            redis.execute("HSET", "user:7", "name", "Ada")
            assert program.run().stdout == "hello Ada\\n", "what the check has stored"
            assert redis.get("answer") == "42", "what the program has stored"
            assert 0 < redis.ttl("answer") <= 60, "for a minute"
            assert redis.ttl("user:7") is None, "for ever"
            with pytest.raises(KeyError, match="Redis holds no 'nothing'"):
                redis.ttl("nothing")
            lives = redis.lifetimes()
            assert lives["user:7"] is None and 0 < lives["answer"] <= 60, lives
            assert redis.lifetimes("gr*").keys() == {"greeting"}, lives
            redis.set(b"\\xff", "for ever")
            assert redis.lifetimes()[str(b"\\xff")] is None, "a name that is no text"
            redis.execute("DEL", b"\\xff")
            assert redis.keys() == ["answer", "greeting", "queue", "user:7"]
            assert redis.value("queue") == ["b", "a"]
            assert redis.value("user:7") == {"name": "Ada"}
            assert redis.value("nothing") is None
            ran = [str(each) for each in redis.commands()]
            assert ran == [
                "GET greeting", "HGET user:7 name", "SET answer 42 EX 60", "LPUSH queue a b",
                "GET 'two words'",
            ]
            assert [each.arguments[0] for each in redis.commands("set")] == ["answer"]
            assert not any(redis._login.password in str(each) for each in redis.commands("AUTH"))
        """,
        """
    redis = Redis()
    print(redis("GET", "greeting"), redis("HGET", "user:7", "name"))
    redis("SET", "answer", 42, "EX", 60)
    redis("LPUSH", "queue", "a", "b")
    redis("GET", "two words")
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)
    first = graded.only.evidence[0]
    assert (first.kind, first.title) == ("command", "SET greeting hello PX 100000")
    assert (first.actor, first.request.command) == ("check", "SET greeting hello PX 100000")
    assert first.response.value == "OK"
    assert first.repeat == "redis-cli SET greeting hello PX 100000"


async def test_state_of_one_check_or_run_is_absent_in_the_next(grade_redis):
    plants = """
        @check(task="t", objectives=["o"])
        def test_first(program, redis):
            assert program.run().stdout == "[] 0\\n", "nobody was here before"
            assert redis.keys() == ["planted"]
            assert redis.execute("SCRIPT", "EXISTS", "{sha}") == [1]

        @check(task="t", objectives=["o"])
        def test_second(program, redis):
            assert redis.keys() == [], "nor in the check before"
            assert redis.execute("SCRIPT", "EXISTS", "{sha}") == [0]
            assert program.run().stdout == "[] 0\\n"
            assert len(redis.commands("SET")) == 1, "only what this check has caused"
    """.replace("{sha}", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    code = """
    redis = Redis()
    print(redis("KEYS", "*"), redis("PUBSUB", "NUMSUB", "x")[1])
    redis("SET", "planted", "here")
    redis("SCRIPT", "LOAD", "return 1")
    """

    for _ in range(2):
        graded = await grade_redis(plants, code)
        assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_failed_check_shows_what_the_code_asked(grade_redis):
    graded = await grade_redis(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            redis.set("a", 1)
            program.run()
            assert redis.get("a") == "2", "to be raised"
        """,
        """
    redis = Redis()
    redis("GET", "a")
    redis("EVAL", "return redis.call('GET', KEYS[1])", 1, "a")
        """,
    )

    assert graded.only.outcome is Outcome.FAILED
    shown = [(each.kind, each.title, each.actor) for each in graded.only.evidence]
    assert shown == [
        ("command", "SET a 1", "check"),
        ("program", "python main.py", "check"),
        ("command", "GET a", "learner"),
        ("command", "EVAL 'return redis.call('\"'\"'GET'\"'\"', KEYS[1])' 1 a", "learner"),
        ("command", "GET a", "learner"),
        ("command", "GET a", "check"),
    ]


async def test_commands_tell_whose_they_are_even_if_they_are_equal(grade_redis):
    graded = await grade_redis(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            for _ in range(3):
                redis.get("a")
            program.run()
            redis.get("a")
            assert len(redis.commands("GET")) == 2, "the program's own"
            assert len(redis.commands()) == 2, "asking twice changes nothing"
        """,
        """
    redis = Redis()
    redis("get", "a"), redis("GET", "a")
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_cache_that_goes_away_hangs_and_comes_back(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, redis):
            def ask():
                return service.get("/").text
            redis.set("a", "one")
            assert ask() == "one"
            redis.kill_connections()
            assert ask() == "gone", "the connection that was open"
            assert ask() == "one", "a new one"
            redis.pause()
            assert ask() == "TimeoutError", "it waits in vain"
            redis.resume()
            assert ask() == "one"
            redis.stop()
            assert ask() in ("gone", "ConnectionResetError"), "the connection that was open"
            assert ask() == "ConnectionRefusedError", "nothing listens any more"
            with pytest.raises(RuntimeError):
                redis.get("a")
            redis.start()
            assert ask() == "None", "a restarted cache is empty"
            redis.set("a", "two")
            assert ask() == "two"
            names = [each.name for each in redis.commands()]
            assert names.count("GET") >= 5, "those before the restart are not forgotten"
        """,
        program(
            """
    from http.server import BaseHTTPRequestHandler, HTTPServer

    open_one = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                redis = open_one.pop() if open_one else Redis(timeout=0.5)
                said = str(redis("GET", "a"))
                if said != "gone":
                    open_one.append(redis)
            except OSError as error:
                said = type(error).__name__
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_):
            pass

    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """
        ),
        services=("redis",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, (
        graded.only.message,
        graded.only.got,
        graded.only.detail,
    )
    notes = [each.title for each in graded.only.evidence if each.kind == "note"]
    assert notes == ["Redis is paused", "Redis goes on", "Redis is stopped", "Redis is started"]


async def test_fixture_that_the_lab_does_not_name_breaks_the_lab(grade_redis):
    graded = await grade_redis(
        """
        @check(task="t", objectives=["o"])
        def test_it(redis):
            pass
        """,
        "",
        services=(),
    )

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert 'lab.toml does not say services = ["redis"]' in graded.report.message


async def test_check_that_asks_for_none_has_none(grade_redis):
    graded = await grade_redis(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            assert program.run().stdout == "False ConnectionRefusedError\\n"

        @check(task="t", objectives=["o"])
        def test_never_used(redis):
            assert redis.commands() == [], "nobody has connected"
        """,
        {
            "main.py": """
            import os, socket

            try:
                socket.create_connection(("localhost", 6379), 3)
            except OSError as error:
                print("REDIS_URL" in os.environ, type(error).__name__)
            """
        },
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_values_that_are_no_text_are_told_apart(grade_redis):
    graded = await grade_redis(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            program.run()
            assert redis.get("raw") == b"\\xff\\x00\\r\\n\\"", "bytes that are no text"
            assert redis.get("text") == "\\u00fc \\"q\\" \\\\ \\r\\n", "text with everything"
            [raw, text] = redis.commands("SET")
            assert text.arguments[1] == "\\u00fc \\"q\\" \\\\ \\r\\n", "as it was sent"
        """,
        """
    redis = Redis()
    redis("SET", "raw", b"\\xff\\x00\\r\\n\\"")
    redis("SET", "text", "\\u00fc \\"q\\" \\\\ \\r\\n")
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)
    shown = [each.response for each in graded.only.evidence if each.kind == "command"]
    assert json.dumps(shown[0].value)


FASTAPI = """
    import os
    import redis.asyncio
    from fastapi import FastAPI

    app = FastAPI()
    cache = redis.asyncio.from_url(os.environ["REDIS_URL"], decode_responses=True)

    @app.get("/count")
    async def count():
        return await cache.incr("count")
"""
DJANGO = """
    import os, sys
    import redis
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.http import JsonResponse
    from django.urls import path

    settings.configure(SECRET_KEY="made up", ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"])
    cache = redis.from_url(os.environ["REDIS_URL"])
    urlpatterns = [path("count", lambda _: JsonResponse(cache.incr("count"), safe=False))]
    if __name__ == "__main__":
        execute_from_command_line(sys.argv)
"""
EXPRESS = """
    import express from "express";
    import { createClient } from "redis";

    const cache = await createClient({ url: process.env.REDIS_URL }).connect();
    const app = express();
    app.get("/count", async (_, response) => response.json(await cache.incr("count")));
    app.listen(process.env.PORT, "127.0.0.1");
"""
NODE = """
    import http from "node:http";
    import net from "node:net";

    const address = new URL(process.env.REDIS_URL);
    http.createServer((_, response) => {
      const socket = net.connect(Number(address.port), address.hostname);
      socket.write(`AUTH ${address.username} ${address.password}\\r\\nINCR count\\r\\n`);
      let said = "";
      socket.on("data", (data) => {
        said += data;
        const found = /:(\\d+)\\r\\n/.exec(said);
        if (found) {
          socket.destroy();
          response.end(found[1]);
        }
      });
    }).listen(process.env.PORT, "127.0.0.1");
"""


@pytest.mark.parametrize(
    ("stack", "code"),
    [("fastapi", FASTAPI), ("django", DJANGO), ("express", EXPRESS), ("node", NODE)],
)
async def test_libraries_of_every_stack_find_it_by_its_address(grade, stack, code):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, redis):
            assert [service.get("/count").json() for _ in range(3)] == [1, 2, 3], "counted"
            assert redis.get("count") == "3"
            assert [each.arguments[0] for each in redis.commands("INCR", "INCRBY")] == ["count"] * 3
            assert len(redis.commands()) == 3, "nothing else"

        @check(task="t", objectives=["o"])
        def test_again(service, redis):
            assert service.get("/count").json() == 1, "a server of its own"
        """,
        code,
        stack=stack,
        services=("redis",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, [
        (each.message, each.got, each.detail) for each in graded.report.checks
    ]


def test_answer_too_large_is_told_without_a_size_that_redis_no_longer_tells():
    def ask_in_vain(*words):
        return "string" if words[0] == "TYPE" else None

    of_one = say_too_large((b"GET", b"large"), ask_in_vain)
    of_all = say_too_large((b"KEYS", b"*"), ask_in_vain)

    assert of_one.endswith("`large` holds a string.")
    assert of_all.endswith("There are very many keys; keep fewer, or give them shorter names.")


async def test_what_redis_refuses_names_key_and_type_and_leaves_the_check_in_step(grade_redis):
    graded = await grade_redis(
        """
        def told(redis, *words):
            with pytest.raises(RedisRefused) as told:
                redis.execute(*words)
            return str(told.value)

        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            program.run()
            said = told(redis, "HGETALL", "list")
            assert said.startswith("The check looks for a hash in `list` (`HGETALL list`)"), said
            assert "Redis holds a list there" in said, said
            assert "`word` holds a string." in told(redis, "INCR", "word"), "and why not"
            assert "Redis refused what the check asked" in told(redis, "INCR", "word"), "a number"
            assert "holds a sorted set of 1 members" not in told(redis, "GET", "zset"), "no size"
            assert "a string of 9,437,184 bytes" in told(redis, "GET", "large"), "too large"
            with pytest.raises(RedisRefused, match="`stream` holds a stream"):
                redis.value("stream")
            with pytest.raises(NotSendable, match="half of a character"):
                redis.get("price:\\ud800")
            with pytest.raises(KeyMissing, match="Redis holds no 'nothing'"):
                redis.ttl("nothing")
            assert "maxmemory" in told(redis, "SET", "more", "x" * 2**22), "no room is left"
            assert redis.get("word") == "seven", "what comes next is asked on a new connection"
            assert [each.name for each in redis.commands("SET")] == ["SET"], "and still told"
        """,
        """
    redis = Redis()
    redis("LPUSH", "list", 1)
    redis("SET", "word", "seven")
    redis("SETRANGE", "large", 9 * 2**20 - 1, "x")
    redis("ZADD", "zset", 1, "a")
    redis("XADD", "stream", "*", "a", "b")
    for number in range(4):
        redis("SETRANGE", f"full {number}", 7 * 2**20, "x")
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)
