"""Answers that are odd, read by a check and by curl: alike, or as the authors' guide says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pycurl
import pytest

from engine.polite import ANSWERS, write_server
from milepost.engine import Limits, Verdict

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "authors.md"
PATIENT = Limits(wall_seconds=90, run_seconds=10)
REFUSED = "refused"
CHECK = """
    import json

    @check(task="t", objectives=["o"])
    def test_it(service):
        for number, (method, body) in enumerate(ASKED):
            try:
                answer = service.request(method, f"/{number}", content=b"x" * body)
                headers = [
                    (name.decode().lower(), text.decode("latin-1"))
                    for name, text in answer.headers.raw
                ]
                seen = [answer.status_code, headers, answer.content.decode("latin-1")]
            except AnswerNotHttp as fault:
                seen = "refused"
            note(f"seen {number}", value=json.dumps(seen))
"""


async def read_by_checks(grade):
    asked = [(each.method, each.body) for each in ANSWERS]
    graded = await grade(CHECK.replace("ASKED", repr(asked)), write_server(), limits=PATIENT)
    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)
    notes = [each for each in graded.only.evidence if each.title.startswith("seen ")]
    return [json.loads(each.request["value"]) for each in notes]


@pytest.fixture
def port():
    server = subprocess.Popen(
        [sys.executable, "-c", write_server()],
        env={**os.environ, "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield int(server.stdout.readline())
    server.kill()
    server.communicate()


def read_by_curl(port, number):
    asked, body, blocks = ANSWERS[number], bytearray(), [[]]

    def take_line(line):
        if line.startswith(b"HTTP/"):
            blocks.append([])
        blocks[-1].append(line)

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"http://127.0.0.1:{port}/{number}")
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.TIMEOUT, 20)
    curl.setopt(pycurl.ACCEPT_ENCODING, "gzip, deflate")
    curl.setopt(pycurl.HTTPHEADER, ["Expect:"])
    curl.setopt(pycurl.WRITEFUNCTION, body.extend)
    curl.setopt(pycurl.HEADERFUNCTION, take_line)
    if asked.method == "POST":
        curl.setopt(pycurl.COPYPOSTFIELDS, b"x" * asked.body)
    if asked.method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
    try:
        curl.perform()
        return [
            curl.getinfo(pycurl.RESPONSE_CODE),
            read_headers(blocks[-1]),
            body.decode("latin-1"),
        ]
    except pycurl.error:
        return REFUSED
    finally:
        curl.close()


def read_headers(lines):
    found = []
    for line in b"".join(lines).partition(b"\n")[2].replace(b"\r\n", b"\n").split(b"\n"):
        if not line:
            break  # what follows are trailers
        if line[:1] in b" \t":
            found[-1][1] += f" {line.strip().decode('latin-1')}"
            continue
        name, _, text = line.decode("latin-1").partition(":")
        found.append([name.lower(), text.strip(" \t")])
    return found


HELLO = [["content-length", "12"]]
EARLY: list[Any] = [413, [["content-length", "3"], ["connection", "close"]], "big"]
# Name -> what a check sees, what curl does (None: at random), and what the guide says of it.
DIFFERENCES: dict[str, Any] = {
    "reset after no length": (
        [200, [], "hello, world"],
        REFUSED,
        "a body without a length that ends in a reset is taken as whole",
    ),
    "two equal lengths": ([200, HELLO, "hello, world"], [200, HELLO * 2, "hello, world"], "once"),
    "lengths in a list": (
        [200, HELLO, "hello, world"],
        [200, [["content-length", "12, 12"]], "hello, world"],
        "a `Content-Length` that is said several times alike is shown once",
    ),
    "early refusal": (
        EARLY,
        None,
        "never lost to the reset that may follow, as it can be for curl",
    ),
    "early refusal and reset": ([413, EARLY[1][:1], "big"], None, "never lost"),
    "switches unasked": (
        REFUSED,
        [101, [["upgrade", "x"]], "hi"],
        "a 101 that nobody asked for",
    ),
    "space before the colon": (
        REFUSED,
        [200, [*HELLO, ["x-a ", "b"]], "hello, world"],
        "a space before a header's colon",
    ),
    "half a head": (REFUSED, [200, [], ""], "headers that break off"),
    "gzip cut off": (
        REFUSED,
        [200, [["content-encoding", "gzip"], ["content-length", "23"]], "hello, world"],
        "a packed body that ends too early",
    ),
    "gzip within gzip": (
        REFUSED,
        [200, [["content-encoding", "gzip, gzip"], ["content-length", "49"]], "hello, world"],
        "one that is packed twice",
    ),
    "deflate without a header, byte by byte": (
        [200, [["content-encoding", "deflate"], ["transfer-encoding", "chunked"]], "hello, world"],
        REFUSED,
        "`deflate` also where it lacks its header, in pieces of any size",
    ),
    "a coding that nobody knows": (
        [200, [["content-encoding", "rot13"], *HELLO], "hello, world"],
        REFUSED,
        "A body in any other coding is handed to the check as it came",
    ),
}


async def test_odd_answers_are_read_as_curl_reads_them_or_as_the_guide_says(grade, port):
    guide = " ".join(GUIDE.read_text(encoding="utf-8").split())
    ours = await read_by_checks(grade)

    for number, each in enumerate(ANSWERS):
        theirs = read_by_curl(port, number)
        if each.name in DIFFERENCES:
            seen, by_curl, words = DIFFERENCES[each.name]
            assert ours[number] == seen, each.name
            assert by_curl is None or theirs == by_curl, each.name
            assert words in guide, f"the guide should say of {each.name}: {words}"
        else:
            assert ours[number] == theirs, each.name


def test_differences_are_differences_of_answers_that_there_are():
    assert DIFFERENCES.keys() <= {each.name for each in ANSWERS}
    assert all(ours != theirs for ours, theirs, _ in DIFFERENCES.values())
