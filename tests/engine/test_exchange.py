"""How an exchange with a service goes on the wire: answers that come early, never end, or break."""

import pytest

from milepost.engine import Limits, Outcome, Verdict
from milepost.engine.steps import list_steps

PATIENT = Limits(wall_seconds=60, run_seconds=10)
HURRIED = Limits(wall_seconds=60, run_seconds=1.5)
ASKS = """
    @check(task="t", objectives=["o"])
    def test_it(service):
        assert service.get("/").status_code == 200
"""
# Serves each connection in a thread of its own, by what stands in `answer`.
RAW = """
    import os, socket, threading, time
    server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=64)

    def serve(connection):
        if not connection.recv(1000):
            return
        {answer}
        connection.close()

    while True:
        threading.Thread(target=serve, args=(server.accept()[0],)).start()
"""
TOO_LARGE = (
    "connection.sendall(b'HTTP/1.1 413 Content Too Large\\r\\nconnection: close\\r\\n"
    "content-length: 9\\r\\n\\r\\ntoo large')"
)


@pytest.mark.parametrize(
    "answer",
    [TOO_LARGE, TOO_LARGE.replace("content-length: 9\\r\\n", ""), f"{TOO_LARGE}; time.sleep(60)"],
    ids=["closes", "closes without a length", "stays and reads nothing"],
)
async def test_answer_that_comes_before_the_body_was_read_is_never_lost(grade, answer):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            large = b"x" * 2_000_000
            answers = [service.post("/", content=large) for _ in range(12)]
            sent = [service.send("POST", "/", content=large) for _ in range(6)]
            answers += [each.answer() for each in sent]
            assert {(each.status_code, each.text) for each in answers} == {(413, "too large")}
        """,
        RAW.format(answer=answer),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)


async def test_body_that_is_answered_while_it_comes_is_sent_to_its_end(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            text = "abcdefgh" * 100_000
            assert service.put("/", content=text).text == text, "every byte of it"
        """,
        """
        import http from "node:http";
        http.createServer((request, response) => request.pipe(response))
          .listen(process.env.PORT, "127.0.0.1");
        """,
        stack="node",
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.message


@pytest.mark.parametrize(
    "answer",
    [
        (
            "connection.sendall(b'HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n');"
            " [connection.sendall(b'1\\r\\nx\\r\\n' * 9999) for _ in iter(int, 1)]"
        ),
        "[connection.sendall(b'HTTP/1.1 103 Early Hints\\r\\n\\r\\n' * 99) for _ in iter(int, 1)]",
        (
            "connection.sendall(b'HTTP/1.1 200 OK\\r\\n');"
            " [(connection.sendall(b'x: y\\r\\n'), time.sleep(0.01)) for _ in iter(int, 1)]"
        ),
        (
            "connection.sendall(b'HTTP/1.1 200 OK\\r\\ncontent-length: 999999\\r\\n\\r\\n');"
            " [(connection.sendall(b'x'), time.sleep(0.01)) for _ in iter(int, 1)]"
        ),
    ],
    ids=["one-byte chunks", "interim answers", "headers", "a body, byte by byte"],
)
async def test_answer_without_end_has_one_deadline_for_all_of_it(grade, answer):
    graded = await grade(ASKS, RAW.format(answer=answer), limits=HURRIED)

    assert graded.only.outcome is Outcome.TIMED_OUT, graded.only.message
    assert graded.report.limit_hit == "run_seconds"
    assert "bytes) but had not finished after 1.5 seconds" in graded.only.message


async def test_answer_that_failed_once_fails_the_same_way_when_asked_for_again(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            sent = service.send("GET", "/")
            with pytest.raises(AnswerNotHttp) as first:
                sent.answer()
            assert sent.is_answered, "there is nothing more to wait for"
            with pytest.raises(AnswerNotHttp) as second:
                sent.answer()
            assert second.value is first.value, "and nothing else to tell"
        """,
        RAW.format(answer="pass"),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.message


async def test_request_whose_answer_was_not_read_any_more_is_where_the_check_ended(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            service.get("/first")
            service.send("GET", "/not-read")
            service.get("/meanwhile")
            assert service.logs == "two lines", "Both must be served"
        """,
        RAW.format(answer="connection.sendall(b'HTTP/1.1 204 Done\\r\\n\\r\\n')"),
        limits=PATIENT,
    )

    last = list_steps(graded.only.evidence)[-1]
    assert graded.only.outcome is Outcome.FAILED
    assert (last.title, last.repeat) == ("GET /not-read", "curl -i http://localhost:8000/not-read")
    assert last.response.fault == "The check ended before it read the answer."


REDIRECT = (
    "connection.sendall(b'HTTP/1.1 301 Moved Permanently\\r\\nLocation: https://localhost/a\\r\\n"
    "content-length: 0\\r\\n\\r\\n')"
)


async def test_redirect_is_shown_with_where_it_leads(grade):
    graded = await grade(
        ASKS
        + """
    @check(task="t", objectives=["o"])
    def test_json(service):
        answer = service.get("/")
        assert answer.status_code == 301, "it is a number all the same"
        assert (f"{answer.status_code:d}", answer.status_code + 1) == ("301", 302)
        answer.json()

    @check(task="t", objectives=["o"])
    def test_sentence(service):
        status = service.get("/").status_code
        assert status == 200, f"It must not be {status}"
    """,
        RAW.format(answer=REDIRECT),
        limits=PATIENT,
    )

    compared, read, said = (graded.check(f"test_{name}") for name in ("it", "json", "sentence"))
    assert (compared.got, compared.expected) == (
        "301, a redirect to https://localhost/a",
        "200",
    )
    assert read.outcome is Outcome.FAILED
    assert "was answered with 301, a redirect to https://localhost/a, and its" in read.message
    assert said.message == "It must not be 301, a redirect to https://localhost/a"


async def test_header_that_is_missing_fails_the_check_in_words(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            answer = service.get("/")
            assert answer.headers.get("etag") is None
            assert answer.headers.get("etag", "none") == "none"
            assert "etag" not in answer.headers and "LOCATION" in answer.headers
            assert answer.headers["location"] == "https://localhost/a"
            with pytest.raises(KeyError):
                answer.headers["etag"]
            answer.headers["ETag"]
        """,
        RAW.format(answer=REDIRECT),
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.FAILED, graded.only.message
    assert graded.only.message == (
        "Your service's answer to `GET /` has no header `ETag`, and the check looks into it."
        " Send it too."
    )
