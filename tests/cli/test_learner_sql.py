"""Statements in a lab's database from a terminal: what is printed, and what is refused how.

What real databases return is tried in `tests/worker/test_consoles.py`.
"""

import asyncio

import pytest

from fakes.grader import FakeGrader, failed, passed
from milepost.engine.evidence.remarks import Note
from milepost.engine.evidence.sql import (
    PLAN_AS_TEXT,
    Refused,
    SqlStatement,
    StatementResult,
    StatementText,
)
from milepost.engine.evidence.tables import TITLE, Column, ForeignKey, Table, Tables
from milepost.engine.serialize import to_json

JAMS = Table(
    "jams",
    (
        Column("id", "integer", is_nullable=False, is_key=True, is_unique=True),
        Column("label", "text", is_nullable=False, is_unique=True),
        Column("grower_id", "integer", is_nullable=True),
    ),
    (ForeignKey(("grower_id",), "growers", ("id",)),),
    (("label", "grower_id"),),
    left_out_columns=3,
    row_count=1200,
)
TOLD = Note(title=TITLE, request=to_json(Tables((JAMS,), left_out=2).to_values()))


def ran(sql, response):
    request = StatementText(sql=sql, file="console.sql", line=1)
    return SqlStatement(title=sql, request=request, response=response)


ROWS = ran("SELECT label FROM jams", StatementResult(("label",), (("Plum",), (None,)), 2))
REFUSED = ran("SELEC 1", Refused('syntax error at or near "SELEC"', "   1 | SELEC 1"))


@pytest.fixture
async def ask(terminal, live_server, make, queue):
    """Runs `milepost sql` for a lab with PostgreSQL, with a worker that finds this evidence."""
    await make.lab("jams", services=("postgres",))
    await make.lab("plain")
    terminal.log_in(live_server, await make.learner())

    async def ask(*arguments, evidence=(), written=None, how=passed):
        name = "test_it_is_planned" if "--plan" in arguments else "test_it_runs"
        grader = FakeGrader(how(name, evidence=evidence))
        async with queue.working(grader):
            process = await terminal.start("sql", *arguments, stdin=asyncio.subprocess.PIPE)
            out, err = await asyncio.wait_for(process.communicate(written or b""), 60)
        return process.returncode, out.decode(), " ".join(err.decode().split()), grader

    return ask


async def test_without_a_statement_the_tables_are_listed(ask):
    code, out, err, grader = await ask("jams", evidence=(TOLD,))

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "jams  1,200 rows",
        "  id         integer  primary key",
        "  label      text     unique",
        "  grower_id  integer  may be NULL, to growers (id)",
        "  unique together: label, grower_id",
        "  3 more columns are not listed",
        "2 more tables are not listed.",
    ]
    assert grader.requests[0].files == {"console.sql": b""}


async def test_a_statement_is_run_from_the_argument_or_from_a_file(ask):
    given = await ask("jams", "SELECT label FROM jams", evidence=(ROWS, TOLD))
    piped = await ask("jams", written="SELECT 'Sló'".encode(), evidence=(ROWS, TOLD))

    assert given[:3] == (0, "label\nPlum\nNULL\n", "")
    assert given[3].requests[0].files == {"console.sql": b"SELECT label FROM jams"}
    assert piped[3].requests[0].files == {"console.sql": "SELECT 'Sló'".encode()}


async def test_a_plan_is_asked_for_and_printed_whole(ask):
    lines = "\n".join(f"Line {n}" for n in range(60))
    note = Note(title=PLAN_AS_TEXT, request={"plan": lines})
    code, out, _, grader = await ask("jams", "SELECT 1", "--plan", evidence=(ROWS, note, TOLD))

    assert (code, out) == (0, f"{lines}\n")
    assert grader.requests[0].only == ("test_it_is_planned",)


async def test_what_the_database_refuses_ends_with_1_and_says_where(ask):
    code, out, err, _ = await ask("jams", "SELEC 1", evidence=(REFUSED, TOLD))

    assert (code, out) == (1, "")
    assert err == (
        "PostgreSQL refused a statement, and nothing after it ran. "
        'syntax error at or near "SELEC" 1 | SELEC 1'
    )


async def test_a_limit_ends_with_1_and_says_which(ask):
    code, _, err, _ = await ask("jams", "SELECT 1; SELECT 2", "--plan", how=failed)

    assert code == 1
    assert err


async def test_scripts_get_rows_and_tables(ask):
    code, out, _, _ = await ask("jams", "SELECT label FROM jams", "--json", evidence=(ROWS, TOLD))

    assert code == 0
    assert '"ending": "exited"' in out
    assert '"row_count": 1200' in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("jam",), "There is no lab called 'jam'"),
        (("plain",), "plain has no database. Labs that have one: jams."),
        (("jams", " "), "There is no statement to run."),
        (("jams", "--plan"), "There is no statement to run."),
        (("jams", "x" * 65_537), "That is more than the 65,536 bytes that a console takes."),
        (("jams", "SELECT 1", "--stack", "mysql"), "Choose one of: sql."),
    ],
    ids=["unknown", "none", "empty", "no plan", "large", "stack"],
)
async def test_what_can_not_be_run_is_refused_with_a_sentence(ask, arguments, words):
    code, out, err, grader = await ask(*arguments)

    assert (code, out) == (2, "")
    assert words in err
    assert grader.requests == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (b"SELECT '\xff'", "The statements are not UTF-8 text."),
        (b"-" * 1_000_000, "more than the 65,536 bytes"),
        (b"SELECT '\0'", "NUL"),
    ],
)
async def test_a_file_that_is_no_sql_is_refused_with_a_sentence(ask, written, words):
    code, _, err, _ = await ask("jams", written=written)

    assert code == 2
    assert words in err


async def test_without_a_login_or_a_server_the_terminal_says_what_to_do(terminal, make):
    nobody = await terminal.run("sql", "jams")
    terminal.log_in("http://127.0.0.1:9", await make.learner())
    nowhere = await terminal.run("sql", "jams")

    assert nobody.exit_code == 2
    assert "Run `milepost login` first." in " ".join(nobody.err.split())
    assert nowhere.exit_code != 0
    assert "does not answer at http://127.0.0.1:9" in " ".join(nowhere.err.split())
