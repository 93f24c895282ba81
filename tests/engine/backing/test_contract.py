"""What holds for every component: who is at fault when it ends, what one check leaves for the next.

Each component has a row here; what only it can do is tested beside its own name.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from harness.built_components import skip_without
from harness.sandboxes import processes_in_sandboxes
from milepost.engine import CheckFinished, Limits, Outcome, Verdict
from milepost.engine.backing.postgres import cluster
from milepost.engine.backing.registry import describe_limit, find_components, list_components

PATIENT = Limits(wall_seconds=90, run_seconds=20)
HURRIED = Limits(wall_seconds=60, run_seconds=5)
CALLS = """
    import os, urllib.request

    print(urllib.request.urlopen(os.environ["UPSTREAM_URL"] + "/left").status)
"""
SERVES = """
    import os
    from http.server import BaseHTTPRequestHandler, HTTPServer

    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            body = str(len(seen)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@dataclass(frozen=True)
class Filling:
    """How learner code, or a check for it, stores more than a component allows."""

    check: str
    fixture: str = "program"
    stack: str = "python"
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """How the fixture of a component is used."""

    uses: str  # how a check, or its `program`, leaves something behind; it may be done repeatedly
    is_clean: str  # what holds before that
    process: str = ""  # its server's process, or the file that it runs; empty where it has none
    folder: str = ""  # how the folders of its servers begin; empty where runs share one
    code: str = ""  # the learner's
    too_much: Filling | None = None  # for the first limit that it declares; None where it has none


ROWS = {
    "balancer": Row(
        uses="assert int(balancer.get('/').text) > 0",
        is_clean="assert balancer.get('/').text == '1'",
        process="nginx",
        folder="nginx",
        code=SERVES,
    ),
    "mongo": Row(
        uses="mongo.insert('left', {'behind': 1})",
        is_clean="assert mongo.count('left') == 0",
        process="java",
        folder="mongo",
        too_much=Filling("[mongo.insert('much', {'text': 'x' * 1_000_000}) for _ in range(600)]"),
    ),
    "mysql": Row(
        uses="mysql.execute('CREATE TABLE IF NOT EXISTS left_behind (id integer)')",
        is_clean="assert mysql.tables() == []",
        process="mariadbd",
        folder="mysql-",
        too_much=Filling(
            "sql.run('much.sql')",
            fixture="sql",
            stack="mysql",
            files={
                "much.sql": "CREATE TABLE much AS SELECT repeat('x', 1900) AS line FROM"
                " seq_1_to_20000; INSERT INTO much SELECT a.line FROM much a, seq_1_to_20 b;"
            },
        ),
    ),
    "postgres": Row(
        uses="postgres.execute('CREATE TABLE IF NOT EXISTS left_behind (id integer)')",
        is_clean="assert postgres.value('SELECT to_regclass($$left_behind$$) IS NULL')",
        process="postgres",
        too_much=Filling(
            "sql.run('much.sql')",
            fixture="sql",
            stack="sql",
            files={
                "much.sql": "CREATE TABLE much (line text); DO $$ BEGIN LOOP INSERT INTO much"
                " SELECT repeat(md5(n::text), 60) FROM generate_series(1, 9999) n; END LOOP; END $$"
            },
        ),
    ),
    "redis": Row(
        uses="redis.set('left', 'behind')",
        is_clean="assert redis.keys() == []",
        process="redis-server",
        folder="redis",
        too_much=Filling(
            "redis.execute('EVAL', 'local kept = {} while true do"
            ' kept[#kept + 1] = string.rep("x", 1000000) .. #kept end\', 0)'
        ),
    ),
    "upstream": Row(
        uses="upstream.reply('GET', '/left')\n            program.run()",
        is_clean="assert upstream.calls == []",
        code=CALLS,
    ),
}
SERVERS = [name for name, row in ROWS.items() if row.process]


def _marked(names):
    """Mark those whose server need not be on every machine."""
    needs = {"mysql": [pytest.mark.needs_mariadb]}
    return [pytest.param(name, marks=needs.get(name, [])) for name in names]


def test_every_component_has_a_row():
    assert {component.name for component in list_components()} == set(ROWS)


def test_stacks_import_ahead_only_for_components_that_exist(checkout):
    stacks = (checkout / "src" / "milepost" / "engine" / "stacks").glob("*/stack.toml")
    described = [tomllib.loads(file.read_text()) for file in stacks]
    named = {name for stack in described for name in stack.get("preload_beside", {})}

    assert named
    assert named <= set(ROWS)


def test_reading_what_components_declare_imports_none_of_their_libraries():
    program = (
        "import sys; from milepost.engine.backing.registry import list_limits; list_limits();"
        "libraries = {'redis', 'psycopg', 'pymysql', 'h11', 'httpx', 'pytest'};"
        "print(*sorted(libraries & sys.modules.keys()))"
    )

    found = subprocess.check_output([sys.executable, "-c", program], text=True)

    assert found == "\n"


@pytest.mark.parametrize("name", _marked(ROWS))
async def test_what_one_check_left_is_not_there_in_the_next(grade, runtime, name):
    skip_without(name)
    row = ROWS[name]
    checks = "".join(
        f"""
        @check(task="t", objectives=["o"])
        def test_{number}(program, {name}):
            {row.is_clean}, "nobody was here before"
            {row.uses}
        """
        for number in range(3)
    )

    graded = await grade(checks, row.code, services=(name,), limits=PATIENT)

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
    assert not row.folder or list(runtime.glob(f"{row.folder}-*")) == []


def test_every_component_with_limits_is_filled_up_below():
    declared = {component.name for component in list_components() if component.limits}

    assert declared == {name for name, row in ROWS.items() if row.too_much}


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("name", _marked(name for name, row in ROWS.items() if row.too_much))
async def test_who_stores_too_much_is_told_the_limit(grade, name):
    skip_without(name)
    (component,) = find_components([name])
    limit = component.limits[0]
    filling = ROWS[name].too_much

    graded = await grade(
        f"""
        @check(task="t", objectives=["o"])
        def test_it({filling.fixture}, {name}):
            {filling.check}
        """,
        dict(filling.files),
        stack=filling.stack,
        services=(name,),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.CRASHED, graded.report
    assert graded.report.limit_hit == limit.name
    assert graded.report.message == describe_limit(limit.name, PATIENT)


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("name", _marked(SERVERS))
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "stands still"])
async def test_a_server_that_is_gone_is_never_the_learners_fault(
    engine, make_request, monkeypatch, name, sent
):
    skip_without(name)
    row = ROWS[name]
    monkeypatch.setattr(cluster, "_ANSWER_SECONDS", 3.0)  # a minute, else
    request = make_request(
        f"""
        import time

        @check(task="t", objectives=["o"])
        def test_all_is_well(program, {name}):
            {row.uses}

        @check(task="t", objectives=["o"])
        def test_it_is_gone(program, {name}):
            while True:
                {row.uses}
                time.sleep(0.05)
        """,
        row.code,
        services=(name,),
        limits=HURRIED,
    )

    events = []
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        grading = group.create_task(_grade(engine, request, events))
        group.create_task(_signal_servers(row.process, sent, grading, events))
    report = events[-1].report

    assert report.verdict is Verdict.ENGINE_FAILED, report
    assert [check.outcome for check in report.checks][1:] != [Outcome.FAILED]


async def _grade(engine, request, events):
    async for event in engine.grade(request):
        events.append(event)


async def _signal_servers(name, sent, grading, events):
    """Kill or stop every server of this name, as somebody on the machine may, to the run's end."""
    while not grading.done():
        await asyncio.sleep(0.1)
        if not any(isinstance(event, CheckFinished) for event in events):
            continue
        for process in _find_processes(name):
            with suppress(ProcessLookupError):
                os.kill(process.pid, sent)


def _find_processes(name):
    return [each for each in processes_in_sandboxes() if _is_named(each, name)]


def _is_named(process, name):
    try:
        if process.name() == name:
            return True
        return any(Path(word).name == name for word in process.cmdline())
    except psutil.NoSuchProcess:
        return False
