"""Statements are run in a copy of a lab's database, by the real engine, and its tables are told."""

import re

import pytest

from browser import shipped
from factories.content import CheckDraft
from milepost.engine import Engine
from milepost.examples import queries, service
from milepost.examples.types import Ending

pytestmark = pytest.mark.needs_isolated_tier

SCHEMA = """
CREATE TABLE growers (id integer PRIMARY KEY, name varchar(20) NOT NULL UNIQUE);
CREATE TABLE jams (
    label varchar(20) NOT NULL, batch integer NOT NULL, grower_id integer,
    weight numeric(6, 2), PRIMARY KEY (label, batch), UNIQUE (label, weight),
    FOREIGN KEY (grower_id) REFERENCES growers (id)
);
CREATE TABLE lids (
    label varchar(20), batch integer,
    FOREIGN KEY (label, batch) REFERENCES jams (label, batch)
);
"""
SEED = """
def seed(connection, random):
    for number in range(1, 5):
        values = [number, f"Grower {random.random():.6f}"]
        connection.execute("INSERT INTO growers VALUES (%s, %s)", values)
"""
HIDDEN = CheckDraft(
    name="test_secret", hidden=True, fixtures="database", body="assert False, 'A secret'"
)


@pytest.fixture
def make_jams(make):
    """Makes a lab on jams with these services; its own checks would fail."""

    async def make_jams(*services, folder=False):
        await make.path()
        await make.lab("jams", services=services, checks=(HIDDEN, CheckDraft()))
        home = make.content_dir / "tiny" / "1-basics" / "labs" / "jams"
        (home / "data").mkdir()
        (home / "data" / "schema.sql").write_text(SCHEMA)
        checks = home / "checks.py"
        if folder:
            (home / "checks").mkdir()
            (home / "checks" / "support.py").write_text(SEED)
            checks.rename(home / "checks" / "all.py")
        else:
            checks.write_text(checks.read_text() + SEED)
        report = await make.published()
        assert not report.skipped

    return make_jams


@pytest.fixture
def ask(database, make):
    """Asks for a run, each as a learner of its own, and returns how to read what came of it."""

    async def ask(code, *, lab="jams", **options):
        learner = await make.learner()
        async with database.transaction() as session:
            run = await service.request_lab_run(
                session, learner.actor, lab=lab, language="sql", code=code, **options
            )

        async def read():
            async with database.transaction() as session:
                return (await queries.get_run(session, learner.actor, run.id)).result

        return read

    return ask


def table(result, name):
    return next(each for each in result.tables.listed if each.name == name)


@pytest.mark.parametrize("service_name", ["postgres", "mysql"])
async def test_the_catalog_tells_tables_keys_and_rows(
    make_jams, ask, queue, tmp_path, service_name
):
    await make_jams(service_name, folder=service_name == "mysql")
    nothing = await ask("")

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    result = await nothing()
    assert (result.ending, result.message, result.stdout) == (Ending.EXITED, "", "")
    assert [each.name for each in result.tables.listed] == ["growers", "jams", "lids"]
    assert [each.row_count for each in result.tables.listed] == [4, 0, 0]
    growers, jams = table(result, "growers"), table(result, "jams")
    assert [(c.name, c.is_nullable, c.is_key, c.is_unique) for c in growers.columns] == [
        ("id", False, True, True),
        ("name", False, False, True),
    ]
    assert re.fullmatch(r"(character varying|varchar)\(20\)", growers.columns[1].type)
    assert [c.name for c in jams.columns if c.is_key] == ["label", "batch"]
    assert [c.name for c in jams.columns if c.is_unique] == []
    assert jams.unique == (("label", "weight"),)
    [key] = jams.foreign_keys
    assert (key.columns, key.table, key.references) == (("grower_id",), "growers", ("id",))
    [key] = table(result, "lids").foreign_keys
    assert (key.columns, key.references) == (("label", "batch"), ("label", "batch"))


@pytest.mark.parametrize(
    ("service_name", "name"), [("postgres", "PostgreSQL"), ("mysql", "MariaDB")]
)
async def test_statements_change_a_copy_that_nobody_sees_again(
    make_jams, ask, queue, tmp_path, service_name, name
):
    await make_jams(service_name)
    changes = await ask(
        "CREATE TABLE crates (id integer PRIMARY KEY, label varchar(9));\n"
        "DELETE FROM growers WHERE id > 1;\nSELECT count(*) AS n FROM growers;\n"
    )
    refused = await ask("SELECT 1 AS one;\nSELECT * FROM lidz;\nSELECT 2;\n")
    first = await ask("SELECT name FROM growers ORDER BY id")
    again = await ask("SELECT name FROM growers ORDER BY id")

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    result = await changes()
    assert result.ending is Ending.EXITED
    assert result.stdout == "CREATE TABLE\nDELETE 3\nn\n1"
    assert table(result, "growers").row_count == 1
    assert [c.name for c in table(result, "crates").columns] == ["id", "label"]
    result = await refused()
    assert (result.ending, result.stdout) == (Ending.REFUSED, "one\n1")
    assert result.message == f"{name} refused a statement, and nothing after it ran."
    assert "2 | SELECT * FROM lidz" in result.stderr
    assert [each.name for each in result.tables.listed] == ["growers", "jams", "lids"]
    result = await first()
    assert len(result.stdout.splitlines()) == 5
    assert result.stdout == (await again()).stdout


@pytest.mark.parametrize(
    ("service_name", "words"),
    [("postgres", ("Seq Scan on growers", "Buffers:")), ("mysql", ('"r_rows": 4', '"growers"'))],
)
async def test_one_statement_has_a_plan(make_jams, ask, queue, tmp_path, service_name, words):
    await make_jams(service_name)
    plan = await ask("SELECT * FROM growers", shows_plan=True)
    several = await ask("SELECT 1; SELECT 2", shows_plan=True)
    none = await ask("CREATE TABLE crates (id integer)", shows_plan=True)

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    result = await plan()
    assert (result.ending, result.is_cut) == (Ending.EXITED, False)
    assert all(word in result.stdout for word in words), result.stdout
    assert table(result, "growers").row_count == 4
    result = await several()
    assert result.ending is Ending.STOPPED
    assert result.message.startswith("A plan is of one statement, and here are 2.")
    result = await none()
    assert result.ending is Ending.REFUSED
    assert "have plans" in result.message
    assert result.stdout == ""


async def test_a_lab_on_both_databases_takes_the_choice(make_jams, ask, queue, tmp_path):
    await make_jams("postgres", "mysql")
    first = await ask("SELECT version() AS v")
    chosen = await ask("SELECT version() AS v", stack="mysql")

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    assert "PostgreSQL" in (await first()).stdout
    assert "MariaDB" in (await chosen()).stdout


async def test_what_is_hidden_from_others_and_what_is_too_much_is_told(
    make_jams, ask, queue, tmp_path
):
    await make_jams("postgres")
    columns = ", ".join(f"c{n} integer" for n in range(70))
    many = "".join(f"CREATE TABLE t{n:03} (id integer);\n" for n in range(45))
    crowded = await ask(f"{many}CREATE TABLE a_wide_one ({columns});\n")
    veiled = await ask(
        "ALTER TABLE growers ENABLE ROW LEVEL SECURITY;\n"
        "ALTER TABLE growers FORCE ROW LEVEL SECURITY;"
    )
    masked = await ask(
        "CREATE FUNCTION format_type(oid, integer) RETURNS text LANGUAGE sql\n"
        "AS $$ SELECT 'mine' $$;\n"
        "CREATE VIEW pg_class AS SELECT 1 AS oid;"
    )

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    result = await crowded()
    assert (len(result.tables.listed), result.tables.left_out) == (40, 9)
    wide = table(result, "a_wide_one")
    assert (len(wide.columns), wide.left_out_columns) == (60, 10)
    result = await veiled()
    assert table(result, "growers").row_count is None
    assert table(result, "jams").row_count == 0
    result = await masked()
    assert table(result, "growers").columns[0].type == "integer"


async def test_the_shipped_bookshop_is_filled(database, ask, queue, tmp_path):
    await shipped.publish(database)
    shop = await ask("SELECT count(*) AS orders FROM orders;\n\\d books\n", lab="bookshop")
    look = await ask("SELECT count(*) AS orders FROM orders", lab="bookshop")

    async with Engine(runtime_dir=tmp_path) as engine:
        await queue.work(engine)

    result = await shop()
    assert result.ending is Ending.STOPPED
    assert "a command of psql's own" in result.message
    result = await look()
    assert result.stdout == "orders\n50000"
    assert table(result, "orders").row_count == 50_000
    assert {key.table for key in table(result, "order_lines").foreign_keys} == {"orders", "books"}
