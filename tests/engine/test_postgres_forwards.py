"""Learner code that speaks with its database: through localhost, as anywhere, and no farther."""

import psycopg
import pytest
from psycopg import sql

from harness.labs_postgres import labs_postgres
from milepost.engine import Limits, Outcome, Verdict
from milepost.engine.backing.postgres.cluster import Address

PATIENT = Limits(wall_seconds=60, run_seconds=15)
SHOP = "CREATE TABLE books (id int PRIMARY KEY, title text); INSERT INTO books VALUES (1, 'Sand');"
CHECKS = """
@check(task="t", objectives=["o"])
def test_it(service, postgres):
    assert service.get("/books/1").json() == {"title": "Sand"}, "from the database"
    postgres.execute("UPDATE books SET title = 'Tide'")
    assert service.get("/books/1").json() == {"title": "Tide"}, "what the check has written"
    asked = [each for each in postgres.statements() if "books" in each.sql]
    assert len(asked) == 2 and asked[0].parameters, "each request asked once, with a parameter"
    postgres.kill_connections()
    assert service.get("/books/1").status_code == 200, "a lost connection is made anew"

@check(task="t", objectives=["o"])
def test_fresh(service):
    assert service.get("/books/1").status_code >= 500, "no database for a check that asks for none"

@check(task="t", objectives=["o"])
def test_again(service, postgres):
    assert service.get("/books/1").json() == {"title": "Sand"}, "a database of its own"
"""
FASTAPI = """
    import os, psycopg
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/books/{number}")
    def show_book(number: int):
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3) as connection:
            sql = "SELECT title FROM books WHERE id = %s"
            return {"title": connection.execute(sql, [number]).fetchone()[0]}
"""
EXPRESS = """
    import express from "express";
    import pg from "pg";

    const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
    pool.on("error", () => {});
    const app = express();
    app.get("/books/:number", async (request, response) => {
      const sql = "SELECT title FROM books WHERE id = $1";
      const found = await pool.query(sql, [request.params.number]);
      response.json(found.rows[0]);
    });
    app.listen(8000, "127.0.0.1");
"""


@pytest.mark.parametrize(("stack", "code"), [("fastapi", FASTAPI), ("express", EXPRESS)])
async def test_service_finds_its_database_by_its_address(grade, stack, code):
    graded = await grade(
        CHECKS,
        code,
        stack=stack,
        services=("postgres",),
        data={"shop.sql": SHOP},
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, [
        (each.name, each.message, each.got, each.detail) for each in graded.report.checks
    ]


async def test_guest_reaches_its_own_database_and_no_other_way_out(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, postgres):
            run = program.run()
            assert run.stdout.split() == ["5432", "none"], run.stderr
        """,
        """
        import os, socket
        from urllib.parse import urlsplit

        address = urlsplit(os.environ["DATABASE_URL"])
        socket.create_connection((address.hostname, address.port), 3).sendall(b"x" * 100)
        print(address.port)
        sockets = [
            os.path.join(folder, name)
            for folder, _, names in os.walk("/")
            if not folder.startswith(("/proc", "/usr", "/sys"))
            for name in names
            if "PGSQL" in name
        ]
        own = "/proc/self/fd"
        sockets += [fd for fd in "3456789" if "PGSQL" in os.path.realpath(f"{own}/{fd}")]
        print(sockets or "none")
        """,
        services=("postgres",),
        data={"shop.sql": SHOP},
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.got)


async def test_all_connections_taken_by_a_program_end_with_the_servers_refusal(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program, postgres):
            run = program.run()
            assert run.stdout == "10\\n", run.stderr
            assert postgres.value("SELECT count(*) FROM books") == 1, "the check still gets in"
        """,
        """
        import os, psycopg

        opened = []
        try:
            while True:
                opened.append(psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3))
        except psycopg.OperationalError as error:
            assert "too many connections for role" in str(error), error
        print(len(opened))
        """,
        stack="fastapi",
        services=("postgres",),
        data={"shop.sql": SHOP},
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.PASSED, (graded.only.message, graded.only.got)


SEATS = "CREATE TABLE seats (seat int PRIMARY KEY, guest text NOT NULL);"
TAKES_SEATS = """
    import os
    from fastapi import FastAPI, Response
    from psycopg.errors import UniqueViolation
    from psycopg_pool import ConnectionPool

    pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=3, max_size=3, open=True)
    app = FastAPI()

    @app.post("/seats/{seat}")
    def take_seat(seat: int, guest: str):
        try:
            with pool.connection() as connection:
                connection.execute("INSERT INTO seats VALUES (%s, %s)", [seat, guest])
        except UniqueViolation:
            return Response(status_code=409)
        return Response(status_code=201)
"""


async def grade_seats(grade, checks):
    return await grade(
        checks,
        TAKES_SEATS,
        stack="fastapi",
        services=("postgres",),
        data={"seats.sql": SEATS},
        limits=PATIENT,
    )


async def test_requests_sent_at_once_meet_a_lock_that_the_check_holds(grade):
    graded = await grade_seats(
        grade,
        """
        @check(task="t", objectives=["o"])
        def test_it(service, postgres):
            till = postgres.session()
            till.execute("BEGIN")
            till.execute("INSERT INTO seats VALUES (1, 'till')")
            sent = [service.send("POST", f"/seats/1?guest=g{each}") for each in range(3)]
            assert postgres.wait_until_blocked(3) == 3, "all want the seat that the till holds"
            assert not any(each.is_answered for each in sent), "and wait for the till"
            till.execute("ROLLBACK")
            assert sorted(each.answer().status_code for each in sent) == [201, 409, 409], "one"
            assert sent[0].is_answered and sent[0].answer() is sent[0].answer(), "read once"
            ran = [each for each in postgres.statements() if each.sql.startswith("INSERT")]
            assert len({each.session for each in ran}) == 3, "three sessions, three requests"
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_statements_of_a_failed_check_stand_between_request_and_answer(grade):
    graded = await grade_seats(
        grade,
        """
        @check(task="t", objectives=["o"])
        def test_it(service, postgres):
            postgres.execute("INSERT INTO seats VALUES (7, 'till')")
            answer = service.post("/seats/7?guest=Ada")
            assert answer.status_code == 201, "shown with what ran"

        @check(task="t", objectives=["o"])
        def test_passes(service, postgres):
            assert service.post("/seats/7?guest=Ada").status_code == 201
        """,
    )

    failed, passed = graded.report.checks
    assert passed.outcome is Outcome.PASSED, passed.message
    assert {each.kind for each in passed.evidence} == {"exchange", "log"}
    mine = [each for each in failed.evidence if each.actor == "learner"]
    insert = next(each for each in mine if "INSERT" in each.title)
    exchange = next(each for each in failed.evidence if each.kind == "exchange")
    assert "$2" in insert.title
    assert insert.request.parameters is None, "the log has none of a statement that was refused"
    assert "duplicate key" in insert.response.error
    assert insert.response.detail == "Key (seat)=(7) already exists."
    assert exchange.at_seconds - 0.002 <= insert.at_seconds
    assert insert.at_seconds <= exchange.at_seconds + exchange.duration_seconds + 0.002
    assert [each.at_seconds for each in failed.evidence] == sorted(
        each.at_seconds for each in failed.evidence
    )


async def test_service_that_does_not_start_without_a_database_is_still_started_with_one(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_without(service):
            with pytest.raises(ServiceNotReached):
                service.start()

        @check(task="t", objectives=["o"])
        def test_with(service, postgres):
            assert service.get("/").status_code == 200
        """,
        """
        import os, time
        from http.server import BaseHTTPRequestHandler, HTTPServer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()

        while "DATABASE_URL" not in os.environ:
            time.sleep(1)
        HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
        """,
        stack="python",
        services=("postgres",),
        data={"seats.sql": SEATS},
        limits=Limits(wall_seconds=60, run_seconds=3),
    )

    assert graded.report.verdict is Verdict.PASSED, [
        (each.name, each.message) for each in graded.report.checks
    ]


TRIES = """
    import os, psycopg
    from fastapi import FastAPI

    app = FastAPI()
    URL = os.environ["DATABASE_URL"]
    TELL = "SELECT rolname, datname FROM pg_roles, pg_database WHERE rolname ~ '^lab_'"

    @app.get("/keys")
    def count_keys():
        with psycopg.connect(URL) as connection:
            connection.execute("INSERT INTO books VALUES (2, current_user)")
            connection.execute("LISTEN words")
            connection.execute("SELECT pg_advisory_lock(7)")
            pairs = connection.execute(TELL).fetchall()
        own = (os.environ["PGUSER"], os.environ["PGDATABASE"])
        return {"tried": len(pairs), "fit": [own] == [pair for pair in pairs if fits(*pair)]}

    def fits(role, database):
        try:
            psycopg.connect(URL, user=role, dbname=database).close()
        except psycopg.OperationalError:
            return False
        return True
"""
TRIED_CHECK = """
@check(task="t", objectives=["o"])
def test_{number}(service, postgres):
    found = service.get("/keys").json()
    assert found["tried"] > 4 and found["fit"], "the address of the run opens one database"
    assert postgres.value("SELECT count(*) FROM books") == 2, "nothing of an earlier check"
    assert postgres.value("SELECT pg_try_advisory_lock(7)"), "nor a lock"
    ran = [each.sql for each in postgres.statements()]
    assert sum("LISTEN" in sql for sql in ran) == 1, "nor a statement"
"""


async def test_address_of_a_run_opens_the_database_of_the_check_that_runs_and_no_other(grade):
    graded = await grade(
        "\n".join(TRIED_CHECK.format(number=number) for number in range(4)),
        TRIES,
        stack="fastapi",
        data={"shop.sql": SHOP},
        services=("postgres",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


STORM = """
    import os, psycopg, time
    from fastapi import FastAPI

    app = FastAPI()
    URL = os.environ["DATABASE_URL"]

    @app.get("/storm")
    def begin_storm():
        for number in range(6):
            if os.fork() == 0:
                os.setsid()
                while True:
                    write()
        time.sleep(0.3)
        return {}

    def write():
        try:
            with psycopg.connect(URL, autocommit=True) as connection:
                connection.execute("INSERT INTO books VALUES (2, 'of another check')")
        except psycopg.Error:
            pass
"""
STORM_CHECK = """
@check(task="t", objectives=["o"])
def test_{number}(service, postgres):
    for _ in range(40):
        assert postgres.value("SELECT count(*) FROM books") == 1, "an earlier check's row"
    assert not postgres.statements(), "nor what it ran"
    service.get("/storm")
"""


async def test_sessions_that_a_check_leaves_never_reach_the_next_ones_database(grade):
    graded = await grade(
        "\n".join(STORM_CHECK.format(number=number) for number in range(6)),
        STORM,
        stack="fastapi",
        data={"shop.sql": SHOP},
        services=("postgres",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_an_address_that_is_taken_back_lets_nobody_in_and_ends_who_is_in(grade, engine):
    await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(postgres):
            assert postgres.value("SELECT count(*) FROM books") == 1
        """,
        data={"shop.sql": SHOP},
        services=("postgres",),
        limits=PATIENT,
    )
    cluster = labs_postgres(engine).cluster
    template = await cluster.make_template()
    await cluster.seal(template)
    address = Address.make()
    given = await cluster.hand_out(await cluster.clone(template, PATIENT), address)

    def connect(role, database):
        return psycopg.AsyncConnection.connect(
            host=f"/proc/self/fd/{cluster.server.socket_folder}",
            user=role,
            password=address.learner.password,
            dbname=database,
        )

    inside = await connect(given.learner.role, given.name)
    taken = await cluster.withdraw(given)
    try:
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            await inside.execute("SELECT 1")
        for role in (given.learner.role, taken.learner.role):
            for database in (given.name, taken.name):
                with pytest.raises(psycopg.OperationalError, match=role):
                    await connect(role, database)
        logins = await cluster._look(
            "SELECT rolname, rolcanlogin, rolpassword FROM pg_authid WHERE rolname = ANY({})",
            sql.Literal([given.learner.role, taken.learner.role]),
        )
        assert logins == [(taken.learner.role, False, None)]
        assert (given.name,) not in await cluster._look("SELECT datname FROM pg_database")
    finally:
        await cluster.drop(taken.name, taken.learner, taken.checker)
        await cluster.drop(template.name, template.builder)


async def test_a_rival_changes_what_was_read_before_it_is_written(grade):
    """Code that looks first and writes later loses to it, every time."""
    graded = await grade_seats(
        grade,
        """
        @check(task="t", objectives=["o"])
        def test_it(service, postgres):
            postgres.execute("INSERT INTO seats VALUES (7, 'Ada')")
            for guest in ("Bo", "Cleo", "Dan"):
                with postgres.rival(gate=("INSERT", "seats")) as rival:
                    rival.execute("UPDATE seats SET guest = %s WHERE seat = 7", [guest])
                    sent = service.send("POST", f"/seats/7?guest={guest}")
                    assert rival.wait_for(sent), "stuck at the gate, before its INSERT"
                    assert not sent.is_answered, "and stays there"
                assert sent.answer().status_code == 409, "the gate is open again"
                assert postgres.value("SELECT guest FROM seats") == guest, "the rival committed"
            with postgres.rival() as rival:
                sent = service.send("POST", "/seats/8?guest=Eve")
                assert not rival.wait_for(sent), "nothing is in its way"
            assert sent.answer().status_code == 201
            assert not [each for each in postgres.statements() if "gate" in each.sql], "unseen"
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)
