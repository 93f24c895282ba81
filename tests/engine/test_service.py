"""The `service` fixture: learners' HTTP servers, reached, watched and explained."""

import json

import pytest

from milepost.engine import Entry, Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=10)
HURRIED = Limits(wall_seconds=60, run_seconds=1.5)

COUNTER = """
    import json, os, sys
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    count = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            global count
            count += 1
            size = int(self.headers.get("content-length", 0))
            said = {
                "count": count,
                "method": self.command,
                "path": self.path,
                "body": self.rfile.read(size).decode(),
                "x": self.headers.get("x-test"),
                "mood": os.environ.get("MOOD"),
            }
            print("asked for", self.path)
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
FASTAPI = """
    from fastapi import FastAPI
    from pydantic import BaseModel

    app = FastAPI()
    books = []

    class Book(BaseModel):
        title: str

    @app.get("/books")
    def list_books():
        return books

    @app.post("/books", status_code=201)
    def add_book(book: Book):
        books.append(book)
        return book

    @app.get("/broken")
    def broken():
        raise LookupError("the shelf fell down")
"""
EXPRESS = """
    import express from "express";

    const app = express();
    const books = [];
    app.use(express.json());
    app.get("/books", (_, response) => response.json(books));
    app.post("/books", (request, response) => {
      books.push(request.body);
      response.status(201).json(request.body);
    });
    app.listen(process.env.PORT, "127.0.0.1");
"""
DJANGO = """
    import json, sys
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.http import JsonResponse
    from django.urls import path

    settings.configure(SECRET_KEY="made up", ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"])
    books = []

    def shelf(request):
        if request.method == "POST":
            books.append(json.loads(request.body))
            return JsonResponse(books[-1], status=201)
        return JsonResponse(books, safe=False)

    urlpatterns = [path("books", shelf)]
    if __name__ == "__main__":
        execute_from_command_line(sys.argv)
"""
ASKS = """
    @check(task="t", objectives=["o"])
    def test_it(service):
        assert service.get("/").status_code == 200
"""
# Answers each connection with what it is told to.
RAW = """
    import os, socket, sys, time
    server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
    while True:
        connection, _ = server.accept()
        if not connection.recv(65536):
            continue
        {answer}
        connection.close()
"""


@pytest.mark.parametrize(
    ("stack", "code"), [("fastapi", FASTAPI), ("express", EXPRESS), ("django", DJANGO)]
)
async def test_each_check_meets_a_service_that_nobody_has_used(grade, stack, code):
    graded = await grade(
        """
        def shelve(service):
            assert service.get("/books").json() == [], "nobody has put anything there"
            answer = service.post("/books", json={"title": "Emma"})
            assert answer.status_code == 201
            assert service.get("/books").json() == [{"title": "Emma"}]

        @check(task="t", objectives=["o"])
        def test_first(service):
            shelve(service)

        @check(task="t", objectives=["o"])
        def test_second(service):
            shelve(service)
        """,
        code,
        stack=stack,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_requests_arrive_as_they_were_sent_and_leave_evidence_with_a_curl_line(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            answer = service.post("/a b?x=1", json={"n": "it's"}, headers={"x-test": "yes"})
            assert answer.json() == {
                "count": 1, "method": "POST", "path": "/a%20b?x=1", "body": '{"n":"it\\'s"}',
                "x": "yes", "mood": None,
            }
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.elapsed.total_seconds() > 0
            assert service.request("HEAD", "/h").text == ""
            for method in ("put", "patch", "delete"):
                assert getattr(service, method)("/m").json()["method"] == method.upper()
            assert service.get("/q", params={"b": "2 3"}).json()["path"] == "/q?b=2+3"
            assert "asked for /q?b=2+3" in service.logs
        """,
        COUNTER,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only
    first, head, *_, log = graded.only.evidence
    assert (first.kind, first.title) == ("exchange", "POST /a%20b?x=1")
    assert first.request.method == "POST"
    assert first.request.body == '{"n":"it\'s"}'
    assert first.response.status == 200
    assert json.loads(first.response.body)["x"] == "yes"
    assert first.repeat == (
        "curl -i 'http://localhost:8000/a%20b?x=1' -H 'x-test: yes'"
        " -H 'content-type: application/json' --data-binary '{\"n\":\"it'\"'\"'s\"}'"
    )
    assert head.repeat == "curl -I http://localhost:8000/h"
    assert log.kind == "log"
    assert "asked for /h" in log.response.lines


async def test_restart_takes_new_environment_loses_memory_and_keeps_files(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            service.environment["MOOD"] = "bright"
            assert service.get("/").json()["mood"] == "bright"
            assert service.get("/").json()["count"] == 2
            service.environment["MOOD"] = "calm"
            service.restart()
            answer = service.get("/").json()
            assert (answer["mood"], answer["count"]) == ("calm", 1)
            assert service.logs.count("asked for /") == 3
            service.kill()
            service.restart()
            assert service.get("/").json()["count"] == 1
        """,
        COUNTER,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_a_server_error_comes_with_what_the_service_printed(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            assert service.get("/broken").status_code == 200, "It must not break"
        """,
        FASTAPI,
        stack="fastapi",
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.FAILED
    assert (graded.only.got, graded.only.expected) == ("500", "200")
    log = "\n".join(graded.only.evidence[-1].response.lines)
    assert 'File "/work/main.py"' in log
    assert "LookupError: the shelf fell down" in log
    assert "/opt/milepost" not in log


async def test_a_refusal_that_was_chosen_is_not_waited_on_for_a_traceback(grade):
    statuses = [500, 503] * 3
    graded = await grade(
        "".join(
            f"""
        @check(task="t", objectives=["o"])
        def test_{number}(service):
            assert service.get("/{status}").status_code == {status}
        """
            for number, status in enumerate(statuses)
        ),
        """
    import os
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Timer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            Timer(0.3, print, ["some time later"]).start()
            self.send_response(int(self.path[1:]))
            self.end_headers()

        def log_message(self, *_):
            pass

    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
    printed = ["some time later" in str(check.evidence) for check in graded.report.checks]
    failures, refusals = printed[::2], printed[1::2]
    assert any(failures), "a traceback may come late"
    assert not all(refusals), "nothing will come, and somebody waits for the next check"


async def test_service_that_never_listens_says_what_was_tried_and_is_tried_once(grade):
    graded = await grade(
        ASKS + ASKS.replace("test_it", "test_again"),
        "import time\nprint('warming up')\ntime.sleep(60)",
        limits=HURRIED,
    )

    check = graded.check("test_it")
    assert graded.report.verdict is Verdict.FAILED
    assert "did not listen on port 8000 within" in check.message
    assert "listens on no port at all" in check.message
    assert "`python main.py` and PORT=8000" in check.detail
    assert "warming up" in check.detail
    assert check.evidence[-1].repeat == "PORT=8000 python main.py"
    assert graded.check("test_again").message == check.message
    assert graded.check("test_again").duration_seconds < check.duration_seconds / 2


async def test_service_that_listens_elsewhere_is_told_where(grade):
    code = COUNTER.replace('int(os.environ["PORT"])', "3000")
    graded = await grade(ASKS, code, limits=HURRIED)

    assert graded.only.outcome is Outcome.FAILED
    assert "It listens on 127.0.0.1:3000 instead" in graded.only.message
    assert "PORT" in graded.only.message


async def test_service_on_another_address_is_told_which_and_where_to_listen(grade):
    code = COUNTER.replace('("127.0.0.1"', '("127.0.0.2"')
    graded = await grade(ASKS, code, limits=HURRIED)

    assert graded.only.outcome is Outcome.FAILED
    assert "It listens on 127.0.0.2:8000, where only those who ask for" in graded.only.message
    assert "so listen on 127.0.0.1:8000, or on 0.0.0.0:8000." in graded.only.message


async def test_service_on_the_other_loopback_is_reached_as_curl_would(grade):
    code = """
        import http from "node:http";
        http.createServer((_, response) => response.end("hi")).listen(8000, "::1");
    """
    graded = await grade(ASKS, code, stack="node", limits=PATIENT)

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_service_that_crashes_at_its_start_shows_exit_code_and_last_output(grade):
    graded = await grade(ASKS, "print('almost')\nraise SystemExit(7)", limits=PATIENT)

    assert graded.report.verdict is Verdict.CRASHED
    assert "ended by itself before it listened on port 8000: exit code 7" in graded.only.message
    assert graded.only.message.endswith(" It printed last: `almost`")
    assert "almost" in graded.only.detail


@pytest.mark.parametrize(
    ("stack", "code", "error"),
    [
        ("python", "import json\njson.loads('{')", "json.decoder.JSONDecodeError: Expecting "),
        ("node", "throw new RangeError('one too many');", "RangeError: one too many"),
        ("express", 'import "koa";', "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'koa'"),
    ],
)
async def test_service_that_fails_at_its_start_is_told_with_its_error(grade, stack, code, error):
    graded = await grade(ASKS, code, stack=stack, limits=PATIENT)

    assert f" Its last error was: `{error}" in graded.only.message


async def test_check_may_expect_the_end_and_look_at_its_code_and_last_words(grade):
    checks = """
        @check(task="t", objectives=["o"])
        def test_it(service):
            with pytest.raises(ServiceEnded) as ended:
                service.start()
            assert (ended.value.exit_code, ended.value.printed) == (7, "almost\\n"), "last"
    """
    graded = await grade(checks, "print('almost')\nraise SystemExit(7)", limits=PATIENT)

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_service_with_a_syntax_error_shows_it(grade):
    graded = await grade(ASKS, "app = FastAPI(\n", stack="fastapi", limits=PATIENT)

    assert graded.report.verdict is Verdict.CRASHED
    assert "SyntaxError" in graded.only.detail


async def test_service_that_crashes_in_mid_run_is_named_with_the_request(grade):
    code = RAW.format(answer="print('oh', flush=True); os.kill(os.getpid(), 11)")
    graded = await grade(ASKS, code, limits=PATIENT)

    assert graded.report.verdict is Verdict.CRASHED
    assert graded.only.message == ("Your service ended by itself during `GET /`: signal SIGSEGV.")
    assert "oh" in graded.only.detail
    assert graded.only.evidence[0].response.fault == graded.only.message


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("connection.sendall(b'hello, world\\n')", "is not HTTP. It begins: 'hello, world"),
        ("pass", "closed the connection of `GET /` without an answer"),
        (
            "connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf')",
            "is no whole HTTP response",
        ),
        (
            "connection.sendall(b'HTTP/1.1 200 OK\\r\\nX: ' + b'x' * 200000)",
            "is no whole HTTP response",
        ),
    ],
    ids=["garbage", "nothing", "half", "endless-headers"],
)
async def test_what_is_no_http_answer_is_shown_for_what_it_is(grade, answer, sentence):
    graded = await grade(ASKS, RAW.format(answer=answer), limits=PATIENT)

    assert graded.only.outcome is Outcome.FAILED
    assert sentence in graded.only.message


async def test_answer_that_never_ends_times_out_with_how_far_it_came(grade):
    half = "connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nhalf')"
    answer = f"{half}; time.sleep(60)"
    graded = await grade(ASKS, RAW.format(answer=answer), limits=HURRIED)

    assert graded.report.verdict is Verdict.TIMED_OUT
    assert graded.report.limit_hit == "run_seconds"
    assert "began to answer `GET /` (43 bytes) but had not finished after 1.5" in (
        graded.only.message
    )


async def test_answer_that_never_begins_times_out(grade):
    graded = await grade(ASKS, RAW.format(answer="time.sleep(60)"), limits=HURRIED)

    assert graded.report.verdict is Verdict.TIMED_OUT
    assert "had not answered `GET /` after 1.5 seconds" in graded.only.message


async def test_answer_without_end_is_cut_off_at_the_limit(grade):
    answer = (
        "connection.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n');"
        " [connection.sendall(b'x' * 65536) for _ in range(1000)]"
    )
    graded = await grade(ASKS, RAW.format(answer=answer), limits=PATIENT)

    assert graded.report.verdict is Verdict.CRASHED
    assert graded.report.limit_hit == "output_bytes"
    assert "The answer to `GET /` is larger than 1024 KiB" in graded.only.message


async def test_body_that_is_not_json_fails_with_the_body(grade):
    graded = await grade(
        ASKS.replace("status_code == 200", "json()"),
        RAW.format(answer="connection.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n<h1>hi</h1>')"),
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.FAILED
    assert "`GET /` should be answered with JSON" in graded.only.message
    assert "<h1>hi</h1>" in graded.only.detail


async def test_chatty_service_is_not_stopped_by_a_full_pipe_but_by_its_limit(grade):
    code = COUNTER.replace('print("asked for", self.path)', 'print("x" * 300_000, flush=True)')
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            for _ in range(3):
                assert service.get("/").status_code == 200
            service.get("/")
        """,
        code,
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.CRASHED
    assert graded.report.limit_hit == "output_bytes"
    assert len([each for each in graded.only.evidence if each.kind == "exchange"]) == 4


PLANTS = """
    import os, subprocess
    import fastapi

    MOUNTS = ("/work/planted", "/tmp/planted", "/dev/shm/planted")
    SLEEPER = ["python", "-c", "import time; planted = time.sleep(60)"]

    def command_line(pid):
        try:
            return open(f"/proc/{pid}/cmdline").read()
        except OSError:
            return ""

    @app.get("/planted")
    def planted():
        found = {
            "module": hasattr(fastapi, "planted"),
            "files": [place for place in MOUNTS if os.path.exists(place)],
            "processes": sum("planted = " in command_line(pid) for pid in os.listdir("/proc")),
        }
        fastapi.planted = True
        for place in MOUNTS:
            open(place, "w").close()
        subprocess.Popen(SLEEPER, start_new_session=True)
        return found
"""


async def test_nothing_that_one_run_plants_is_there_in_the_next(grade):
    checks = "".join(
        f"""
        @check(task="t", objectives=["o"])
        def test_{number}(service):
            found = service.get("/planted").json()
            assert found == {{"module": False, "files": [], "processes": 0}}
            found = service.get("/planted").json()
            assert (found["module"], len(found["files"]), found["processes"]) == (True, 3, 1)
        """
        for number in range(2)
    )

    for _ in range(2):
        graded = await grade(checks, FASTAPI + PLANTS, stack="fastapi", limits=PATIENT)
        assert graded.report.verdict is Verdict.PASSED, graded.report.checks


@pytest.mark.needs_isolated_tier
async def test_forked_programs_begin_with_chance_and_descriptors_of_their_own(grade):
    code = """
        import os, random, sys
        print(sorted(os.listdir("/proc/self/fd")), file=sys.stderr)
        print(random.random(), [name for name in sys.modules if "milepost" in name], __name__,
              sys.argv, exit.__class__.__name__, open("/proc/self/status").read().count("milepost"))
    """
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            first, second = program.run("a"), program.run("a")
            assert first.stdout.split()[0] != second.stdout.split()[0]
            rest = first.stdout.split()[1:]
            assert rest == ["[]", "__main__", "['main.py',", "'a']", "Quitter", "0"]
            assert first.stderr == "['0', '1', '2', '3']\\n"
        """,
        code,
        stack="fastapi",
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_lab_without_a_service_line_is_broken_not_the_learner(grade):
    graded = await grade(ASKS, COUNTER, entry=Entry(program=("python", "main.py")))

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert "`service`" in graded.only.message
