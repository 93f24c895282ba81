"""Writes that a check holds: who reads first and writes later loses every time, right code never.

Each way to count is tried with two requests at once, in threads of one service.
"""

import pytest

from harness.redis_talk import program
from milepost.engine import Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=15)
COUNTS_TWICE = """
    @check(task="t", objectives=["o"])
    def test_it(service, redis):
        redis.set("count", 40)
        with redis.held_writes() as writes:
            sent = [service.send("GET", "/") for _ in range(2)]
            waiting = writes.wait_for(2)
        answers = sorted(each.answer().text for each in sent)
        assert waiting == WAITING, waiting
        assert (answers, redis.get("count")) == EXPECTED, (answers, redis.get("count"))
        redis.set("free", 1)
        assert [each.name for each in redis.commands("CLIENT")] == [], "the check's own"
"""
COUNTING_SERVICE = """
    import time
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    def count(redis):
        WAY

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            said = str(count(Redis(timeout=15))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
READS_FIRST = """
        number = int(redis("GET", "count")) + 1
        redis("SET", "count", number)
        return number
"""
RIGHT = {
    "one command": """
        return redis("INCR", "count")
    """,
    "script": """
        return redis("EVAL", "return redis.call('INCR', KEYS[1])", 1, "count")
    """,
    "transaction": """
        redis("MULTI")
        redis("INCR", "count")
        return redis("EXEC")[0]
    """,
    "watched": """
        while True:
            redis("WATCH", "count")
            number = int(redis("GET", "count")) + 1
            redis("MULTI")
            redis("SET", "count", number)
            if redis("EXEC"):
                return number
    """,
    "locked": """
        while redis("SET", "lock", 1, "NX") is None:
            time.sleep(0.01)
        number = int(redis("GET", "count")) + 1
        redis("SET", "count", number)
        redis("DEL", "lock")
        return number
    """,
}


def counting(way):
    """Write a service that counts in this way."""
    return program(COUNTING_SERVICE.replace("WAY", way.strip()))


async def grade_counting(grade, way, expected, waiting=2):
    checks = COUNTS_TWICE.replace("EXPECTED", repr(expected)).replace("WAITING", str(waiting))
    graded = await grade(checks, counting(way), services=("redis",), limits=PATIENT)
    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)
    return graded


async def test_reading_first_loses_an_update_every_time(grade):
    for _ in range(3):
        await grade_counting(grade, READS_FIRST, (["41", "41"], "41"))


@pytest.mark.parametrize("way", RIGHT)
async def test_what_is_right_stays_right(grade, way):
    graded = await grade_counting(grade, RIGHT[way], (["41", "42"], "42"))

    titles = [piece.title for piece in graded.only.evidence]
    assert "Waited until your code wants to write: 2 of its connections wait" in titles


async def test_code_that_writes_nothing_is_not_waited_for_without_end(grade):
    await grade_counting(grade, 'return redis("GET", "count")', (["40", "40"], "40"), waiting=0)


async def test_who_waited_before_for_something_else_is_not_counted(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, redis):
            first = service.send("GET", "/")
            while not redis.execute("CLIENT", "LIST").count("cmd=blpop"):
                pass
            with redis.held_writes() as writes:
                assert writes.wait_for(1) == 0, "it waits for work, and did before"
            redis.execute("RPUSH", "work", "it")
            assert first.answer().text == "['work', 'it']"
        """,
        counting('return redis("BLPOP", "work", 0)'),
        services=("redis",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_failure_in_the_block_lets_writes_go_on(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(redis):
            with redis.held_writes():
                assert redis.get("a") == "1", "to be raised"

        @check(task="t", objectives=["o"])
        def test_caught(redis):
            with pytest.raises(KeyError), redis.held_writes():
                redis.ttl("nothing")
            redis.set("a", 1)
            assert redis.get("a") == "1"
        """,
        "",
        services=("redis",),
        limits=PATIENT,
    )

    first, second = graded.report.checks
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.PASSED), second.message
    assert "to be raised" in first.message
