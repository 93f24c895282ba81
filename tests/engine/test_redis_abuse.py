"""What learner code may not do to its Redis, its machine or others; and whose fault it is."""

import asyncio
import os
import signal

import psutil
import pytest

from harness.processes import find_processes
from harness.redis_talk import program
from milepost.engine import Limits, Outcome, Verdict

RUN = """
@check(task="t", objectives=["o"])
def test_it(program, redis):
    run = program.run()
    assert run.stdout == "", run.stdout + run.stderr
"""
PATIENT = Limits(wall_seconds=60, run_seconds=15)
REFUSED = [
    "CONFIG GET dir",
    "CONFIG SET dir /tmp",
    "CONFIG SET maxmemory 0",
    "CONFIG SET requirepass x",
    "CONFIG REWRITE",
    "CONFIG RESETSTAT",
    "DEBUG SEGFAULT",
    "DEBUG SLEEP 60",
    "DEBUG SET-ACTIVE-EXPIRE 0",
    "MODULE LOAD /tmp/evil.so",
    "MODULE LIST",
    "SHUTDOWN",
    "SHUTDOWN NOSAVE",
    "REPLICAOF 127.0.0.1 1",
    "SLAVEOF NO ONE",
    "SYNC",
    "PSYNC ? -1",
    "REPLCONF listening-port 1",
    "SAVE",
    "BGSAVE",
    "BGREWRITEAOF",
    "LASTSAVE",
    "ACL LIST",
    "ACL WHOAMI",
    "ACL SETUSER learner +@all",
    "ACL SETUSER default on nopass +@all",
    "ACL LOG",
    "AUTH checker x",
    "AUTH default x",
    "AUTH x",
    "MONITOR",
    "CLIENT LIST",
    "CLIENT KILL TYPE normal",
    "CLIENT KILL USER checker",
    "CLIENT PAUSE 60000",
    "CLIENT UNPAUSE",
    "CLIENT NO-EVICT ON",
    "CLUSTER INFO",
    "FAILOVER",
    "MIGRATE 127.0.0.1 1 key 0 1",
    "RESTORE key 0 x",
    "SLOWLOG GET",
    "SLOWLOG RESET",
    "LATENCY RESET",
    "ROLE",
    "SWAPDB 0 1",
    "SCRIPT KILL",
    "SCRIPT FLUSH",
    "PFDEBUG GETREG x",
    "EVAL return(redis.call('CONFIG','SET','dir','/tmp')) 0",
    "EVAL return(redis.call('ACL','WHOAMI')) 0",
    "EVAL return(io.open('/etc/passwd')) 0",
    "EVAL return(os.execute('id')) 0",
    "EVAL return(loadfile('/etc/passwd')) 0",
    "EVAL return(dofile('/etc/passwd')) 0",
    "EVAL return(require('socket')) 0",
    "EVAL return(package.loadlib('/lib/x86_64-linux-gnu/libc.so.6','*')) 0",
]


@pytest.fixture
def grade_redis(grade):
    async def run(code, checks=RUN, **more):
        more = {"limits": PATIENT, "services": ("redis",), **more}
        return await grade(checks, program(code), **more)

    return run


async def test_every_dangerous_command_is_refused(grade_redis):
    graded = await grade_redis(
        f"""
    refused = (
        "NOPERM", "WRONGPASS", "ERR Error running script", "ERR AUTH", "ERR unknown",
        # As Redis 7 and 8 say it.
        "ERR DEBUG command not allowed", "ERR MODULE command not allowed",
        "ERR This Redis command is not allowed from script", "ERR user_script:1:",
        "ERR This instance has cluster support disabled",
    )
    for line in {REFUSED!r}:
        said = Redis()(*line.split(" "))
        if not str(said).startswith(refused):
            print(line, "->", said)
        """
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.message


async def test_nobody_gets_in_without_a_password(grade_redis):
    graded = await grade_redis(
        """
    sock = socket.create_connection((address.hostname, address.port), 5)
    for line in ("PING", "GET a", "CONFIG GET dir", "AUTH x", "AUTH default x", "HELLO 3"):
        sock.sendall(line.encode() + b"\\r\\n")
        said = sock.recv(1000).decode()
        if not said.startswith(("-NOAUTH", "-WRONGPASS", "-ERR AUTH", "-NOPERM")):
            print(line, "->", said)
        """
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.message


async def test_all_that_a_cache_needs_is_allowed(grade_redis):
    allowed = [
        "SET a 1 EX 60 NX",
        "GET a",
        "INCR a",
        "EXPIRE a 5",
        "MGET a b",
        "HSET h f v",
        "LPUSH l 1",
        "SADD s 1",
        "ZADD z 1 x",
        "PUBLISH c m",
        "KEYS *",
        "SCAN 0",
        "SORT l",
        "OBJECT ENCODING a",
        "INFO memory",
        "CLIENT SETNAME me",
        "CLIENT ID",
        "EVAL return(redis.call('GET',KEYS[1])) 1 a",
        "SCRIPT LOAD return(1)",
        "MULTI",
        "EXEC",
        "SELECT 3",
        "XADD x * f v",
        "PFADD p 1",
        "FLUSHDB",
        "FLUSHALL",
    ]
    graded = await grade_redis(
        f"""
    redis = Redis()
    for line in {allowed!r}:
        said = redis(*line.split(" "))
        if str(said).startswith(("NOPERM", "ERR")):
            print(line, "->", said)
        """
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.message


async def test_flushing_everything_reaches_nobody_else(engine, make_request):
    """Two runs at once: one keeps a key, the other drops all that it can."""
    keeps = make_request(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            assert program.run(seconds=10).stdout == "kept 100\\n", "for a second"
        """,
        program(
            """
    import time
    redis = Redis()
    redis("SET", "mine", "kept")
    for count in range(100):
        time.sleep(0.01)
        assert redis("GET", "mine") == "kept"
    print(redis("GET", "mine"), count + 1)
            """
        ),
        services=("redis",),
        limits=PATIENT,
    )
    drops = make_request(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            assert set(program.run().stdout.split()) == {"OK"}
        """,
        program(
            """
    import time
    redis = Redis()
    for _ in range(200):
        print(redis("FLUSHALL"))
        time.sleep(0.005)
            """
        ),
        services=("redis",),
        limits=PATIENT,
    )

    async def grade(request):
        return [event async for event in engine.grade(request)][-1].report

    reports = await asyncio.gather(grade(keeps), grade(drops))

    assert [report.verdict for report in reports] == [Verdict.PASSED] * 2, [
        (report.message, report.checks[0].message, report.checks[0].got) for report in reports
    ]


async def test_full_redis_refuses_more_and_stays_usable(grade_redis):
    """Caught by Redis's own maxmemory: an error that learner code can deal with."""
    graded = await grade_redis(
        """
    redis = Redis()
    block = "x" * 1_000_000
    said = [redis("SET", f"block:{number}", block) for number in range(60)]
    print(said.count("OK"), said[-1][:3])
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            stored, error = program.run().stdout.split()
            assert 20 < int(stored) < 32 and error == "OOM", "no more than fits"
            assert len(redis.keys()) == int(stored), "the check still gets in"
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_script_that_eats_memory_is_ended_at_the_limit_that_is_named(grade_redis):
    """Caught by the look from outside: Redis does not count what scripts hold."""
    graded = await grade_redis(
        """
    print(Redis(timeout=14)("EVAL", \"\"\"
        local kept = {}
        while true do kept[#kept + 1] = string.rep("x", 1000000) .. #kept end
    \"\"\", 0))
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            program.run()
            redis.get("anything")
        """,
    )

    assert graded.report.verdict is Verdict.CRASHED, graded.only
    assert graded.report.limit_hit == "redis_bytes"
    assert "which has 32 MiB for data" in graded.report.message


async def test_limit_is_named_even_if_only_learner_code_met_it(grade_redis):
    graded = await grade_redis(
        """
    said = Redis(timeout=14)("EVAL", \"\"\"
        local kept = {}
        while true do kept[#kept + 1] = string.rep("x", 1000000) .. #kept end
    \"\"\", 0)
    print(said)
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            assert program.run().stdout == "never", "its own Redis is gone"
        """,
    )

    assert graded.report.verdict is Verdict.FAILED, graded.only
    assert graded.report.limit_hit == "redis_bytes"


async def test_endless_script_is_the_learners(grade_redis):
    graded = await grade_redis(
        """
    Redis(timeout=2)("EVAL", "while true do end", 0)
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            program.run()
            redis.get("anything")
        """,
        limits=Limits(wall_seconds=60, run_seconds=4),
    )

    assert graded.report.verdict is Verdict.TIMED_OUT, graded.only
    assert "keeps it busy" in graded.report.message


async def test_taking_all_connections_locks_out_the_learner_only(grade_redis):
    """Caught by Redis's maxclients, below which the check has connected already."""
    graded = await grade_redis(
        """
    kept = []
    try:
        while True:
            redis = Redis()
            if redis("PING") != "PONG":
                break
            kept.append(redis)
    except OSError:
        pass
    print(len(kept))
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            assert 8 <= int(program.run().stdout) <= 10, "as many as it may"
            redis.set("a", 1)
            assert redis.commands() == [], "the check still gets in"
        """,
        limits=Limits(wall_seconds=60, run_seconds=15, of_components={"redis_connections": 6}),
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)


async def test_flood_of_commands_ends_at_the_limit_that_is_named(grade_redis):
    graded = await grade_redis(
        """
    redis = Redis()
    for _ in range(40):
        redis.socket.sendall(b"*2\\r\\n$3\\r\\nGET\\r\\n$1\\r\\nx\\r\\n" * 1000)
        for _ in range(1000):
            redis.read()
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            program.run()
            redis.commands()
        """,
    )

    assert graded.report.verdict is Verdict.CRASHED, graded.only
    assert graded.report.limit_hit == "output_bytes"


@pytest.mark.parametrize(
    "sent",
    [
        b"\\0\\xff" * 5000,
        b"*1000000\\r\\n",
        b"*3\\r\\n$-5\\r\\nSET\\r\\n",
        b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n",
        b"*1\\r\\n$2000000000\\r\\n",
    ],
)
async def test_garbage_breaks_its_own_connection_only(grade_redis, sent):
    graded = await grade_redis(
        f"""
    sock = socket.create_connection((address.hostname, address.port), 5)
    try:
        sock.sendall(b"{sent.decode()}")
        sock.settimeout(1)
        sock.recv(1000)
    except OSError:
        pass
    print(Redis()("PING"))
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            assert program.run().stdout == "PONG\\n", "a new connection works"
            redis.set("a", 1)
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)


async def test_port_taken_while_redis_is_away_is_the_learners(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, redis):
            service.start()
            redis.stop()
            assert service.get("/").text == "taken"
            redis.start()
        """,
        program(
            """
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.impostor = socket.create_server(("127.0.0.1", 6379))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"taken")

    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """
        ),
        services=("redis",),
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.FAILED, graded.only
    assert "listens on port 6379" in graded.only.message


def list_redis_servers():
    everybody = psutil.Process().children(recursive=True)
    return find_processes(everybody, lambda process: process.name() == "redis-server")


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("who_meets_it", ["the check", "only learner code"])
async def test_server_that_dies_by_itself_is_our_fault(engine, make_request, who_meets_it):
    ends = 'redis.get("a")' if who_meets_it == "the check" else "assert False, 'it was away'"
    request = make_request(
        f"""
        @check(task="t", objectives=["o"])
        def test_it(program, redis):
            program.run()
            {ends}
        """,
        program(
            """
    redis = Redis()
    while redis("GET", "a") != "gone":
        pass
            """
        ),
        services=("redis",),
        limits=PATIENT,
    )

    async def grade():
        return [event async for event in engine.grade(request)][-1].report

    grading = asyncio.create_task(grade())
    async with asyncio.timeout(30):
        while not (servers := list_redis_servers()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
    for server in servers:
        os.kill(server.pid, signal.SIGKILL)
    report = await grading

    assert report.verdict is Verdict.ENGINE_FAILED, report
    assert "Redis has ended or been stopped by itself" in report.message


async def test_nothing_outlives_a_run(grade_redis, runtime):
    graded = await grade_redis("", RUN)

    assert graded.report.verdict is Verdict.PASSED, graded.only
    assert list_redis_servers() == []
    assert list(runtime.glob("redis-*")) == []


async def test_folder_of_a_dead_worker_is_swept(grade_redis, runtime):
    left = runtime / "redis-0123456789ab"
    left.mkdir()

    await grade_redis("", RUN)

    assert not left.exists()


async def test_machine_without_redis_says_what_fixes_it(grade_redis, monkeypatch):
    from milepost.engine.backing.redis import program

    program.find_redis.cache_clear()
    monkeypatch.setattr(program, "_redis_candidates", lambda: iter(()))
    try:
        graded = await grade_redis("", RUN)
    finally:
        program.find_redis.cache_clear()

    assert graded.report.verdict is Verdict.ENGINE_FAILED
    assert "Install `redis-server`" in graded.report.message
