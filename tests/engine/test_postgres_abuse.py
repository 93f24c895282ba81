"""What learners' SQL may not do to the labs' PostgreSQL, to its machine, or to each other."""

import asyncio
import os
import signal
import textwrap

import psutil
import pytest

from harness.labs_postgres import labs_postgres
from milepost.engine import GradingFinished, Limits, Outcome, Verdict

SHOP = "CREATE TABLE books (id int PRIMARY KEY); INSERT INTO books SELECT generate_series(1, 1000);"
RUN = """
@check(task="t", objectives=["o"])
def test_it(sql):
    sql.run("answer.sql")
"""
SHORT = Limits(wall_seconds=15, run_seconds=1.5)


@pytest.fixture
def grade_sql(grade):
    async def run(answer, checks=RUN, limits=SHORT, **more):
        files = {"answer.sql": answer} if isinstance(answer, str) else answer
        data = {"shop.sql": SHOP}
        checks = textwrap.dedent(checks)
        return await grade(checks, files, stack="sql", data=data, limits=limits, **more)

    return run


# Each must be refused with one of these codes: no right, no such thing, not from here.
REFUSED = [
    "COPY books TO PROGRAM 'id > /tmp/out'",
    "COPY books FROM PROGRAM 'id'",
    "COPY books TO '/tmp/books.txt'",
    "COPY books FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('postgresql.conf')",
    "SELECT pg_ls_dir('/')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT pg_current_logfile()",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(lo_create(0), '/tmp/out')",
    "SELECT pg_file_write('/tmp/x', 'x', false)",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION postgres_fdw",
    "CREATE EXTENSION file_fdw",
    "CREATE EXTENSION adminpack",
    "CREATE EXTENSION plpython3u",
    "CREATE EXTENSION pgcrypto",
    "CREATE FOREIGN DATA WRAPPER w",
    "CREATE SERVER s FOREIGN DATA WRAPPER w",
    "CREATE LANGUAGE plperlu",
    "CREATE FUNCTION f() RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'system' LANGUAGE c",
    "LOAD '/tmp/evil.so'",
    "CREATE TABLESPACE t LOCATION '/tmp'",
    "CREATE ROLE other LOGIN",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEDB",
    "ALTER ROLE milepost_admin PASSWORD 'x'",
    "GRANT milepost_admin TO CURRENT_USER",
    "GRANT pg_read_server_files TO CURRENT_USER",
    "SET ROLE milepost_admin",
    "SET SESSION AUTHORIZATION milepost_admin",
    "CREATE DATABASE mine",
    "DO $$ BEGIN EXECUTE format('DROP DATABASE %I', current_database()); END $$",
    (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database());"
        " END $$"
    ),
    "ALTER SYSTEM SET log_min_duration_statement = -1",
    "SET log_min_duration_statement = -1",
    "SET log_statement = 'none'",
    "ALTER ROLE CURRENT_USER SET log_min_duration_statement = -1",
    "SET temp_file_limit = -1",
    "SET session_preload_libraries = 'evil'",
    "SET local_preload_libraries = '/tmp/evil'; LOAD 'evil'",
    "SET zero_damaged_pages = on",
    "SET session_replication_role = replica",
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_switch_wal()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'milepost_admin'",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT pg_stat_reset_shared('bgwriter')",
    "CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION f()",
    "CREATE PUBLICATION p FOR ALL TABLES",
    "CREATE SUBSCRIPTION s CONNECTION 'host=localhost' PUBLICATION p",
    "VACUUM FULL pg_authid; SELECT 1/0",
]


async def test_every_way_out_is_refused(grade_sql):
    graded = await grade_sql(
        {f"{number}.sql": text for number, text in enumerate(REFUSED)},
        f"""
        REFUSED = "42501 42704 42883 0A000 58P01 22023 42P01 55P02 22012 25001".split()

        @check(task="t", objectives=["o"])
        def test_it(sql):
            got_through = []
            for number in range({len(REFUSED)}):
                error = sql.run(f"{{number}}.sql", may_fail=True).error
                if error is None or error.code not in REFUSED:
                    got_through.append((number, error and (error.code, error.message)))
            assert got_through == [], "all refused"
        """,
        limits=Limits(wall_seconds=60, run_seconds=20),
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)


async def test_no_other_database_can_be_entered_or_named(grade_sql):
    graded = await grade_sql(
        "SELECT 1",
        """
        import psycopg

        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            role, password = sql._database.learner
            names = {name for (name,) in postgres.rows("SELECT datname FROM pg_database")}
            assert {"postgres", "template1"} < names
            for name in names - {sql._database.name}:
                with pytest.raises(psycopg.OperationalError):
                    psycopg.connect(
                        host=sql._database.socket_folder, user=role, password=password, dbname=name
                    )
            for wrong in ("", "x", role):
                with pytest.raises(psycopg.OperationalError):
                    psycopg.connect(
                        host=sql._database.socket_folder, user="milepost_admin", password=wrong,
                        dbname="postgres",
                    )
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_run_cannot_read_or_stop_what_another_does(engine, make_request):
    """Two runs at once: one tries to see and to end the other's session while it works."""
    works = make_request(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            assert sql.run("answer.sql").rows == [("",)], "undisturbed"
        """,
        {"answer.sql": "SELECT pg_sleep(1.5)::text /* a secret */"},
        stack="sql",
    )
    spies = make_request(
        """
        import time

        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            for _ in range(8):
                run = sql.run("answer.sql", may_fail=True)
                assert run.error.code == "42501", "only one's own sessions can be ended"
                seen = sql.run("look.sql").rows
                assert seen == [], "nobody else's statements can be read"
                time.sleep(0.2)
        """,
        {
            "answer.sql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename <> current_user AND usename LIKE 'lab%' UNION ALL"
            " SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'milepost_admin'",
            "look.sql": "SELECT query FROM pg_stat_activity WHERE query LIKE '%a secret%'"
            " AND usename <> current_user",
        },
        stack="sql",
    )

    async def grade(request):
        return [event async for event in engine.grade(request)][-1].report

    reports = await asyncio.gather(grade(works), grade(spies))

    assert [report.verdict for report in reports] == [Verdict.PASSED] * 2, [
        (report.checks[0].message, report.checks[0].detail) for report in reports
    ]


@pytest.mark.parametrize(
    "endless",
    [
        "SELECT pg_sleep(60)",
        "SET statement_timeout = 0; SELECT count(*) FROM books a, books b, books c, books d",
        "DO $$ BEGIN LOOP END LOOP; END $$",
        "BEGIN; LOCK TABLE books; SELECT pg_sleep(60); COMMIT",
    ],
)
async def test_endless_statement_is_ended_from_outside_and_named(grade_sql, endless):
    graded = await grade_sql(endless)

    assert graded.report.verdict is Verdict.TIMED_OUT, graded.only
    assert graded.report.limit_hit == "run_seconds"
    assert "still running after 1.5 seconds" in graded.report.message


async def test_time_of_the_whole_run_ends_statements_too(grade_sql):
    graded = await grade_sql("SELECT pg_sleep(60)", limits=Limits(wall_seconds=4, run_seconds=30))

    assert graded.report.verdict is Verdict.TIMED_OUT
    assert graded.report.limit_hit == "wall_seconds"


@pytest.mark.parametrize(
    ("bomb", "limit"),
    [
        (
            "CREATE TABLE big AS SELECT repeat(md5(n::text), 9) FROM generate_series(1, 9000000) n",
            "database_bytes",
        ),
        (
            (
                "DO $$ BEGIN FOR n IN 1..100000 LOOP PERFORM lo_from_bytea(0,"
                " convert_to(repeat(md5(n::text), 3000), 'UTF8')); END LOOP; END $$"
            ),
            "database_bytes",
        ),
        (
            (
                "SET work_mem = '64kB'; SELECT count(*) FROM (SELECT md5(n::text) m"
                " FROM generate_series(1, 9000000) n ORDER BY m OFFSET 1) x"
            ),
            "database_bytes",
        ),
        (
            (
                "SET work_mem = '2GB'; SELECT count(DISTINCT m) FROM (SELECT md5(n::text)"
                " m FROM generate_series(1, 90000000) n) x"
            ),
            "memory_bytes",
        ),
        ("SELECT length(repeat('x', 500000000)) + length(repeat('y', 500000000))", "memory_bytes"),
        (
            "SELECT pg_advisory_lock(n) FROM generate_series(1, 20000) n; SELECT pg_sleep(9)",
            "database_locks",
        ),
        ("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)", "output_bytes"),
    ],
)
async def test_bomb_ends_at_the_limit_that_is_named(grade_sql, bomb, limit):
    limits = Limits(
        wall_seconds=60,
        run_seconds=40,
        memory_bytes=128 << 20,
        of_components={"database_bytes": 32 << 20},
    )
    graded = await grade_sql(bomb, limits=limits)

    assert graded.report.verdict is Verdict.CRASHED, graded.only
    assert graded.report.limit_hit == limit


async def test_all_connections_of_a_role_are_few(grade_sql):
    graded = await grade_sql(
        "SELECT 1",
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            sessions = []
            for _ in range(30):
                sessions.append(sql._database.open_learner_session())
        """,
    )

    assert graded.report.verdict is Verdict.CRASHED, graded.only
    assert graded.report.limit_hit == "database_connections"


async def test_session_that_ends_itself_is_the_learners(grade_sql):
    graded = await grade_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    assert graded.report.verdict is Verdict.CRASHED
    assert graded.report.message == "Your SQL ended its own session."


async def test_database_left_unusable_fails_the_check_and_not_the_lab(grade_sql):
    graded = await grade_sql(
        "DROP TABLE books",
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            sql.run("answer.sql")
            assert postgres.rows("SELECT * FROM books") == [], "never"
        """,
    )

    assert graded.report.verdict is Verdict.FAILED
    assert graded.only.message == (
        "After your SQL had run, the check could not look at the database: relation"
        ' "books" does not exist.'
    )


async def test_row_of_an_emptied_table_fails_the_check_and_not_the_lab(grade_sql):
    graded = await grade_sql(
        "DELETE FROM books",
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            sql.run("answer.sql")
            assert postgres.rows("SELECT id FROM books")[0] == (1,), "never"
        """,
    )

    assert graded.report.verdict is Verdict.FAILED
    assert graded.only.message == (
        "The check needs more rows than there are: the result has 0 (id). Does your SQL remove too"
        " much, or return nothing?"
    )


@pytest.mark.parametrize("how", ["server", "backend"])
async def test_server_that_dies_in_mid_run_is_our_fault_and_the_next_run_is_fine(
    engine, make_request, how, list_service_processes
):
    request = make_request(RUN, {"answer.sql": "SELECT pg_sleep(30)"}, stack="sql")
    plain = make_request(RUN, {"answer.sql": "SELECT 1"}, stack="sql")
    assert [e async for e in engine.grade(plain)][-1].report.verdict is Verdict.PASSED

    async def grade():
        return [event async for event in engine.grade(request)][-1].report

    grading = asyncio.create_task(grade())
    victim = await find_victim(engine, how, list_service_processes)
    os.kill(victim, signal.SIGKILL)
    report = await grading
    after = [event async for event in engine.grade(plain)][-1].report

    assert report.verdict is Verdict.ENGINE_FAILED, report
    assert after.verdict is Verdict.PASSED, after


async def find_victim(engine, how, service_processes):
    """Wait for the session that sleeps; answer its process, or its server's."""
    while True:
        await asyncio.sleep(0.05)
        for pid in service_processes(engine):
            try:
                title = " ".join(psutil.Process(pid).cmdline())
            except psutil.Error:
                continue
            if title.startswith("postgres: lab_") and "SELECT" in title:
                return pid if how == "backend" else labs_postgres(engine).cluster.server.pid


async def read_report(engine, request):
    *_, finished = [event async for event in engine.grade(request)]
    assert isinstance(finished, GradingFinished)
    return finished.report


async def test_nothing_outlives_the_engine(tmp_path, make_request, list_service_processes):
    from milepost.engine import Engine

    async with Engine(runtime_dir=tmp_path / "own") as engine:
        request = make_request(RUN, {"answer.sql": "SELECT 1"}, stack="sql")
        report = await read_report(engine, request)
        processes = list_service_processes(engine)
        assert report.verdict is Verdict.PASSED
        assert processes
    assert not [pid for pid in processes if psutil.pid_exists(pid)]
    assert list((tmp_path / "own").iterdir()) == []


async def test_folder_of_a_dead_worker_is_swept_and_a_living_ones_is_not(tmp_path, make_request):
    from milepost.engine import Engine

    left = tmp_path / "own" / "postgres-0123456789ab"
    (left / "log").mkdir(parents=True)
    async with (
        Engine(runtime_dir=tmp_path / "own") as one,
        Engine(runtime_dir=tmp_path / "own") as two,
    ):
        request = make_request(RUN, {"answer.sql": "SELECT 1"}, stack="sql")
        for engine in (one, two, one):
            report = await read_report(engine, request)
            assert report.verdict is Verdict.PASSED, report
        assert not left.exists()
        assert len(list((tmp_path / "own").glob("postgres-*"))) == 2


async def test_outcome_of_a_check_that_never_asks_is_as_ever(grade_sql):
    graded = await grade_sql(
        "SELECT 1", "@check(task='t', objectives=['o'])\ndef test_it():\n    pass\n"
    )

    assert graded.only.outcome is Outcome.PASSED
