"""Files of SQL cut into statements: what ends one, what only seems to, and where things are."""

import pytest

from milepost.engine.checks.sql_text import Statement, UnknownVariable, split_statements


def texts(sql, **variables):
    return [statement.text for statement in split_statements(sql, variables)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ';'",
        "SELECT 'it''s; one'",
        r"SELECT E'a\'; b'",
        'SELECT 1 AS "a;b"',
        "SELECT $$a; b$$",
        "SELECT $x$a; $$; b$x$",
        "SELECT 1 /* a; /* b; */ c; */ + 1",
        "SELECT 1 -- a; b\n + 1",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END",
        "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC DELETE FROM a; DELETE FROM b; END",
        "SELECT price::int, a[1:2] FROM t",
        "DO $body$ BEGIN PERFORM 1; END $body$",
    ],
)
def test_semicolons_inside_end_nothing(statement):
    assert texts(f"{statement};\n;; {statement} ;") == [statement, statement.rstrip()]


def test_begin_outside_a_function_is_a_statement():
    assert texts("BEGIN; SELECT 1; END;") == ["BEGIN", "SELECT 1", "END"]


@pytest.mark.parametrize("nothing", ["", "  \n", ";;", "-- only words", "/* a", "/* a */ ;"])
def test_comments_are_no_statements(nothing):
    assert texts(nothing) == []


@pytest.mark.parametrize(
    "broken", ["SELECT 'a; b", 'SELECT "a; b', "SELECT $$a; b", "SELECT (1; 2"]
)
def test_what_is_never_closed_reaches_to_the_end(broken):
    assert texts(broken) == [broken]


def test_variables_are_quoted_as_values():
    found = texts(
        "SELECT :number, :'name', :\"column\", :gone",
        number=5,
        name="O'Hara",
        column='a"b',
        gone=None,
    )

    assert found == ["SELECT 5, 'O''Hara', \"a\"\"b\", NULL"]
    assert texts("SELECT :word", word="'); DROP TABLE x; --") == ["SELECT '''); DROP TABLE x; --'"]
    assert texts("SELECT ':name', '12:30', now()::date", name="x") == [
        "SELECT ':name', '12:30', now()::date"
    ]


def test_unknown_variable_is_named():
    with pytest.raises(UnknownVariable, match="nobody"):
        texts("SELECT :nobody")


def test_lines_and_columns_are_those_of_the_file():
    first, second = split_statements("-- a\n\nSELECT 1;\n\n  SELECT\n    nonsense;", {})

    assert (first.line, second.line) == (3, 5)
    assert second.locate(second.text.index("nonsense") + 1) == (6, 5, "    nonsense")
    assert Statement("SELECT ä, b", 1).locate(11) == (1, 11, "SELECT ä, b")
