"""Files of SQL run here as `psql -f` runs them: the same rows, refused alike, at the same place.

The real psql of the installation runs each file against a database of the same content, with
ON_ERROR_STOP, since nothing of a file runs after an error here. What differs on purpose has its
own tests in `test_postgres.py` and its lines in the authors' guide.
"""

import csv
import io
import os
import re
import subprocess
from dataclasses import replace

import psycopg
import pytest
from psycopg import conninfo

from milepost.embedded import find_postgres_binaries
from milepost.engine import Limits, Verdict

SHOP = """
CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL, price numeric(8, 2) CHECK (price > 0));
INSERT INTO books VALUES (1, 'Sand', 9.50), (2, 'Tide', 12), (3, 'Ash', NULL);
"""
CHECKS = """
from milepost.engine.checks.sql_values import show_sql

@check(task="t", objectives=["o"])
def test_it(sql):
    for number, variables in enumerate({variables!r}):
        run = sql.run(f"{{number}}.sql", may_fail=True, **variables)
        rows = [[show_sql(v) for v in row] for each in run.results for row in each.rows]
        at = run.error and (run.error.line_text.removesuffix(";"), run.error.column)
        error = run.error and [run.error.code, *at]
        note("ran", value={{"rows": rows, "error": error}})
"""
_PLAINLY = [
    *("-X", "-q", "-t", "--csv", "-P", "null=NULL"),
    *("-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"),
]
FILES = {
    "two statements": "SELECT 1; SELECT 2, 'two'",
    "nothing after the last semicolon": "SELECT title FROM books ORDER BY id;\n\n  \n",
    "semicolons in texts": "SELECT ';', 'it''s; so', \";\" FROM (SELECT 1 AS \";\") x; SELECT 2;",
    "empty statements": ";; SELECT 1;;\n;",
    "a byte order mark": "\ufeffSELECT 1 AS one;",
    "a byte order mark in the middle": "SELECT 1; \ufeffSELECT 2;",
    "comments to the end of a line": "-- SELECT 0;\nSELECT 1 -- ; SELECT 9;\n + 1; -- end",
    "comments in comments": "/* a /* b; */ c; */ SELECT /* d */ 1;",
    "a comment that is never closed": "SELECT 1;\n/* SELECT 2;\n",
    "a comment in a text": "SELECT '--', '/*', 1 /* */ ;",
    "a dash beside a minus": "SELECT 3 - -1, 3--1\n;",
    "carriage returns at ends of lines": "SELECT 1;\r\nSELECT 2 -- two\r\n + 3;\r\n",
    "lone carriage returns": "-- a\rSELECT 1;\rSELECT 2 -- b\r + 3;",
    "a text over two lines": "SELECT 'a\n;b', 'c'\n'd';",
    "escapes": r"SELECT E'a\'; b', E'\x41\n\u00e4', 'c\';",
    "escapes that go on in the next line": "SELECT E'a\\'b'\n'c\\'; d';",
    "prefixes of texts": r"SELECT U&'d\0061t', B'101', X'1F', N'n;', e'\t;';",
    "quoted names": 'SELECT 1 AS "a;b", 2 AS "c""d", 3 AS U&"d\\0061";',
    "dollar quotes": "SELECT $$a; 'b$$, $x$c; $$ d$x$, $ä_1$e$ä_1$;",
    "a dollar in a name": "SELECT 1 AS a$b$c; SELECT 2 AS d$$;",
    "dollar quotes that are never closed": "SELECT 1;\nSELECT $x$a; b",
    "a text that is never closed": "SELECT 1;\nSELECT 'a; b\n",
    "a bracket that is never closed": "SELECT 1;\nSELECT (1; SELECT 2;\n",
    "a bracket that was never opened": "SELECT 1); SELECT 2;",
    "brackets after one too many": ")(;);",
    "a rule with brackets": (
        "CREATE TABLE a (n int); CREATE TABLE b (n int); CREATE RULE r AS ON INSERT TO a"
        " DO ALSO (DELETE FROM b; INSERT INTO b VALUES (NEW.n)); INSERT INTO a VALUES (5);"
        " TABLE b; DROP TABLE a; DROP TABLE b;"
    ),
    "a body of SQL": (
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END;"
        " END; SELECT f(); DROP FUNCTION f();"
    ),
    "a body of PL/pgSQL": (
        "CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n RETURN 7; -- seven\nEND\n"
        "$$;\nSELECT g(); DROP FUNCTION g();"
    ),
    "a procedure": (
        "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC DELETE FROM books WHERE id = 99; END;"
        " CALL p();"
    ),
    "a name like a keyword": "SELECT 1 AS begin; SELECT 2 AS create;",
    "a loop without a name": "DO $do$ BEGIN PERFORM 1; END $do$; SELECT 1;",
    "slices of arrays": "SELECT (ARRAY[1,2,3])[2:3], (ARRAY[1,2,3])[:2], (ARRAY[1,2])[1:];",
    "slices between names": ("SELECT (ARRAY[4,5,6])[lo:hi] FROM (SELECT 1 AS lo, 2 AS hi) x;"),
    "casts": "SELECT '7'::int, 1::text || '::x', now()::date > '2020-01-01'::date;",
    "named arguments": "SELECT make_interval(days => 3), make_interval(hours := 2)",
    "variables": (
        "SELECT :n + 1, :'s', :\"c\" FROM books WHERE id = 1",
        {"n": 4, "s": "x'y", "c": "id"},
    ),
    "a variable beside signs": ("SELECT 1-:n, :n::text, :n*2;", {"n": 4}),
    "a negative variable": ("SELECT 1 - :n, :'n';", {"n": -4}),
    "a variable behind a minus": ("SELECT 1 -:n\n + 9;", {"n": -4}),
    "a variable in a text": (
        'SELECT \':n\', \':"n"\', $$:n$$, ":n" FROM (SELECT 1 AS ":n") x;',
        {"n": 4},
    ),
    "a variable in a comment": ("SELECT 1 -- :n\n; /* :n */ SELECT :n;", {"n": 4}),
    "a variable of several statements": ("SELECT 1, :all, 9;", {"all": "2; SELECT 3"}),
    "a variable in a variable": ("SELECT :outer;", {"outer": ":inner + 1", "inner": 41}),
    "a variable that names itself": ("SELECT :self;", {"self": "':' || :self"}),
    "a text without quotes": ("SELECT title FROM books WHERE title = :t;", {"t": "Tide"}),
    "a text with a backslash": ("SELECT :'t';", {"t": "a\\b'c"}),
    "a variable over lines": ("SELECT :'t'; SELECT nonsense;", {"t": "a\nb"}),
    "whether a variable is set": ("SELECT :{?n}, :{?m};", {"n": 4}),
    "a number as a variable": "SELECT :1;",
    "a variable that is not set": "SELECT 1;\nSELECT 2,\n  :nobody;",
    "a quoted variable that is not set": "SELECT :'nobody';",
    "a variable that differs in case": ("SELECT :N;", {"n": 4}),
    "an array of variables": ("SELECT (ARRAY[7,8,9])[:n::int:3];", {"n": 2}),
    "copied lines": (
        "CREATE TEMP TABLE c (a int, b text);\nCOPY c FROM stdin;\n1\tone;\n2\t\\N\n3\t'\n\\.\n"
        "SELECT * FROM c ORDER BY a;\n"
    ),
    "copied lines as CSV": (
        "CREATE TEMP TABLE c (a int, b text);\nCOPY c (b, a) FROM STDIN (FORMAT csv, HEADER);\n"
        'b,a\n"x; ""y""",1\n\\.\nTABLE c;\n'
    ),
    "a statement beside a copy": (
        "CREATE TEMP TABLE c (a int);\nCOPY c FROM stdin; SELECT count(*) FROM c;\n1\n2\n\\.\n"
        "SELECT max(a) FROM c;"
    ),
    "copied lines without an end": "CREATE TEMP TABLE c (a int);\nCOPY c FROM stdin;\n1\n2\n",
    "no copied lines": "CREATE TEMP TABLE c (a int);\nCOPY c FROM stdin;\n\\.\nTABLE c; SELECT 5;",
    "a copied line that is wrong": (
        "CREATE TEMP TABLE c (a int);\nCOPY c FROM stdin;\n1\nx\n\\.\nSELECT 1;"
    ),
    "an error in the middle": "SELECT 1;\nSELECT nonsense;\nSELECT 2;",
    "an error in a later line": "SELECT id,\n  title\nFORM books;",
    "an error behind other letters": "SELECT 'äöü', nonsense;",
    "an error of a constraint": "INSERT INTO books VALUES (4, 'Fen', -1); SELECT 1;",
    "an error at the end": "SELECT title FROM books WHERE",
    "a division by zero": "SELECT 1; SELECT 1 / 0; SELECT 2;",
    "a transaction": "BEGIN; UPDATE books SET price = 1 WHERE id = 3; COMMIT;"
    " SELECT price FROM books ORDER BY id;",
    "a transaction left open": "BEGIN;\nDELETE FROM books;\nSELECT count(*) FROM books;",
    "what an open transaction left": "SELECT count(*) FROM books;",
    "an error in a transaction": "BEGIN; DELETE FROM books; SELECT nonsense; COMMIT;",
    "what a failed transaction left": "SELECT count(*) FROM books;",
    "rows of a change": "UPDATE books SET price = 2 WHERE id = 1 RETURNING id, price, price > 1;",
    "values as psql shows them": (
        "SELECT true, NULL, 1.50, 2.0::float8, 1e20::float8, 1e15::float8, 0.00001::float8,"
        " 'NaN'::numeric, '-Infinity'::float8, 'a b ', ''::text, '\\x0aff'::bytea,"
        " '00000000-0000-0000-0000-00000000000a'::uuid, 1.5e10::numeric"
    ),
    "arrays as psql shows them": (
        "SELECT ARRAY[NULL, 1], ARRAY['a b', 'NULL', '', 'c,d', 'e\"f', 'g'], ARRAY[[1,2],[3,4]],"
        " ARRAY[true, NULL], '{}'::int[], ROW(1, NULL, 'a b', ''), ARRAY['2024-01-01'::date]"
    ),
    "days and times as psql shows them": (
        "SELECT '2024-02-29'::date, '2024-02-29 01:02:03.500'::timestamp, '2024-01-01'::timestamp,"
        " '2024-02-29 01:02:03.5+02'::timestamptz, '01:02:03.25'::time, '01:02+05:30'::timetz"
    ),
    "days beyond calendars": (
        "SELECT 'infinity'::date, '-infinity'::timestamp, '0044-03-15 BC'::date,"
        " '12024-01-01'::date, '24:00'::time, 'infinity'::timestamptz, '12024-01-01'::timestamp"
    ),
    "spans": (
        "SELECT '32 days'::interval, '1 mon'::interval, '-1 day +02:03'::interval, '0'::interval,"
        " '1 year 2 days 03:04:05.6'::interval, '300000 years'::interval"
    ),
    "documents and ranges": (
        "SELECT '{\"a\": [1, null]}'::jsonb, '[1, \"x\"]'::json, int4range(1, 5),"
        " 'empty'::int4range, daterange('2024-01-01', NULL), '{[1,3),[5,7)}'::int4multirange,"
        " numrange(NULL, 1.5, '[]')"
    ),
    "other types": "SELECT '10.0.0.1'::inet, 'a'::char(3), '(1,2)'::point, B'1', 'x'::name, 5::oid",
}


_PART = 25  # a check keeps no more than 200 pieces of evidence
PARTS = [list(FILES)[start : start + _PART] for start in range(0, len(FILES), _PART)]


@pytest.fixture(scope="module")
def psql():
    """The program itself: it comes with the server that is used everywhere here."""
    folders = [each.folder for each in find_postgres_binaries()]
    return next(folder / "psql" for folder in folders if (folder / "psql").is_file())


def read_file(given) -> tuple[str, dict]:
    return given if isinstance(given, tuple) else (given, {})


def run_psql(psql, dsn: str, file, variables) -> dict:
    """Run a file with psql; return all rows that it printed, and its first error."""
    settings = [f"--set={name}={value}" for name, value in variables.items()]
    ran = subprocess.run(
        [psql, *_PLAINLY, *settings, "-d", dsn, "-f", file],
        capture_output=True,
        check=False,
        env={**os.environ, "PGTZ": "UTC", "PGCLIENTENCODING": "UTF8", "LC_ALL": "C.UTF-8"},
    )
    rows = list(csv.reader(io.StringIO(ran.stdout.decode(), newline="")))
    return {"rows": rows, "error": read_error(ran.stderr.decode())}


def read_error(said: str) -> list | None:
    """Read the code of psql's first error, the line that it shows, and the place of its mark."""
    code = re.search(r"ERROR:  (\w{5}):", said)
    if code is None:
        return None
    place = re.search(r"^(LINE \d+: )(.*)\n( *)\^", said, re.MULTILINE)
    if place is None:
        return [code[1], None, None]
    # psql shows the semicolon at the end too, which is no part of a statement here.
    return [code[1], place[2].removesuffix(";"), len(place[3]) - len(place[1]) + 1]


@pytest.mark.parametrize("names", PARTS, ids=[part[0] for part in PARTS])
async def test_files_give_the_same_rows_and_are_refused_alike(
    postgres, psql, engine, make_request, tmp_path, names
):
    files = [read_file(FILES[name]) for name in names]
    request = make_request(
        CHECKS.format(variables=[variables for _, variables in files]),
        stack="sql",
        data={"shop.sql": SHOP},
        limits=Limits(wall_seconds=120, run_seconds=60),
    )
    texts = {f"{number}.sql": text.encode() for number, (text, _) in enumerate(files)}
    events = [event async for event in engine.grade(replace(request, files=texts))]
    (check,) = events[-1].report.checks
    assert events[-1].report.verdict is Verdict.PASSED, (check.message, check.detail)
    ours = [each.request["value"] for each in check.evidence if each.title == "ran"]

    name = f"as_psql_{os.getpid()}"
    postgres.create_empty(name)
    dsn = conninfo.make_conninfo(postgres.dsn, dbname=name)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SHOP)
    theirs = []
    for number, (text, variables) in enumerate(files):
        file = tmp_path / f"{number}.sql"
        file.write_bytes(text.encode())
        theirs.append(run_psql(psql, dsn, file, variables))
    postgres.drop(name)

    different = {
        title: {"here": here, "psql": there}
        for title, here, there in zip(names, ours, theirs, strict=True)
        if not are_alike(here, there)
    }
    assert different == {}


def are_alike(here: dict, there: dict) -> bool:
    """Compare the rows, the code, and the place where psql names one."""
    if here["error"] is None or there["error"] is None or there["error"][2] is None:
        codes = [error and error[0] for error in (here["error"], there["error"])]
        return here["rows"] == there["rows"] and codes[0] == codes[1]
    return here == there
