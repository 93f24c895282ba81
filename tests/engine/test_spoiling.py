"""Spoiled answers: each place where learner code hands a value to a check can be tried."""

import pytest

from harness.redis_talk import program as redis_program
from milepost.engine import Limits, Outcome, Spoil, SpoilPlan, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=15)
SERVICE = """
    import http.server, json, os

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"id": "a1", "items": [1, 2]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("ETag", '"v1"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answers).serve_forever()
"""
CALLER = """
    import os, urllib.request
    urllib.request.urlopen(os.environ["UPSTREAM_URL"] + "/prices", b'{"sku": "a"}').read()
"""
SHOP = "CREATE TABLE books (id int PRIMARY KEY, price numeric); INSERT INTO books VALUES (1, 9.5);"
KEEPER = redis_program('    Redis()("SET", "answer", "42", "EX", 60)\n')


def case(name, place, kind, error, naive, guarded, files, **more):
    """Write down a case: a check that falls over one wrong value, and its twin, which judges it."""
    return pytest.param(place, kind, error, naive, guarded, files, more, id=name)


CASES = [
    case(
        "a call",
        "call rank []",
        "null",
        "TypeError",
        "got = solution.call('rank')\nassert all(a > b for a, b in zip(got, got[1:])), 'order'",
        "assert solution.call('rank') == [3, 2, 1], 'order'",
        "def rank():\n    return [3, 2, 1]\n",
    ),
    case(
        "a field of a program's JSON",
        "program stdout.total",
        "text-for-number",
        "TypeError",
        "assert program.run().json()['total'] + 1 == 8, 'total'",
        "assert program.run().json()['total'] == 7, 'total'",
        "print('{\"total\": 7}')",
    ),
    case(
        "an HTTP header",
        "exchange GET 200 header etag",
        "missing",
        "KeyError",
        "assert service.get('/').headers['etag'], 'etag'",
        "assert service.get('/').headers.get('etag'), 'etag'",
        SERVICE,
    ),
    case(
        "a field of an HTTP body",
        "exchange GET 200 body.items",
        "null",
        "TypeError",
        "assert len(service.get('/').json()['items']) == 2, 'items'",
        "assert service.get('/').json()['items'] == [1, 2], 'items'",
        SERVICE,
    ),
    case(
        "a column of a learner's query",
        "result answer.sql column price",
        "nulls",
        "TypeError",
        "assert sum(row[0] for row in sql.run('answer.sql').rows) == 9.5, 'sum'",
        "assert [float(row[0] or 0) for row in sql.run('answer.sql').rows] == [9.5], 'sum'",
        "SELECT price FROM books;",
        stack="sql",
        data={"shop.sql": SHOP},
    ),
    case(
        "rows that a check reads after learner code",
        "rows SELECT price FROM books column price",
        "nulls",
        "TypeError",
        "sql.run('answer.sql')\n"
        "assert sum(row[0] for row in postgres.rows('SELECT price FROM books')) == 7, 'price'",
        "sql.run('answer.sql')\nassert postgres.value('SELECT price FROM books') == 7, 'price'",
        "UPDATE books SET price = 7;",
        stack="sql",
        data={"shop.sql": SHOP},
    ),
    case(
        "what Redis holds",
        "command GET value",
        "not-ascii",
        "ValueError",
        "program.run()\nassert int(redis.get('answer')) == 42, 'answer'",
        "program.run()\nassert redis.get('answer') == '42', 'answer'",
        KEEPER,
        services=("redis",),
    ),
    case(
        "what learner code sent to an upstream",
        "calls body",
        "truncated",
        "TypeError",
        "upstream.reply('POST', '/prices')\nprogram.run()\n"
        "assert upstream.calls[0].json()['sku'] == 'a', 'sku'",
        "upstream.reply('POST', '/prices')\nprogram.run()\n"
        "assert upstream.calls[0].json() == {'sku': 'a'}, 'sku'",
        CALLER,
        services=("upstream",),
    ),
]
FIXTURES = ("solution", "program", "service", "sql", "postgres", "redis", "upstream")


def write_check(body):
    used = ", ".join(name for name in FIXTURES if f"{name}." in body)
    lines = "\n    ".join(body.splitlines())
    return f'@check(task="t", objectives=["o"])\ndef test_it({used}):\n    {lines}\n'


@pytest.mark.parametrize(("place", "kind", "error", "naive", "guarded", "files", "more"), CASES)
async def test_one_wrong_value_breaks_only_a_check_that_trusts_it(
    grade, place, kind, error, naive, guarded, files, more
):
    more = {"limits": PATIENT, **more}
    listed = await grade(write_check(naive), files, spoil=SpoilPlan(1), **more)
    assert listed.report.verdict is Verdict.PASSED, listed.only
    *_, listing = listed.only.evidence
    found = {(each.place, each.kind): each for each in listing.response.found}
    assert (place, kind) in found, sorted(found)
    (position, *_) = found[place, kind].positions
    plan = SpoilPlan(1, {"test_it": Spoil(position, place, kind)})

    fallen = await grade(write_check(naive), files, spoil=plan, **more)
    judged = await grade(write_check(guarded), files, spoil=plan, **more)

    *_, told = fallen.only.evidence
    assert str(told.response.error).startswith(error), told
    assert told.response.line == 5 + naive.count("\n"), told
    assert (told.request.place, told.request.kind) == (place, kind)
    *_, told = judged.only.evidence
    assert told.request.kind == kind
    assert told.response.error is None
    assert judged.only.outcome is Outcome.FAILED, judged.only


async def test_the_evidence_of_a_spoiled_answer_shows_what_the_check_got(grade):
    checks = write_check("assert solution.call('rank') == [3, 2, 1], 'order'")
    plan = SpoilPlan(1, {"test_it": Spoil(0, "call rank", "shorter")})

    graded = await grade(checks, "def rank():\n    return [3, 2, 1]\n", spoil=plan)

    (call, told) = graded.only.evidence
    assert call.response.value == [3, 2]
    assert (told.request.was, told.request.became) == ("[3, 2, 1]", "[3, 2]")
    assert graded.only.got.split() == ["[3,", "2]"]


async def test_a_learners_run_tells_nothing_of_spoiled_answers(grade):
    checks = write_check("assert solution.call('rank') == [3, 2, 1], 'order'")

    graded = await grade(checks, "def rank():\n    return [3, 2, 1]\n")

    assert graded.report.verdict is Verdict.PASSED
    assert [piece.kind for piece in graded.only.evidence] == ["call"]
