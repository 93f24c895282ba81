"""The `upstream` fixture: a scripted HTTP service that learner code calls, and what it saw."""

import pytest

from milepost.engine import Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=15)
CALLER = """
    import http.client, json, os, sys
    from urllib.parse import urlsplit

    address = urlsplit(os.environ["UPSTREAM_URL"])

    def call(method, path, body=None, timeout=1.0, headers=None, connection=None):
        connection = connection or http.client.HTTPConnection(
            address.hostname, address.port, timeout=timeout
        )
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read(1_000_000)
            if answer.length:
                raise http.client.IncompleteRead(text)
            return answer.status, text.decode()
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__, ""
"""


@pytest.fixture
def grade_caller(grade):
    """Grade a Python program that calls the upstream."""

    async def run(checks, code, **more):
        files = CALLER + code if isinstance(code, str) else code
        return await grade(checks, files, **{"limits": PATIENT, "services": ("upstream",), **more})

    return run


async def test_calls_arrive_as_they_were_sent_and_are_evidence(grade_caller):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, upstream):
            upstream.reply("GET", "/prices/{sku}", lambda call: Reply(
                json={"sku": call.parameters["sku"], "asked": call.number}
            ))
            upstream.reply("POST", "/orders", Reply(201, headers={"Location": "/orders/1"}))
            assert program.run().stdout.splitlines() == [
                '200 {"sku": "a-1", "asked": 1}', '200 {"sku": "b", "asked": 2}', "201 ", "404",
            ]
            [first, _, order, unknown] = upstream.calls
            assert (first.method, first.path) == ("GET", "/prices/a-1")
            assert first.query == {"x": ["1", "2"]}
            assert first.headers["X-Test"] == "yes" and first.number == 1
            assert order.json() == {"sku": "a-1"}
            assert order.headers["idempotency-key"] == "k1"
            assert first.at < order.at < unknown.at
            assert len(upstream.calls_to("GET", "/prices/{sku}")) == 2
            assert len(upstream.calls_to("GET", "/prices/b")) == 1
            assert unknown.path == "/nothing"
        """,
        """
    print(*call("GET", "/prices/a-1?x=1&x=2", headers={"X-Test": "yes"}))
    print(*call("GET", "/prices/b"))
    print(*call("POST", "/orders", json.dumps({"sku": "a-1"}), headers={"Idempotency-Key": "k1"}))
    print(call("GET", "/nothing")[0])
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)
    exchanges = [each for each in graded.only.evidence if each.kind == "exchange"]
    assert exchanges[0].title == "Your code: GET /prices/a-1?x=1&x=2"
    assert exchanges[0].actor == "learner"
    assert exchanges[0].response.status == 200
    assert exchanges[0].response.body == '{"sku": "a-1", "asked": 1}'
    assert exchanges[2].repeat == (
        "curl -i http://localhost:9000/orders -H 'idempotency-key: k1'"
        ' --data-binary \'{"sku": "a-1"}\''
    )


async def test_each_call_gets_its_own_answer_and_troubles_are_real(grade_caller):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, upstream):
            upstream.reply("GET", "/", Reply(503), Reply.dropped(), Reply.garbage(),
                Reply.cut_off(json={"a": "b" * 100}), Reply.silent(), Reply(text="late").slow(3),
                Reply.endless(), Reply(204), Reply(text="well"))
            assert program.run().stdout.split() == [
                "503", "RemoteDisconnected", "BadStatusLine", "IncompleteRead", "TimeoutError",
                "TimeoutError", "200", "204", "200", "200",
            ]
            assert [call.was_abandoned for call in upstream.calls] == [
                False, False, False, False, True, True, True, False, False, False,
            ]
            assert len({call.connection for call in upstream.calls}) == 10
        """,
        """
    for _ in range(10):
        print(call("GET", "/")[0])
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)
    exchanges = [each for each in graded.only.evidence if each.kind == "exchange"]
    assert [each.response.fault for each in exchanges[1:5]] == [
        "As the check had it, the upstream closed the connection without an answer.",
        "As the check had it, the upstream answered with bytes that are not HTTP.",
        "As the check had it, the upstream broke off in the middle of the body.",
        "As the check had it, the upstream never answered.",
    ]
    assert "hung up" in exchanges[5].response.note


async def test_slow_reply_reaches_whoever_waits_for_it(grade_caller):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, upstream):
            upstream.reply("GET", "/", Reply(text="late").slow(0.3))
            run = program.run()
            assert run.stdout.strip() == "200 late", run.stdout
            assert upstream.calls[0].was_abandoned is False
            assert run.duration_seconds >= 0.3
        """,
        """
    status, text = call("GET", "/", timeout=10)
    print(status, text)
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)


async def test_state_of_one_check_is_absent_in_the_next(grade_caller):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_first(program, upstream):
            upstream.reply("GET", "/", Reply(text="first"))
            assert program.run().stdout == "200 first\\n"

        @check(task="t", objectives=["o"])
        def test_second(program, upstream):
            assert upstream.calls == [], "nobody has called this one"
            assert program.run().stdout.startswith("404 "), "nor has it a script"

        @check(task="t", objectives=["o"])
        def test_none(program):
            assert program.run().exit_code == 1, "no address where none is asked for"
        """,
        """
    print(*call("GET", "/"))
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


FASTAPI = """
    import os
    import httpx
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/price")
    async def price():
        async with httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"]) as client:
            try:
                return (await client.get("/prices/7", timeout=1)).json()
            except httpx.HTTPError as error:
                return {"error": type(error).__name__}
"""
DJANGO = """
    import os, sys
    import httpx
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.http import JsonResponse
    from django.urls import path

    settings.configure(SECRET_KEY="made up", ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"])

    def price(request):
        try:
            answer = httpx.get(os.environ["UPSTREAM_URL"] + "/prices/7", timeout=1)
            return JsonResponse(answer.json())
        except httpx.HTTPError as error:
            return JsonResponse({"error": type(error).__name__})

    urlpatterns = [path("price", price)]
    if __name__ == "__main__":
        execute_from_command_line(sys.argv)
"""
FETCH = """
    async function price() {
      try {
        const signal = AbortSignal.timeout(1000);
        return await (await fetch(`${process.env.UPSTREAM_URL}/prices/7`, { signal })).json();
      } catch (error) {
        return { error: error.cause?.code ?? error.name };
      }
    }
"""
EXPRESS = f"""
    import express from "express";
    {FETCH}
    const app = express();
    app.get("/price", async (_, response) => response.json(await price()));
    app.listen(process.env.PORT, "127.0.0.1");
"""
NODE = f"""
    import http from "node:http";
    {FETCH}
    http.createServer(async (_, response) => response.end(JSON.stringify(await price())))
      .listen(process.env.PORT, "127.0.0.1");
"""


@pytest.mark.parametrize(
    ("stack", "code", "refused", "timed_out"),
    [
        ("fastapi", FASTAPI, "ConnectError", "ReadTimeout"),
        ("django", DJANGO, "ConnectError", "ReadTimeout"),
        ("express", EXPRESS, "ECONNREFUSED", "TimeoutError"),
        ("node", NODE, "ECONNREFUSED", "TimeoutError"),
    ],
)
async def test_libraries_of_every_stack_reach_it(grade, stack, code, refused, timed_out):
    graded = await grade(
        f"""
        @check(task="t", objectives=["o"])
        def test_it(service, upstream):
            upstream.reply("GET", "/prices/7", Reply(json={{"price": 5}}), Reply.silent(),
                Reply(json={{"price": 6}}))
            assert service.get("/price").json() == {{"price": 5}}
            assert service.get("/price").json() == {{"error": "{timed_out}"}}
            upstream.stop()
            assert service.get("/price").json() == {{"error": "{refused}"}}
            upstream.start()
            assert service.get("/price").json() == {{"price": 6}}
        """,
        code,
        stack=stack,
        services=("upstream",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, (
        graded.only.message,
        graded.only.got,
        graded.only.detail,
    )


async def test_held_callers_show_who_asks_at_once(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, upstream):
            upstream.reply("GET", "/prices/7", Reply(json={"price": 5}))
            service.start()
            with upstream.held():
                sent = [service.send("GET", "/price") for _ in range(5)]
                upstream.wait_for_calls(5)
                assert not any(each.is_answered for each in sent), "all wait"
            assert [each.answer().json() for each in sent] == [{"price": 5}] * 5
            assert len(upstream.calls) == 5, "nobody shares an answer here"
            with pytest.raises(UpstreamNotCalled):
                upstream.wait_for_calls(6, seconds=0.1)
        """,
        FASTAPI,
        stack="fastapi",
        services=("upstream",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_fixture_that_the_lab_does_not_name_breaks_the_lab(grade_caller):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(upstream):
            pass
        """,
        "",
        services=("redis",),
    )

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert 'lab.toml does not say services = ["upstream"]' in graded.report.message


async def test_script_that_fails_breaks_the_lab_and_not_the_learner(grade_caller):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, upstream):
            upstream.reply("GET", "/", lambda call: call.nonsense)
            program.run()
        """,
        """
    call("GET", "/")
        """,
    )

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert "nonsense" in graded.report.message


HEAD = "HTTP/1.1\\r\\nHost: a\\r\\n"


@pytest.mark.parametrize(
    "sent",
    [
        r'b"\0\xff" * 5000',
        r'b"GET / HTTP/1.1\r\nA: " + b"x" * 100_000',
        rf'b"GET / {HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde"',
        rf'b"POST / {HEAD}Content-Length: 9999999999\r\n\r\n" + b"x" * 3_000_000',
        rf'b"POST / {HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n"',
        rf'b"GET http://[::1 {HEAD}\r\n"',
        rf'b"GET / {HEAD}\r\n" * 3',
        'b""',
    ],
)
async def test_what_is_no_request_ends_its_own_connection_only(grade_caller, sent):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, upstream):
            upstream.reply("GET", "/well", Reply(text="well"))
            assert program.run().stdout == "200 well\\n"
        """,
        f"""
    import socket
    sock = socket.create_connection((address.hostname, address.port), 2)
    try:
        sock.sendall({sent})
        sock.settimeout(0.3)
        sock.recv(100)
    except OSError:
        pass
    print(*call("GET", "/well"))
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_calls_of_any_bytes_arrive_and_are_evidence(grade_caller):
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, upstream):
            upstream.reply("GET", "/a", Reply(text="well"))
            assert program.run().exit_code == 0
            [named, star, odd] = upstream.calls
            assert named.headers["x-name"] == "M\\xfcller", "as it was sent"
            assert (star.method, star.path) == ("OPTIONS", "*")
            assert odd.json() is None, "no JSON that a check could use"
        """,
        r"""
    import socket
    for said in (
        b"GET /a HTTP/1.1\r\nhost: a\r\nx-name: M\xfcller\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
        b"POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n1e999",
    ):
        sock = socket.create_connection((address.hostname, address.port), 2)
        sock.sendall(said)
        assert sock.recv(9999)
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)
    exchanges = [each for each in graded.only.evidence if each.kind == "exchange"]
    assert [each.repeat is None for each in exchanges] == [False, True, False]


async def test_flood_of_calls_is_bounded_and_the_check_goes_on(grade_caller):
    """Caught by the forwarder's and the server's bound on connections; evidence is capped."""
    graded = await grade_caller(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, upstream):
            upstream.reply("GET", "/", Reply(text="x" * 1000))
            program.run()
            # The first ones may be refused while the idle connections are still being let go.
            assert 1500 < len(upstream.calls) <= 2000, "what was answered was counted"
        """,
        """
    import socket
    idle = []
    for _ in range(200):
        try:
            idle.append(socket.create_connection((address.hostname, address.port), 1))
        except OSError:
            break
    for sock in idle:
        sock.close()
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
    for _ in range(2000):
        call("GET", "/", connection=connection)
        """,
    )

    assert graded.only.outcome is Outcome.PASSED, (graded.only.message, graded.only.got)
    assert len(graded.only.evidence) < 100


async def test_what_a_call_lacks_fails_the_check_in_words(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_header(program, upstream):
            program.run()
            [call] = upstream.calls
            assert call.headers["host"] == "localhost:9000" and call.query["a"] == ["1"]
            assert call.headers.get("x-key") is None and call.query.get("b") is None
            call.headers["x-key"]

        @check(task="t", objectives=["o"])
        def test_query(program, upstream):
            program.run()
            upstream.calls[0].query["b"]
        """,
        """
        import os, urllib.error, urllib.request
        try:
            urllib.request.urlopen(os.environ["UPSTREAM_URL"] + "/prices?a=1")
        except urllib.error.HTTPError:
            pass
        """,
        services=("upstream",),
    )

    assert graded.report.verdict is Verdict.FAILED, graded.report.message
    assert graded.check("test_header").message == (
        "Your code's call `GET /prices` has no header `x-key`, and the check looks into it."
        " Send it too."
    )
    assert graded.check("test_query").message.startswith(
        "Your code called the service at UPSTREAM_URL without `b` in the query"
    )
