"""A service that waited as a fork for its check is like one that was started, or it is started."""

import json
import textwrap
from dataclasses import asdict, replace

import pytest

from milepost.engine import Limits, Verdict
from milepost.engine.stacks import load_stack

pytestmark = pytest.mark.needs_isolated_tier
PATIENT = Limits(wall_seconds=120, run_seconds=20)
# What a service sees of itself. Its import notes its session: each fork has one of its own.
SHOWN = """
import os, random, resource, signal, sys, threading
{early}
IMPORTED_IN = os.getsid(0)

def show():
    main = sys.modules["__main__"]
    return {{
        "name": __name__,
        "main": [main.__name__, getattr(main, "__file__", None), sorted(vars(main))[:6]],
        "argv": [sys.argv, sys.orig_argv, sys.path, sys.flags[:], sys.warnoptions],
        "environment": list(os.environ.items()),
        "folder": [os.getcwd(), sorted(os.listdir(".")), os.umask(0o22)],
        "signals": [str(signal.getsignal(each)).partition(" at 0x")[0] for each in range(1, 32)],
        "blocked": str(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "limits": [resource.getrlimit(each) for each in range(10)],
        "process": [os.getppid(), os.getsid(0) == os.getpid(), os.getpriority(os.PRIO_PROCESS, 0)],
        "hooks": [str(sys.excepthook), str(sys.getprofile()), str(sys.gettrace())],
        "streams": [[each.fileno(), each.encoding, each.isatty(), each.write_through]
                    for each in (sys.stdin, sys.stdout, sys.stderr)],
        "reads": sys.stdin.read(),
        "modules": sorted(name for name in sys.modules if name.startswith("milepost")),
        "threads": [each.name for each in threading.enumerate() if each.name == "MainThread"],
    }}
"""
APPS = {
    "fastapi": """
from fastapi import FastAPI

app = FastAPI()

@app.get("/show")
async def get_shown():
    return show()

@app.get("/waited")
async def get_waited():
    return {"waited": os.getsid(0) != IMPORTED_IN, "drawn": random.random()}
""",
    "django": """
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import JsonResponse
from django.urls import path

settings.configure(SECRET_KEY="s", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)

def get_waited(_):
    return JsonResponse({"waited": os.getsid(0) != IMPORTED_IN, "drawn": random.random()})

urlpatterns = [path("show", lambda _: JsonResponse(show())), path("waited", get_waited)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
""",
}
CHECK = '''
@check(task="t", objectives=["o"])
def test_{number}(service):
    """It is asked"""
    {body}
'''
LEAVES = {
    "reads the clock": "import time\nSINCE = time.monotonic()",
    "draws a number": "KEY = random.random()",
    "draws a key": "import secrets\nKEY = secrets.token_hex()",
    "keeps its number": "NUMBER = os.getpid()",
    "writes a file": "open('made.txt', 'w').write('x')",
    "keeps a file open": "KEPT = open('main.py')",
    "starts a thread": "threading.Thread(target=threading.Event().wait, daemon=True).start()",
    "starts a process": "import subprocess\nsubprocess.run([sys.executable, '-c', ''])",
    "maps memory": "import mmap\nSHARED = mmap.mmap(-1, 10)",
    "sets a timer": "signal.setitimer(signal.ITIMER_REAL, 1000)",
    "looks at processes": "SELF = os.path.realpath('/proc/self')",
    "changes its folder": "os.mkdir('inner')\nos.chdir('inner')\nsys.path.append('..')",
}


def write_app(stack, early=""):
    return SHOWN.format(early=early) + APPS[stack]


def write_checks(*bodies):
    return "".join(CHECK.format(number=n, body=body) for n, body in enumerate(bodies))


def load_unforked(name, stacks_dir):
    return replace(load_stack(name, stacks_dir), preload=())


def list_answers(graded, path):
    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
    pieces = [piece for check in graded.report.checks for piece in check.evidence]
    return [asdict(piece.response) for piece in pieces if path in piece.title]


@pytest.mark.parametrize("stack", APPS)
async def test_service_that_waited_sees_what_one_sees_that_was_started(grade, monkeypatch, stack):
    checks = write_checks(*4 * ['assert service.get("/show").status_code == 200'])
    waited = list_answers(
        await grade(checks, write_app(stack), stack=stack, limits=PATIENT), "/show"
    )
    monkeypatch.setattr("milepost.engine.grading.engine.load_stack", load_unforked)

    started = list_answers(
        await grade(checks, write_app(stack), stack=stack, limits=PATIENT), "/show"
    )

    assert len(waited) == 4
    for one, other in zip(waited, started, strict=True):
        one_shows, other_shows = json.loads(one["body"]), json.loads(other["body"])
        differing = {key for key in one_shows if one_shows[key] != other_shows[key]}
        assert not differing, {key: (one_shows[key], other_shows[key]) for key in differing}


@pytest.mark.parametrize("stack", APPS)
async def test_checks_begin_with_a_fork_that_waited_and_restarts_with_a_start(grade, stack):
    asks = 'assert service.get("/waited").json()["waited"]'
    checks = write_checks(
        asks,
        f'{asks}; service.restart(); assert not service.get("/waited").json()["waited"]',
        'service.environment["MORE"] = "1"; assert not service.get("/waited").json()["waited"]',
        asks,
    )

    graded = await grade(checks, write_app(stack), stack=stack, limits=PATIENT)

    drawn = [answer["body"] for answer in list_answers(graded, "/waited")]
    assert len({str(each) for each in drawn}) == 5, "each start draws numbers of its own"


async def test_of_a_run_that_is_likely_to_end_early_forks_wait_once_two_checks_have_passed(grade):
    started = 'assert not service.get("/waited").json()["waited"]'
    waited = 'assert service.get("/waited").json()["waited"]'
    checks = write_checks(started, started, *3 * [waited])

    graded = await grade(
        checks, write_app("fastapi"), stack="fastapi", limits=PATIENT, ends_early=True
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_forks_go_on_waiting_while_other_checks_start_the_service_otherwise(grade):
    waited = 'assert service.get("/waited").json()["waited"]'
    started = (
        'service.environment["MORE"] = "1"; assert not service.get("/waited").json()["waited"]'
    )

    graded = await grade(
        write_checks(*4 * [waited, started]), write_app("fastapi"), stack="fastapi", limits=PATIENT
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_what_an_import_prints_is_printed_in_each_check(grade):
    checks = write_checks(*3 * ['service.start(); assert service.logs.count("good morning") == 1'])
    asks = write_checks(*3 * ['assert service.get("/waited").json()["waited"]'])
    app = write_app("fastapi", 'print("good morning")')

    for each in (checks, asks):
        graded = await grade(each, app, stack="fastapi", limits=PATIENT)
        assert graded.report.verdict is Verdict.PASSED, graded.report.checks


@pytest.mark.parametrize("what", LEAVES)
async def test_service_whose_import_leaves_something_is_started_in_each_check(grade, what):
    checks = write_checks(*3 * ['assert not service.get("/waited").json()["waited"]'])

    graded = await grade(
        checks, write_app("fastapi", LEAVES[what]), stack="fastapi", limits=PATIENT
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_forks_that_wait_are_not_counted_as_the_learners_processes(grade):
    checks = write_checks(*6 * ['assert service.get("/waited").json()["waited"]; time.sleep(0.15)'])

    graded = await grade(
        f"import time\n{textwrap.dedent(checks)}",
        write_app("fastapi"),
        stack="fastapi",
        limits=replace(PATIENT, processes=2),
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
    assert graded.report.usage.processes_peak == 1


WITH_DATABASE = """
import os, random
import psycopg
from fastapi import FastAPI
from sqlalchemy import create_engine, text
{early}
IMPORTED_IN = os.getsid(0)
URL = os.environ["DATABASE_URL"]
app = FastAPI()
engine = create_engine(URL.replace("postgresql:", "postgresql+psycopg:"))

@app.get("/waited")
def get_waited():
    return {{"waited": os.getsid(0) != IMPORTED_IN, "url": URL}}

@app.get("/count")
def get_count():
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO seen DEFAULT VALUES"))
        return connection.execute(text("SELECT count(*), max(id) FROM seen")).one()._asdict()
"""
SEEN = {"schema.sql": "CREATE TABLE seen (id integer GENERATED ALWAYS AS IDENTITY)"}
WITH_DATABASE_CHECK = '''
@check(task="t", objectives=["o"])
def test_{number}(service, postgres):
    """It is asked"""
    {body}
'''


def write_database_checks(*bodies):
    return "".join(WITH_DATABASE_CHECK.format(number=n, body=b) for n, b in enumerate(bodies))


# No function of Python's own is called that connects.
KNOCKS = """
import ctypes, socket, struct
place = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", 5432, bytes([127, 0, 0, 1]))
with socket.socket() as knocks:
    CONNECTED = ctypes.CDLL(None).connect(knocks.fileno(), place, len(place))
"""


async def grade_with_database(grade, early, *bodies):
    graded = await grade(
        write_database_checks(*bodies),
        WITH_DATABASE.format(early=early),
        stack="fastapi",
        services=("postgres",),
        data=SEEN,
        limits=PATIENT,
    )
    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
    return graded


async def test_service_with_a_database_is_imported_once_and_each_check_has_an_empty_one(grade):
    asks = 'assert service.get("/waited").json()["waited"]'
    counts = 'assert service.get("/count").json() == {"count": 1, "max": 1}'
    sees = 'assert postgres.value("SELECT count(*) FROM seen") == 1'

    graded = await grade_with_database(grade, "", *4 * [f"{asks}; {counts}; {sees}"])

    urls = {str(each["body"]) for each in list_answers(graded, "/waited")}
    assert len(urls) == 1, "all checks start learner code with the same address"


@pytest.mark.parametrize(
    "early",
    {
        "connects": "KEPT = psycopg.connect(os.environ['DATABASE_URL'])",
        "asks and closes": "psycopg.connect(os.environ['DATABASE_URL']).close()",
        "only knocks": "import socket\nsocket.create_connection(('localhost', 5432)).close()",
        "knocks below Python": KNOCKS,
        "gives up": "try: psycopg.connect(os.environ['DATABASE_URL'], connect_timeout=1).close()\n"
        "except psycopg.Error: FAILED = True",
    }.values(),
)
async def test_service_whose_import_connects_is_started_in_each_check(grade, early):
    asks = 'assert not service.get("/waited").json()["waited"]'
    counts = 'assert service.get("/count").json() == {"count": 1, "max": 1}'

    await grade_with_database(grade, early, *3 * [f"{asks}; {counts}"])
