"""The `balancer` fixture: replicas of a service, kept apart, behind a real nginx."""

import asyncio
import os
import signal

import psutil
import pytest

from harness.processes import find_processes
from milepost.engine import Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=90, run_seconds=15)
COUNTER = """
    import json, os, sys, time
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    count = 0

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            global count
            count += 1
            if self.path == "/slow":
                print("slow begins")
                time.sleep(20)
            if self.path == "/write":
                open("/work/note", "w").write("here")
            body = json.dumps({
                "count": count, "mood": os.environ.get("MOOD"), "port": os.environ["PORT"],
                "note": os.path.exists("/work/note"), "tmp": os.listdir("/tmp"),
            }).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("x-served-by", "unix:/replica-9.sock")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def grade_replicas(grade):
    async def run(checks, code=COUNTER, **more):
        return await grade(checks, code, **{"limits": PATIENT, "services": ("balancer",), **more})

    return run


async def test_requests_are_spread_over_replicas_that_share_nothing(grade_replicas):
    graded = await grade_replicas("""
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.environment["MOOD"] = "calm"
            balancer.start(replicas=3)
            answers = [balancer.get("/") for _ in range(6)]
            assert sorted(balancer.served_by(each) for each in answers) == [1, 1, 2, 2, 3, 3]
            assert [each.json()["count"] for each in answers] == [1, 1, 1, 2, 2, 2]
            assert {each.json()["mood"] for each in answers} == {"calm"}
            assert {each.json()["port"] for each in answers} == {"8000"}
            assert balancer.post("/write", json={}).json()["note"], "one of them writes a file"
            notes = [each.get("/").json()["note"] for each in balancer.replicas]
            assert sorted(notes) == [False, False, True], "which the others do not see"

        @check(task="t", objectives=["o"])
        def test_again(balancer):
            answers = [balancer.get("/").json() for _ in range(3)]
            assert [each["count"] for each in answers] == [1, 1, 1], "nobody has used these"
            assert not any(each["note"] for each in answers), "nor is a file left"

        @check(task="t", objectives=["o"])
        def test_alone(service):
            assert service.get("/").json()["count"] == 1
    """)

    assert graded.report.verdict is Verdict.PASSED, [
        (each.message, each.got, each.detail) for each in graded.report.checks
    ]


async def test_killed_replica_is_passed_over_and_comes_back(grade_replicas):
    graded = await grade_replicas("""
        import time

        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.start(replicas=2)
            first, second = balancer.replicas
            first.kill()
            answers = [balancer.get("/") for _ in range(10)]
            assert {each.status_code for each in answers} == {200}, "nobody notices"
            assert {balancer.served_by(each) for each in answers} == {2}
            assert {balancer.post("/", json={}).status_code for _ in range(4)} == {200}
            first.restart()
            assert first.get("/").json()["count"] == 1, "its memory is new"
            until = time.monotonic() + 30
            while balancer.served_by(balancer.get("/")) != 1:
                assert time.monotonic() < until
                time.sleep(0.05)
            second.kill()
            assert {balancer.served_by(balancer.get("/")) for _ in range(4)} == {1}
            first.kill()
            assert balancer.get("/").status_code == 502, "nobody is left"
            assert balancer.served_by(balancer.get("/")) in (0, 1, 2)
    """)

    assert graded.report.verdict is Verdict.PASSED, (
        graded.only.message,
        graded.only.got,
        graded.only.detail,
    )


async def test_kill_in_the_middle_of_a_request_breaks_it_off(grade_replicas):
    graded = await grade_replicas("""
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.start(replicas=2)
            sent = [balancer.send("POST", "/slow") for _ in range(2)]
            while not all("slow begins" in each.logs for each in balancer.replicas):
                pass
            for replica in balancer.replicas:
                replica.kill()
            assert {each.answer().status_code for each in sent} == {502}, "both break off"
    """)

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_replicas_share_what_the_lab_gives_them(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(balancer, redis, upstream):
            upstream.reply("GET", "/", Reply(text="up"))
            answers = [balancer.get("/").json() for _ in range(4)]
            assert [each["count"] for each in answers] == [1, 2, 3, 4], "counted together"
            assert {each["up"] for each in answers} == {"up"}
            assert len(upstream.calls) == 4
            redis.stop()
            assert {balancer.get("/").status_code for _ in range(3)} == {500}, "away for all"
        """,
        """
        import os
        import httpx
        import redis
        from fastapi import FastAPI

        app = FastAPI()
        cache = redis.from_url(os.environ["REDIS_URL"])

        @app.get("/")
        def count():
            return {"count": cache.incr("count"), "up": httpx.get(os.environ["UPSTREAM_URL"]).text}
        """,
        stack="fastapi",
        services=("balancer", "redis", "upstream"),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


EXPRESS = """
    import express from "express";

    const app = express();
    let count = 0;
    app.get("/", (_, response) => response.json(++count));
    app.listen(process.env.PORT, "127.0.0.1");
"""
DJANGO = """
    import sys
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.http import JsonResponse
    from django.urls import path

    settings.configure(SECRET_KEY="made up", ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"])
    count = 0

    def show(request):
        global count
        count += 1
        return JsonResponse(count, safe=False)

    urlpatterns = [path("", show)]
    if __name__ == "__main__":
        execute_from_command_line(sys.argv)
"""
NODE = """
    import http from "node:http";

    let count = 0;
    http.createServer((_, response) => response.end(String(++count)))
      .listen(process.env.PORT, "127.0.0.1");
"""


@pytest.mark.parametrize(
    ("stack", "code"), [("django", DJANGO), ("express", EXPRESS), ("node", NODE)]
)
async def test_every_stack_can_be_replicated(grade_replicas, stack, code):
    graded = await grade_replicas(
        """
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.start(replicas=2)
            assert [balancer.get("/").json() for _ in range(4)] == [1, 1, 2, 2]
        """,
        code,
        stack=stack,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_replica_that_does_not_start_is_explained(grade_replicas):
    graded = await grade_replicas(
        """
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.get("/")
        """,
        "raise SystemExit('no luck')",
    )

    assert graded.only.outcome is Outcome.CRASHED
    assert "ended by itself before it listened" in graded.only.message


async def test_answer_that_never_comes_is_the_learners(grade_replicas):
    graded = await grade_replicas(
        """
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.get("/slow", seconds=1)
        """
    )

    assert graded.report.verdict is Verdict.TIMED_OUT
    assert "behind a balancer" in graded.only.message


async def test_each_replica_has_the_limits_of_a_guest(grade_replicas):
    graded = await grade_replicas(
        """
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.start(replicas=2)
            balancer.replicas[1].get("/")
        """,
        COUNTER.replace("count += 1", "count += 1; kept = bytearray(400 << 20)"),
    )

    assert graded.report.verdict is Verdict.CRASHED, graded.only
    assert graded.report.limit_hit == "memory_bytes"


async def test_fixture_that_the_lab_does_not_name_breaks_the_lab(grade_replicas):
    graded = await grade_replicas(
        """
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.start()
        """,
        services=(),
    )

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert 'lab.toml does not say services = ["balancer"]' in graded.report.message


def list_balancers():
    everybody = psutil.Process().children(recursive=True)
    return find_processes(everybody, lambda process: process.name() == "nginx")


@pytest.mark.needs_isolated_tier
async def test_balancer_that_dies_by_itself_is_our_fault(engine, make_request):
    request = make_request(
        """
        import time

        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.start(replicas=1)
            while balancer.get("/").status_code == 200:
                pass
        """,
        COUNTER,
        services=("balancer",),
        limits=PATIENT,
    )

    async def grade():
        return [event async for event in engine.grade(request)][-1].report

    async def kill_balancer():
        while not (found := list_balancers()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        os.kill(found[0].pid, signal.SIGKILL)

    # In a group, so that no run of this test is left over for the next one, whatever goes wrong.
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        grading = group.create_task(grade())
        group.create_task(kill_balancer())
    report = grading.result()

    assert report.verdict is Verdict.ENGINE_FAILED, report
    assert list_balancers() == []
