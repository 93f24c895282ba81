"""Learner code that speaks with its database: through localhost, as anywhere, and no farther."""

import pytest

from milepost.engine import Limits, Outcome, Verdict

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
        doors = [
            os.path.join(folder, name)
            for folder, _, names in os.walk("/")
            if not folder.startswith(("/proc", "/usr", "/sys"))
            for name in names
            if "PGSQL" in name
        ]
        own = "/proc/self/fd"
        doors += [fd for fd in "3456789" if "PGSQL" in os.path.realpath(f"{own}/{fd}")]
        print(doors or "none")
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
