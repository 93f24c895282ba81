"""The labs' PostgreSQL: learners' files, what checks can ask of it, and no trace of any run."""

import textwrap

import pytest

from harness.labs_postgres import labs_postgres
from milepost.engine import Limits, Outcome, Verdict

SHOP = """
CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL, price numeric(8, 2) CHECK (price > 0));
INSERT INTO books VALUES (1, 'Sand', 9.50), (2, 'Tide', 12), (3, 'Ash', NULL);
"""
SELECTS = """
@check(task="t", objectives=["o"])
def test_it(sql):
    run = sql.run("answer.sql")
    assert run.columns == ("title",), "the column"
    assert run.rows == [("Tide",), ("Sand",)], "dearest first"
"""


@pytest.fixture
def grade_sql(grade):
    """Grade SQL against a shop with three books."""

    async def run(checks, answer="", **more):
        files = {"answer.sql": answer} if isinstance(answer, str) else answer
        data = {"shop.sql": SHOP, **more.pop("data", {})}
        return await grade(textwrap.dedent(checks), files, stack="sql", data=data, **more)

    return run


async def list_left(engine) -> tuple[list[str], int]:
    """List what is in the cluster besides templates, and count its roles."""
    cluster = labs_postgres(engine).cluster
    templates = {each.name for each in labs_postgres(engine).templates._ready.values()}
    names = await cluster._look("SELECT datname FROM pg_database WHERE datname LIKE 'lab%'")
    roles = await cluster._look("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'lab%'")
    return [name for (name,) in names if name not in templates], roles[0][0] - len(templates)


async def test_file_is_run_and_its_rows_are_judged(grade_sql, engine):
    right = await grade_sql(SELECTS, "SELECT title FROM books WHERE price > 1 ORDER BY price DESC;")
    wrong = await grade_sql(SELECTS, "SELECT title FROM books WHERE price > 1 ORDER BY price;")

    assert right.report.verdict is Verdict.PASSED, right.only
    assert right.report.stack_version.startswith("PostgreSQL 1")
    assert "," not in right.report.stack_version, "the stack is the server, named once"
    assert wrong.report.verdict is Verdict.FAILED
    assert wrong.only.message == "dearest first"
    assert wrong.only.got == "title\nSand\nTide"
    assert wrong.only.expected == "Tide\nSand"  # the check named no columns
    assert await list_left(engine) == ([], 0)


async def test_long_results_are_shown_from_where_they_differ(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            run = sql.run("answer.sql")
            assert run.rows == [(n,) for n in range(1, 1001)], "all of them"
        """,
        "SELECT CASE i WHEN 500 THEN -1 ELSE i END AS n FROM generate_series(1, 1000) i ORDER BY i",
    )

    got, expected = graded.only.got.splitlines(), graded.only.expected.splitlines()
    assert got[:3] == ["n", "… 494 rows, alike on both sides", "495"]
    assert expected[:2] == ["… 494 rows, alike on both sides", "495"]
    assert (got[7], expected[6]) == ("-1", "500")
    assert got[-1] == "… and 466 more rows"


async def test_evidence_tells_the_statement_its_rows_and_how_to_repeat_it(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            sql.run("answer.sql", least=10)
        """,
        "-- dear ones\nSELECT *\nFROM books WHERE price > :least;",
    )

    (piece,) = graded.only.evidence
    assert piece.kind == "statement"
    assert piece.title == "SELECT * FROM books WHERE price > 10"
    assert piece.request.line == 2
    assert piece.request.database_role == "you"
    assert piece.response.columns == ("id", "title", "price")
    assert piece.response.rows == (("2", "Tide", "12.00"),)
    assert (piece.response.row_count, piece.response.command) == (1, "SELECT 1")
    assert piece.repeat == "psql -v least=10 -f answer.sql"


async def test_syntax_error_fails_with_the_servers_words_and_the_line(grade_sql):
    graded = await grade_sql(SELECTS, "SELECT 1;\n\nSELECT title\n  FORM books;\nSELECT 2;")

    assert graded.report.verdict is Verdict.FAILED
    assert graded.only.message == (
        'PostgreSQL refuses `answer.sql`, line 4, column 8: syntax error at or near "books".'
    )
    assert graded.only.detail.startswith("   4 |   FORM books\n              ^")
    assert not graded.only.has_run
    assert len(graded.only.evidence) == 2  # nothing is run after an error


async def test_results_that_differ_only_in_type_are_told_apart(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            run = sql.run("answer.sql")
            expected = [(Decimal("660.00"), None, "ab", True, 1)]
            assert run.rows == Rows(["price", "note", "code", "sold", "n"], expected), "as said"
        """.replace("@check", "from decimal import Decimal\n\n        @check", 1),
        "SELECT '660.00' AS p, 'NULL' AS n, 'ab ' AS c, true AS s, ARRAY[NULL, 1] AS a;",
    )

    assert graded.only.got.splitlines() == [
        "p         n       c      s     a",
        "'660.00'  'NULL'  'ab '  t     {NULL,1}",
    ]
    assert graded.only.expected.splitlines() == [
        "price     note    code   sold  n",
        "660.00    NULL    'ab'   t     1",
    ]


async def test_every_value_of_a_database_can_be_compared_sorted_and_hashed(grade_sql):
    graded = await grade_sql(
        """
        from datetime import date, time

        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            rows = sql.run("answer.sql").rows
            assert len({row[0] for row in rows}) == 2, "arrays"
            assert len({row[1] for row in rows}) == 2, "documents"
            assert [row[0] for row in rows.sorted()] == [[None, 1], [2, None]], "sorted"
            first, second = sorted(rows.sorted(), key=lambda row: row[3])
            assert first[3] < date.min < date.max < second[3], "days beyond calendars"
            assert (first[3].year, second[3].year) == (-44, 12024), "have a year"
            assert rows[0][4] > time(23, 59), "the end of a day"
            assert str(rows[0][5]) == "infinity", "for ever"
            assert postgres.rows("SELECT 'infinity'::timestamptz")[0][0] > date.max, "checks too"
        """,
        """
        SELECT ARRAY[2, NULL] AS a, '{"b": [null]}'::jsonb AS j, 'NaN'::numeric AS n,
            '12024-01-01'::date AS d, '24:00'::time AS t, 'infinity'::timestamp AS i
        UNION ALL SELECT ARRAY[NULL, 1], '[1]', 1.5, '0044-03-15 BC', '24:00', 'infinity'
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


async def test_result_without_end_shows_its_first_rows_and_names_the_usual_reason(grade_sql):
    graded = await grade_sql(
        SELECTS, "SELECT a.title FROM books a, books b, generate_series(1, 200000) ORDER BY a.id"
    )

    assert graded.report.verdict is Verdict.CRASHED
    assert graded.report.limit_hit == "output_bytes"
    assert "a join without its condition" in graded.only.message
    assert graded.only.detail.startswith("The first rows:\ntitle\nSand\nSand")


async def test_refusal_is_data_where_a_check_expects_one(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            run = sql.run("answer.sql", may_fail=True)
            assert run.error.code == "23514", "a price below zero must be refused"
            assert run.error.constraint == "books_price_check", "by the constraint"
            assert run.error.line == 2, "which is in the second line"
            assert postgres.value("SELECT count(*) FROM books") == 4, "the first line was kept"
        """,
        "INSERT INTO books VALUES (4, 'Fen', 3);\nINSERT INTO books VALUES (5, 'Moor', -3);",
    )

    assert graded.report.verdict is Verdict.PASSED, (
        graded.report.message,
        graded.only.message,
        graded.only.detail,
        graded.only.got,
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"other.sql": "SELECT 1"}, "There is no file `answer.sql`, which the brief asks for."),
        ({"answer.sql": "-- later\n/* or /* never */ */"}, "`answer.sql` holds no statement yet."),
        (
            {"answer.sql": "SELECT :'nobody'"},
            "`answer.sql` uses the variable `:nobody`, which is not set. Set are: none.",
        ),
        (
            {"answer.sql": "COPY books TO STDOUT"},
            (
                "`COPY … TO STDOUT` writes to the program that runs the file, and nobody reads it"
                " here. Use SELECT, whose rows are the result."
            ),
        ),
        (
            {"answer.sql": "SELECT 1;\n  \\timing on\n"},
            (
                "`answer.sql`, line 2: `\\timing` is a command of psql's own and no SQL, so only"
                " psql understands it. Take it out; SQL alone is run here."
            ),
        ),
        (
            {"answer.sql": "SELECT 1;\nSELECT '\0'"},
            (
                "`answer.sql`, line 2, holds a NUL, a character that no SQL can hold. Was it saved"
                " in another encoding? Save it as UTF-8."
            ),
        ),
    ],
)
async def test_file_that_cannot_be_run_fails_with_a_sentence(grade_sql, files, message):
    graded = await grade_sql(SELECTS, files)

    assert graded.report.verdict is Verdict.FAILED
    assert graded.only.message == message


async def test_every_check_has_a_database_of_its_own_and_dropping_all_harms_no_other(
    grade_sql, engine
):
    check = """
    @check(task="t", objectives=["o"])
    def test_{}(sql, postgres):
        assert postgres.value("SELECT count(*) FROM books") == 3, "fresh"
        sql.run("answer.sql")
        found = postgres.value("SELECT count(*) FROM pg_tables WHERE tablename = 'books'")
        assert found == 0, "dropped"
    """
    graded = await grade_sql(
        "\n".join(textwrap.dedent(check.format(number)) for number in range(3)),
        "DROP TABLE books; DROP SCHEMA public CASCADE;",
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
    assert await list_left(engine) == ([], 0)


async def test_what_one_run_planted_is_gone_in_the_next(grade_sql):
    plants = """
        CREATE TABLE planted (a int);
        CREATE TEMP TABLE mine (a int); PREPARE planted_plan AS SELECT 1;
        SELECT pg_advisory_lock(42); SELECT lo_create(4711);
        ALTER ROLE CURRENT_USER SET search_path = evil; SET work_mem = '1GB';
    """
    plant = await grade_sql(
        "@check(task='t', objectives=['o'])\ndef test_it(sql):\n    sql.run('answer.sql')\n", plants
    )
    looks = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            assert sql.run("answer.sql").rows == [(0, 0, 0, 0, 0, "public", "4MB")], "clean"
        """,
        """
        SELECT (SELECT count(*) FROM pg_class WHERE relname IN ('planted', 'mine')),
            (SELECT count(*) FROM pg_prepared_statements),
            (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
            (SELECT count(*) FROM pg_largeobject_metadata),
            (SELECT count(*) FROM pg_db_role_setting WHERE setconfig::text LIKE '%evil%'),
            replace(current_setting('search_path'), '"$user", ', ''), current_setting('work_mem')
        """,
    )

    assert plant.report.verdict is Verdict.PASSED, (plant.only.message, plant.only.detail)
    assert looks.report.verdict is Verdict.PASSED, (
        looks.only.message,
        looks.only.detail,
        looks.only.got,
    )


async def test_template_is_filled_once_by_the_labs_seed_and_the_same_seed_gives_the_same(
    grade_sql, engine
):
    checks = """
    def seed(connection, random):
        connection.execute("CREATE TABLE lots (n int)")
        with connection.cursor().copy("COPY lots FROM STDIN") as copy:
            for _ in range(1000):
                copy.write_row([random.randint(1, 1_000_000)])

    @check(task="t", objectives=["o"])
    def test_it(sql, seed):
        run = sql.run("answer.sql")
        assert run.rows == [], "tell me"
    """
    answer = "SELECT count(*), sum(n) FROM lots"
    templates = (
        labs_postgres(engine).templates._ready if engine._components.find("postgres") else {}
    )
    before = set(templates)
    sums = [(await grade_sql(checks, answer, seed=seed)).only.got for seed in (1, 2, 6, 1)]

    assert sums[0] == sums[2] == sums[3] != sums[1]
    assert "1000" in sums[0]
    assert len(set(labs_postgres(engine).templates._ready) - before) == 2


async def test_data_that_cannot_be_loaded_is_the_labs_fault(grade_sql, engine):
    by_file = await grade_sql(SELECTS, "SELECT 1", data={"zoo.sql": "CREATE TABEL x ()"})
    by_seed = await grade_sql(
        "def seed(connection, random):\n    connection.execute('SELECT 1/0')\n" + SELECTS,
        "SELECT 1",
    )

    assert by_file.report.verdict is Verdict.LAB_BROKEN
    assert "data/zoo.sql cannot be run" in by_file.report.message
    assert by_seed.report.verdict is Verdict.LAB_BROKEN
    assert "division by zero" in by_seed.report.message
    assert await list_left(engine) == ([], 0)


async def test_check_sees_the_statements_that_ran_and_nobody_can_hide_one(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            postgres.rows("SELECT 'the check itself'")
            sql.run("answer.sql", may_fail=True)
            ran = postgres.statements()
            assert [each.sql for each in ran] == [
                "SET application_name = 'nobody'",
                "SELECT title FROM books WHERE id = 1",
                "SELECT 'two\\nlines'",
                "SELECT nonsense",
            ], "all of them, in order"
            assert ran[1].duration_ms > 0, "with their time"
            assert ran[3].error == 'column "nonsense" does not exist', "and their error"
        """,
        "SET application_name = 'nobody';\nSELECT title FROM books WHERE id = 1;\n"
        "SELECT 'two\nlines'; SELECT nonsense;",
    )

    assert graded.report.verdict is Verdict.PASSED, (
        graded.report.message,
        graded.only.message,
        graded.only.detail,
        graded.only.got,
    )


async def test_plan_is_a_tree_that_checks_can_ask(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            plan = sql.plan("answer.sql", least=10)
            scan, = plan.find("Seq Scan", relation="books")
            assert scan.rows == 1 and scan.removed_rows == 2, "one of three"
            assert plan.count_rows_read() == 3, "all were read"
            assert plan.count_pages_read() == scan.pages == 1, "three rows lie on one page"
            gone = postgres.plan("DELETE FROM books")
            assert gone.wal_records == 3, "one for each row; no index hears of it"
            new = "INSERT INTO books SELECT n, 'Dune' FROM generate_series(11, 20) n"
            assert postgres.plan(new).wal_records == 20, "one for each row and index entry"
            assert postgres.value("SELECT count(*) FROM books") == 3, "a plan changes nothing"
        """,
        "SELECT title FROM books WHERE price > :least ORDER BY title",
    )

    assert graded.report.verdict is Verdict.PASSED, (
        graded.report.message,
        graded.only.message,
        graded.only.detail,
        graded.only.got,
    )
    tree = graded.only.evidence[0].response.tree
    assert graded.only.evidence[0].kind == "plan"
    assert (tree.node_type, tree.rows) == ("Sort", 1)
    assert (tree.children[0].relation, tree.children[0].pages) == ("books", 1)


async def test_plan_is_that_of_the_last_statement_with_what_stands_before_it(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            plan = sql.plan("answer.sql")
            assert plan.find("Seq Scan") == [], "forbidden by the SET before it"
            sql.plan("change.sql")
            assert postgres.value("SELECT count(*) FROM books") == 3, "a plan changes nothing"
            sql.plan("wrong.sql")
        """,
        {
            "answer.sql": "SET enable_seqscan = off;\nSELECT title FROM books WHERE id = 7 % 5;",
            "change.sql": "BEGIN; DELETE FROM books WHERE title LIKE '%s'; DELETE FROM books",
            "wrong.sql": "SET work_mem = '1MB';\n\tSELECT nonsense\n",
        },
    )

    first = graded.only.evidence[1]
    assert first.title == "SELECT title FROM books WHERE id = 7 % 5"
    assert first.repeat == ("psql -c 'EXPLAIN ANALYZE SELECT title FROM books WHERE id = 7 % 5'")
    assert graded.only.message.startswith(
        "PostgreSQL refuses `wrong.sql`, line 2, column 8: column"
    )
    assert graded.only.detail.splitlines()[:2] == ["   2 | SELECT nonsense", " " * 14 + "^"]


async def test_file_that_ends_inside_a_transaction_is_told_that_it_was_undone(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            sql.run("answer.sql")
            assert postgres.value("SELECT count(*) FROM books") == 0, "gone"
        """,
        "BEGIN; DELETE FROM books;",
    )

    assert graded.only.message == "gone"
    (told,) = [each.title for each in graded.only.evidence if each.kind == "note"]
    assert told.startswith("`answer.sql` ends inside a transaction: nothing says COMMIT")


async def test_caret_stands_under_its_place_behind_tabs(grade_sql):
    graded = await grade_sql(SELECTS, "SELECT\n\t\ttitle,\tnonsense FROM books")

    line, caret = graded.only.detail.splitlines()[:2]
    assert (line, caret) == ("   2 | \t\ttitle,\tnonsense FROM books", " " * 7 + "\t\t      \t^")


async def test_second_session_holds_locks_and_connections_can_be_killed(grade_sql):
    graded = await grade_sql(
        """
        import time

        @check(task="t", objectives=["o"])
        def test_locked(sql, postgres):
            other = postgres.session()
            with other.transaction():
                other.execute("UPDATE books SET price = 1 WHERE id = %s", [1])
                sql.run("answer.sql", seconds=0.5)

        @check(task="t", objectives=["o"])
        def test_killed(sql, postgres):
            session = sql._database.open_learner_session()
            postgres.kill_connections()
            with pytest.raises(Exception) as caught:
                session.run("SELECT 1", time.monotonic() + 1, 1)
            assert type(caught.value).__name__ == "SessionEnded", "it is gone"
            sql.run("answer.sql")
        """,
        "UPDATE books SET price = 2 WHERE id = 1",
        limits=Limits(wall_seconds=20, run_seconds=3),
    )

    assert graded.check("test_locked").outcome is Outcome.TIMED_OUT
    assert "still running after 0.5 seconds" in graded.check("test_locked").message
    assert graded.check("test_killed").outcome is Outcome.PASSED, graded.check("test_killed")


async def test_constraints_and_triggers_refuse_what_is_tried_and_nothing_stays(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            sql.run("answer.sql")
            assert postgres.accepts("INSERT INTO books VALUES (9, 'Fen', 1)"), "it is right"
            assert not postgres.accepts("INSERT INTO books VALUES (9, 'Fen', 0)"), "a constraint"
            assert not postgres.accepts("DELETE FROM books"), "a trigger"
            assert not postgres.accepts("INSERT INTO books VALUES (9, 'Mist', 1)"), "in silence"
            assert postgres.value("SELECT count(*) FROM books") == 3, "as before"
        """,
        """
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'books stay'; END $$;
        CREATE TRIGGER kept BEFORE DELETE ON books EXECUTE FUNCTION keep();
        CREATE FUNCTION drop_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER dropped BEFORE INSERT ON books FOR EACH ROW
            WHEN (NEW.title = 'Mist') EXECUTE FUNCTION drop_row();
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only
    errors = [getattr(each.response, "error", None) for each in graded.only.evidence]
    assert {"books stay", "0 rows were written"} <= set(errors)


async def test_deferred_constraint_is_asked_before_a_row_counts_as_accepted(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            sql.run("answer.sql")
            loan = "INSERT INTO loans (book) VALUES (%s)"
            assert postgres.accepts(loan, [1]), "the book exists"
            assert not postgres.accepts(loan, [99]), "it does not"
            assert postgres.value("SELECT count(*) FROM loans") == 0, "as before"
        """,
        "CREATE TABLE loans (book int REFERENCES books DEFERRABLE INITIALLY DEFERRED);",
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_value_that_the_column_cannot_hold_is_a_refusal(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            sql.run("answer.sql")
            assert not postgres.accepts("UPDATE books SET title = 'Dunes'"), "too long"
            assert postgres.accepts("UPDATE books SET title = 'Dune'"), "it fits"
        """,
        "ALTER TABLE books ALTER title TYPE varchar(4);",
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_function_that_writes_is_called_as_the_shop_would(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, postgres):
            sql.run("answer.sql")
            owner = postgres.value("SELECT tableowner FROM pg_tables WHERE tablename = 'books'")
            assert postgres.value("SELECT sell(2)") == owner, "it writes, so it runs as the shop"
            assert postgres.value("SELECT price FROM books WHERE id = 2") == 11, "and stays"
            held = postgres.session()
            held.execute("BEGIN")
            held.execute("UPDATE books SET price = 1 WHERE id = 2")
            assert held.value("SELECT price FROM books WHERE id = 2") == 1, "its own change"
            assert postgres.value("SELECT price FROM books WHERE id = 2") == 11, "no other's"
            postgres.kill_connections()
            held.execute("ROLLBACK")
            assert [each for each in postgres.statements() if "UPDATE" in each.sql] == [], (
                "what the check wrote is none of the learner's"
            )
        """,
        "CREATE FUNCTION sell(int) RETURNS name LANGUAGE sql AS"
        " 'update books SET price = price - 1 WHERE id = $1; SELECT current_user';",
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_lab_that_names_no_service_is_broken_with_the_fix(grade):
    graded = await grade(SELECTS, {"answer.sql": "SELECT 1"}, stack="sql", services=())

    assert graded.report.verdict is Verdict.LAB_BROKEN
    assert 'services = ["postgres"]' in graded.report.message


async def test_evidence_writes_values_as_sql_does(grade_sql):
    graded = await grade_sql(
        """
        @check(task="t", objectives=["o"])
        def test_it(postgres, sql):
            postgres.execute("SELECT %s::text, %s::boolean", [None, True])
            postgres.execute("SELECT %(gone)s::text", {"gone": None})
            sql.run("answer.sql", gone=None, on=True)
        """,
        "SELECT :gone::text, :on::boolean;",
    )

    shown = [piece.request.parameters for piece in graded.only.evidence]
    assert shown == [["NULL", "t"], {"gone": "NULL"}, {"gone": "NULL", "on": "t"}]
