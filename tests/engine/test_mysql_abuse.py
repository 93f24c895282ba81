"""What learners' SQL may not do to its MariaDB, to the machine, or to others; and its bounds."""

import textwrap

import pytest

from milepost.engine import Limits, Outcome, Verdict
from milepost.engine.limits import MEBIBYTE

pytestmark = [pytest.mark.needs_mariadb, pytest.mark.needs_isolated_tier]
SHOP = "CREATE TABLE books (id int PRIMARY KEY); INSERT INTO books SELECT seq FROM seq_1_to_1000;"
RUN = """
@check(task="t", objectives=["o"])
def test_it(sql):
    sql.run("answer.sql")
"""
SHORT = Limits(
    wall_seconds=60,
    run_seconds=3,
    memory_bytes=64 * MEBIBYTE,
    of_components={"mysql_bytes": 16 * MEBIBYTE, "mysql_connections": 3},
)
PATIENT = Limits(
    wall_seconds=60, run_seconds=30, memory_bytes=64 * MEBIBYTE, of_components=SHORT.of_components
)
ALL_REFUSED = """
@check(task="t", objectives=["o"])
def test_it(sql):
    for number in range(len(sql.text("answer.sql").splitlines())):
        run = sql.run(f"{number}.sql", may_fail=True)
        assert run.error is not None and run.error.code in CODES, (number, run)
"""
# Each must be refused with one of these codes: no right, no such thing, not from here.
CODES = {
    "1044",
    "1045",
    "1064",
    "1094",
    "1142",
    "1221",
    "1227",
    "1235",
    "1290",
    "1370",
    "1419",
    "1698",
}
REFUSED = [
    "SELECT 1 INTO OUTFILE '/tmp/out'",
    "SELECT 1 INTO DUMPFILE '/tmp/out'",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE books",
    "SELECT * FROM mysql.global_priv",
    "SELECT * FROM mysql.general_log",
    "TRUNCATE mysql.general_log",
    "SET GLOBAL general_log = 0",
    "SET sql_log_off = 1",
    "SET GLOBAL max_statement_time = 0",
    "SET SESSION enforce_storage_engine = NULL",
    "CREATE TABLE m (id int) ENGINE = MEMORY",
    "CREATE DATABASE mine",
    "DROP DATABASE mysql",
    "CREATE USER other",
    "GRANT ALL ON *.* TO CURRENT_USER",
    "GRANT SELECT ON shop.* TO checker@localhost",
    "SET PASSWORD FOR checker@localhost = PASSWORD('x')",
    "INSTALL SONAME 'ha_connect'",
    "CREATE FUNCTION f RETURNS STRING SONAME 'udf.so'",
    "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO SELECT 1",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')",
    "SHUTDOWN",
    "FLUSH TABLES WITH READ LOCK",
    "CREATE DEFINER = checker@localhost VIEW v AS SELECT 1",
    "CHANGE MASTER TO MASTER_HOST = '127.0.0.1'",
    "BACKUP STAGE START",
]


@pytest.fixture
def grade_sql(grade):
    async def run(answer, checks=RUN, limits=SHORT):
        files = {"answer.sql": answer} if isinstance(answer, str) else answer
        checks = textwrap.dedent(checks)
        more = {"stack": "mysql", "services": ("mysql",), "data": {"shop.sql": SHOP}}
        return await grade(checks, files, limits=limits, **more)

    return run


async def test_what_is_not_the_shops_own_is_refused(grade_sql):
    files = {f"{number}.sql": text for number, text in enumerate(REFUSED)}
    checks = f"CODES = {CODES!r}\n{ALL_REFUSED}"

    graded = await grade_sql({"answer.sql": "\n".join(REFUSED), **files}, checks, PATIENT)

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_nothing_of_others_or_of_the_machine_is_seen(grade_sql):
    graded = await grade_sql(
        """
        SELECT count(*) AS others FROM information_schema.processlist WHERE user <> 'learner'
        UNION ALL SELECT count(*) FROM information_schema.schemata
            WHERE schema_name NOT IN ('shop', 'information_schema')
        UNION ALL SELECT load_file('/etc/passwd') IS NOT NULL;
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(sql):
            assert sql.run("answer.sql").rows == [(0,), (0,), (0,)]
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


ENDLESS = {
    "a statement that sleeps": "SELECT sleep(600)",
    "a statement that counts": "SELECT count(*) FROM books a, books b, books c, books d",
    "what says that it may": "SET SESSION max_statement_time = 0; SELECT sleep(600)",
    "a lock that another session of the check holds": "SELECT get_lock('x', 5); SELECT sleep(600)",
}


@pytest.mark.parametrize("answer", ENDLESS.values(), ids=ENDLESS.keys())
async def test_endless_sql_is_ended(grade_sql, answer):
    graded = await grade_sql(answer)

    assert (graded.only.outcome, graded.report.limit_hit) == (Outcome.TIMED_OUT, "run_seconds")


FILLS = {
    "a table": "INSERT INTO big SELECT repeat('x', 60000) FROM seq_1_to_100000",
    "a temporary table": (
        "CREATE TEMPORARY TABLE t (body longtext);"
        "INSERT INTO t SELECT repeat('x', 60000) FROM seq_1_to_100000"
    ),
    "a sort": (
        "SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY body) AS n FROM"
        " (SELECT concat(repeat('x', 6000), seq) AS body FROM seq_1_to_90000) a) b"
    ),
    "what is rolled back": (
        "START TRANSACTION; INSERT INTO big SELECT repeat('x', 60000) FROM seq_1_to_100000"
    ),
}


@pytest.mark.parametrize("answer", FILLS.values(), ids=FILLS.keys())
async def test_what_fills_the_database_is_stopped(grade_sql, answer):
    graded = await grade_sql(f"CREATE TABLE big (body longtext); {answer}", limits=PATIENT)

    assert (graded.only.outcome, graded.report.limit_hit) == (Outcome.CRASHED, "mysql_bytes")


async def test_memory_is_bounded(grade_sql):
    graded = await grade_sql(
        """
        SET SESSION tmp_table_size = 4294967296; SET SESSION max_heap_table_size = 4294967296;
        SELECT count(*) FROM (SELECT DISTINCT seq, repeat('x', 500) AS a FROM seq_1_to_9000000) s
        """,
        limits=PATIENT,
    )

    assert (graded.only.outcome, graded.report.limit_hit) == (Outcome.CRASHED, "memory_bytes")


async def test_sessions_of_others_cannot_be_ended(grade_sql):
    graded = await grade_sql(
        "KILL USER checker; KILL HARD USER checker@localhost; SELECT 1",
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, mysql):
            with mysql.transaction():
                mysql.execute("INSERT INTO books VALUES (-1)")
                sql.run("answer.sql")
                assert mysql.value("SELECT count(*) FROM books WHERE id = -1") == 1
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_connections_are_bounded(grade):
    checks = """
    @check(task="t", objectives=["o"])
    def test_it(program, mysql):
        printed = program.run().stdout
        assert 3 <= int(printed) <= 12, printed
    """
    code = """
        import os, socket
        held = []
        for _ in range(40):
            connection = socket.create_connection(("127.0.0.1", 3306))
            if b"Too many" not in connection.recv(200):
                held.append(connection)
        print(len(held), end="")
    """
    graded = await grade(checks, code, services=("mysql",), limits=PATIENT)

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_a_session_that_ends_itself_is_the_learners(grade_sql):
    graded = await grade_sql("KILL CONNECTION_ID()")

    assert graded.only.outcome in {Outcome.CRASHED, Outcome.FAILED}
    assert graded.report.verdict is not Verdict.ENGINE_FAILED


async def test_a_view_in_the_place_of_a_table_is_found(grade_sql):
    graded = await grade_sql(
        "RENAME TABLE books TO hidden; CREATE VIEW books AS SELECT * FROM hidden WHERE id > 10;",
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, mysql):
            sql.run("answer.sql")
            assert mysql.value("SELECT count(*) FROM books WHERE id <= 10") == 0
        """,
    )

    assert graded.only.outcome is Outcome.FAILED
    assert graded.only.message.startswith("`books` is no longer a table")


async def test_a_rule_that_asks_who_writes_is_found(grade_sql):
    graded = await grade_sql(
        """
        DELIMITER //
        CREATE TRIGGER t BEFORE INSERT ON books FOR EACH ROW
        IF user() LIKE 'checker%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF //
        """,
        """
        @check(task="t", objectives=["o"])
        def test_it(sql, mysql):
            sql.run("answer.sql")
            assert not mysql.accepts("INSERT INTO books VALUES (-1)")
        """,
    )

    assert graded.only.outcome is Outcome.FAILED
    assert "refuses this from one user and accepts it from another" in graded.only.message
