"""What a check sees of its MariaDB, and what a learner is told of what it refuses."""

import textwrap

import pytest

from milepost.engine import Limits, Outcome, Verdict
from milepost.engine.backing.mysql.sql_text import split_statements

pytestmark = pytest.mark.needs_mariadb
PATIENT = Limits(wall_seconds=90, run_seconds=15)
SHOP = """
    CREATE TABLE books (
        id int AUTO_INCREMENT PRIMARY KEY,
        title varchar(40) NOT NULL,
        year int NOT NULL CHECK (year > 0),
        KEY (year)
    );
    INSERT INTO books (title, year)
    SELECT concat('Book ', seq), 1900 + seq MOD 100 FROM seq_1_to_1000;
"""


@pytest.fixture
def grade_sql(grade):
    async def run(checks, answer="SELECT 1", **more):
        return await grade(
            textwrap.dedent(checks),
            {"answer.sql": textwrap.dedent(answer)},
            stack="mysql",
            services=("mysql",),
            data=more.pop("data", {"shop.sql": SHOP}),
            limits=more.pop("limits", PATIENT),
            **more,
        )

    return run


async def test_a_file_is_run_with_variables_and_its_last_rows_count(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            run = sql.run("answer.sql", year=1950, title="O'Hara\\\\")
            assert run.columns == ("one", "title")
            assert run.rows == [(1951, "O'Hara\\\\")]
            commands = [each.command for each in run.results]
            assert commands == ["CREATE TABLE", "INSERT 2", "SELECT 1"]
        """,
        """
        CREATE TABLE t (id int); -- a ; in a comment
        INSERT INTO t VALUES (1), (2);
        SELECT @year + 1 AS one, @title AS title # and another ; here
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_what_is_refused_is_told_with_its_place(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            sql.run("answer.sql")
        """,
        "SELECT 1;\n\nSELECT title\nFORM books;\n",
    )

    assert graded.only.outcome is Outcome.FAILED
    assert graded.only.message.startswith(
        "MariaDB refuses `answer.sql`, line 4, column 6: You have"
    )
    assert "   4 | FORM books" in graded.only.detail


async def test_a_variable_of_psql_explains_itself(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            sql.run("answer.sql", year=1950)
        """,
        "SELECT title FROM books WHERE year = :year",
    )

    assert "In MariaDB a variable is written `@year`, without quotes" in graded.only.message


async def test_a_check_reads_writes_and_tries(grade_sql):
    graded = await grade_sql(
        """
        import pytest

        @check(task="t", objectives=["o"])
        def test_it(sql, mysql, database):
            assert database is mysql
            assert mysql.tables() == ["books"]
            sql.run("answer.sql")
            assert mysql.value("SELECT count(*) FROM books WHERE year = %s", [1950]) == 10
            assert mysql.execute("UPDATE books SET year = 1950 WHERE year = 1950") == 10
            assert not mysql.accepts("INSERT INTO books (title, year) VALUES ('x', 0)")
            assert not mysql.accepts("INSERT INTO books (title, year) VALUES (NULL, 1)")
            assert mysql.accepts("INSERT INTO books (title, year) VALUES ('x', 1)")
            assert mysql.value("SELECT count(*) FROM books") == 1000
            with pytest.raises(ZeroDivisionError), mysql.transaction():
                mysql.execute("DELETE FROM books")
                raise ZeroDivisionError
            with mysql.transaction():
                mysql.execute("DELETE FROM books WHERE id = 1")
            assert mysql.value("SELECT count(*) FROM books") == 999
            new = mysql.value("INSERT INTO books (title, year) VALUES ('New', 2000) RETURNING id")
            assert mysql.rows("SELECT title FROM books WHERE id = %s", [new]) == [("New",)]
        """
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_statements_come_from_the_log_and_plans_count_rows(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, mysql):
            plan = sql.plan("answer.sql", year=1950)
            assert plan.find("ref", relation="books"), plan
            assert plan.count_rows_read() == 10
            slow = mysql.plan("SELECT title FROM books WHERE title = 'Book 7'")
            assert slow.find("ALL", relation="books")
            assert slow.count_rows_read() == 1000
            sql.run("answer.sql", year=1950)
            ran = [each.sql for each in mysql.statements() if "books" in each.sql]
            assert ran[-1] == "SELECT title FROM books WHERE year = @year"
            assert not [sql for sql in ran if "Book 7" in sql]
        """,
        "SELECT title FROM books WHERE year = @year",
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only
    plans = [piece for piece in graded.only.evidence if piece.kind == "plan"]
    assert plans[0].response.tree.children[0].index == "year"


async def test_a_learners_program_finds_it_and_its_statements_are_evidence(grade):
    checks = """
    @check(task="t", objectives=["o"])
    def test_it(program, mysql):
        mysql.execute("CREATE TABLE notes (body varchar(20))")
        printed = program.run().stdout
        assert printed == "mysql://learner", printed
        assert mysql.statements() == []
    """
    code = """
        import os
        print(os.environ["DATABASE_URL"].rpartition(":")[0].rpartition(":")[0], end="")
    """
    graded = await grade(checks, code, services=("mysql",), limits=PATIENT)

    assert graded.report.verdict is Verdict.PASSED, graded.only


PROGRAMS = {
    "fastapi": """
        import os
        from urllib.parse import urlsplit

        import pymysql

        url = urlsplit(os.environ["DATABASE_URL"])
        with pymysql.connect(
            host=url.hostname,
            port=url.port,
            user=url.username,
            password=url.password,
            database=url.path[1:],
            autocommit=True,
        ) as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO notes VALUES (%s)", ["from a program"])
    """,
    "express": """
        import mysql from "mysql2/promise";

        const connection = await mysql.createConnection(process.env.DATABASE_URL);
        await connection.execute("INSERT INTO notes VALUES (?)", ["from a program"]);
        await connection.end();
    """,
}


@pytest.mark.parametrize("stack", PROGRAMS)
async def test_a_program_reaches_it_with_the_driver_of_its_stack(grade, stack):
    checks = """
    @check(task="t", objectives=["o"])
    def test_it(program, mysql):
        mysql.execute("CREATE TABLE notes (body varchar(20))")
        run = program.run()
        assert run.exit_code == 0, run.stderr
        assert mysql.rows("SELECT body FROM notes") == [("from a program",)]
        ran = [each.sql for each in mysql.statements() if "notes" in each.sql]
        assert ran == ["INSERT INTO notes VALUES ('from a program')"], ran
    """

    graded = await grade(checks, PROGRAMS[stack], stack=stack, services=("mysql",), limits=PATIENT)

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_the_seed_fills_it_once_and_each_check_has_its_own(grade_sql):
    one = """
        @check(task="t", objectives=["o"])
        def test_{name}(sql, mysql):
            assert mysql.value("SELECT count(*) FROM books") == 7
            sql.run("answer.sql")
            assert mysql.value("SELECT count(*) FROM books") == 0
    """
    seed = """
        def seed(connection, random):
            connection.execute("DELETE FROM books WHERE id > %s", [7])
    """
    checks = textwrap.dedent(seed) + "".join(textwrap.dedent(one.format(name=n)) for n in "ab")
    graded = await grade_sql(checks, "DELETE FROM books")

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks


async def test_data_that_cannot_be_run_is_the_labs_fault(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(mysql):
            assert mysql.tables()
        """,
        data={"shop.sql": "CREATE TABLE a (id int);\nCREATE TABEL b (id int);"},
    )

    assert graded.only.outcome is not Outcome.FAILED
    assert "data/shop.sql, line 2, cannot be run" in str(graded.only)


async def test_data_of_another_database_is_left_out(make_request, engine):
    request = make_request(
        """
        @check(task="t", objectives=["o"])
        def test_it(database):
            assert database.tables() == ["of_mariadb"]
        """,
        {"answer.sql": "SELECT 1"},
        stack="mysql",
        services=("postgres", "mysql"),
        data={"shop.sql": "CREATE TABLE of_postgresql (id int GENERATED ALWAYS AS IDENTITY)"},
        limits=PATIENT,
    )
    (request.lab / "data" / "mysql").mkdir()
    own = request.lab / "data" / "mysql" / "shop.sql"
    own.write_text("CREATE TABLE of_mariadb (id int AUTO_INCREMENT PRIMARY KEY)")
    assert request.services == ("mysql",)

    report = [event async for event in engine.grade(request)][-1].report

    assert report.verdict is Verdict.PASSED, report.checks


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';' , \"a;b\", `c;d`;", ["SELECT ';' , \"a;b\", `c;d`"]),
        ("SELECT 'it''s; \\'so;' ; SELECT 2;", ["SELECT 'it''s; \\'so;'", "SELECT 2"]),
        ("-- a; b\n# c; d\n/* e; f */ SELECT 1;", ["SELECT 1"]),
        ("SELECT 1--2;", ["SELECT 1--2"]),
        ("DELIMITER //\nBEGIN; END //\nDELIMITER ;\nSELECT 1;", ["BEGIN; END", "SELECT 1"]),
        (";;  ;", []),
        ("SELECT 'unended; SELECT 2", ["SELECT 'unended; SELECT 2"]),
        ("/* unended; SELECT 2", []),
    ],
)
def test_a_file_is_cut_as_the_client_cuts_it(text, statements):
    assert [each.text for each in split_statements(text)] == statements


def test_a_statement_knows_where_it_begins():
    found = split_statements("\n-- first\nSELECT 1;\n\n\nSELECT\n2;")

    assert [(each.line, each.text) for each in found] == [(3, "SELECT 1"), (6, "SELECT\n2")]
