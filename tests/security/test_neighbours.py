"""Two runs at once: one keeps secrets wherever a program can, the other looks for them."""

import asyncio

import pytest

from milepost.engine import GradingFinished, Tier, Verdict, probe_isolation
from security.labs import POSTGRES, PROGRAM
from security.thief import write_thief

STATUS = probe_isolation(Tier.RESTRICTED)
needs_restricted_tier = pytest.mark.skipif(not STATUS.ready, reason=STATUS.reason)
SECRET = "swordfish-of-the-neighbour"
KEEPS = f"""
import ctypes, os, socket, sys, time
numbers = sys.stdin.read()
if os.environ.get("KEPT") is None:
    os.environ["KEPT"] = "{SECRET}"
for folder in ("/work", "/tmp", "/dev/shm"):
    open(f"{{folder}}/secret", "w").write("{SECRET}")
own = socket.create_server(("127.0.0.1", 8000))
abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\\0neighbour")
abstract.listen()
ctypes.CDLL(None).prctl(15, b"swordfish", 0, 0, 0)
time.sleep(1.2)
print(sum(map(int, numbers.split())))
"""
LOOKS = write_thief(
    [
        "import time; time.sleep(0.5)",
        "got([n for f in ('/work', '/tmp', '/dev/shm') for n in os.listdir(f) if n != 'main.py'])",
        "got(find('secret'))",
        "got([n for n in os.listdir('/proc') if n.isdigit()"
        " and 'sword' in open(f'/proc/{n}/comm').read()])",
        "got([n for n in os.listdir('/proc') if n.isdigit()"
        " and b'KEPT' in open(f'/proc/{n}/environ', 'rb').read()])",
        "got(socket.create_connection(('127.0.0.1', 8000), 1))",
        "u = socket.socket(socket.AF_UNIX); u.connect('\\0neighbour'); got('abstract')",
        "os.kill(-1, 0) or got([n for n in os.listdir('/proc') if n.isdigit()"
        " and int(n) not in (1, 2, os.getpid())])",
    ]
)
KEEPS_HERE = f"""
import ctypes, os, sys, time
numbers = sys.stdin.read()
if os.environ.get("KEPT") is None:
    os.environ["KEPT"] = "{SECRET}"
for folder in (os.environ["HOME"], os.environ["TMPDIR"]):
    open(f"{{folder}}/secret", "w").write("{SECRET}")
ctypes.CDLL(None).prctl(15, b"swordfish", 0, 0, 0)
time.sleep(1.2)
print(sum(map(int, numbers.split())))
"""
LOOKS_AROUND = write_thief(
    [
        "import time; time.sleep(0.5)",
        "got([n for n in os.listdir('../..') if 'sandbox' in n])",
        "got([f'{p}/{n}' for p, _, names in os.walk('../..') for n in names if n == 'secret'])",
        "got(glob.glob('../../*/work/secret') + glob.glob(os.path.realpath('../..') + '/*/*/secret'))",
        "got(find('secret'))",
        "NEAR = [n for n in range(LAUNCHER - 300, LAUNCHER + 300) if n > 1]",
        "got([n for n in NEAR if can_read(f'/proc/{n}/comm') or can_read(f'/proc/{n}/environ')])",
        "got([n for n in NEAR if n not in (LAUNCHER, os.getpid()) and is_there(n)])",
    ]
)
STOPS = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    for statement in (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
        "SELECT query FROM pg_stat_activity WHERE query LIKE '%neighbour%' AND usename <> current_user",
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    ):
        try:
            print(connection.execute(statement).fetchall())
        except psycopg.Error as error:
            print(error.sqlstate)
"""
WORKS = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("SELECT pg_sleep(1) /* a secret of the neighbour */")
    print(connection.execute("SELECT count(*) FROM books").fetchone()[0])
"""


async def grade_together(engine, *requests):
    async def grade(request):
        events = [event async for event in engine.grade(request)]
        assert isinstance(events[-1], GradingFinished)
        return events[-1].report

    return await asyncio.gather(*map(grade, requests))


@pytest.mark.needs_isolated_tier
async def test_run_finds_nothing_of_another_that_runs_beside_it(engine, court):
    kept, looked = await grade_together(
        engine, court.request(PROGRAM, "python", KEEPS), court.request(PROGRAM, "python", LOOKS)
    )

    assert kept.verdict is Verdict.PASSED, kept
    assert looked.verdict is Verdict.FAILED
    assert looked.checks[0].evidence[0].response.stdout == "nothing\n"


@needs_restricted_tier
async def test_run_without_namespaces_finds_nothing_of_another_either(
    restricted_engine, restricted_court
):
    kept, looked = await grade_together(
        restricted_engine,
        restricted_court.request(PROGRAM, "python", KEEPS_HERE),
        restricted_court.request(PROGRAM, "python", LOOKS_AROUND),
    )

    assert kept.verdict is Verdict.PASSED, kept
    assert looked.verdict is Verdict.FAILED
    assert looked.checks[0].evidence[0].response.stdout == "nothing\n"


async def test_run_neither_reads_nor_ends_what_another_does_in_the_database(engine, court):
    works, stops = await grade_together(
        engine, court.request(POSTGRES, "fastapi", WORKS), court.request(POSTGRES, "fastapi", STOPS)
    )

    assert works.verdict is Verdict.PASSED, works
    assert stops.verdict is Verdict.FAILED
    assert stops.checks[0].got == "42501\n[]\n42501\n"
