"""Files of SQL cut into statements: what ends one, what only seems to, and where things are."""

import pytest

from milepost.engine.backing.postgres.sql_text import CommandRefused, Statement, split_statements


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


@pytest.mark.parametrize("nothing", ["", "  \n", ";;", "-- only words", "/* a */ ;"])
def test_comments_are_no_statements(nothing):
    assert texts(nothing) == []


@pytest.mark.parametrize(
    "broken",
    ["SELECT 'a; b", 'SELECT "a; b', "SELECT $$a; b", "SELECT (1; 2", "/* a; b", "/* a /* b; */"],
)
def test_what_is_never_closed_reaches_to_the_end(broken):
    assert texts(broken) == [broken]


def test_variables_stand_for_what_psql_puts_in_their_place():
    found = texts(
        "SELECT :number, :'name', :\"column\", :gone, :{?gone}, :{?other}",
        number=5,
        name="O'Hara",
        column='a"b',
        gone=None,
    )

    assert found == ["SELECT 5, 'O''Hara', \"a\"\"b\", NULL, TRUE, FALSE"]
    assert texts("SELECT :word; :two", word="a; b", two="SELECT :word") == [
        "SELECT a",
        "b",
        "SELECT a",
        "b",
    ]
    assert texts("SELECT :word", word=":word") == ["SELECT :word"]
    assert texts("SELECT ':name', '12:30', now()::date", name="x") == [
        "SELECT ':name', '12:30', now()::date"
    ]


def test_variable_that_nobody_set_stays_as_it_is_and_is_remembered():
    (statement,) = split_statements("SELECT (ARRAY[0, 1])[lo:hi], :'nobody'", {})

    assert statement.text == "SELECT (ARRAY[0, 1])[lo:hi], :'nobody'"
    assert statement.unset == {24: "hi", 30: "nobody"}


def test_command_of_psql_is_named_with_its_line():
    with pytest.raises(CommandRefused) as refused:
        texts("SELECT 1;\n\\timing on\nSELECT 2;")

    assert (refused.value.command, refused.value.line) == ("\\timing", 2)


def test_lines_after_a_copy_are_its_data():
    copy = "COPY t (a, b) FROM stdin; SELECT 1;\n1\t;\n2\t'\n\\.\nSELECT\n 2;"
    first, second, third = split_statements(copy, {})

    assert (first.text, first.data) == ("COPY t (a, b) FROM stdin", "1\t;\n2\t'\n")
    assert (second.text, second.line) == ("SELECT 1", 1)
    assert (third.text, third.line) == ("SELECT\n 2", 5)


def test_mark_of_byte_order_is_no_part_of_a_file():
    assert texts("\ufeffSELECT 1") == ["SELECT 1"]


def test_carriage_return_ends_a_line_and_a_comment():
    first, second = split_statements("-- a\rSELECT 1;\r\n\r\nSELECT\r  x", {})

    assert (first.text, first.line) == ("SELECT 1", 2)
    assert second.line == 4
    assert second.locate(second.text.index("x") + 1) == (5, 3, "  x")


def test_lines_and_columns_are_those_of_the_file():
    first, second = split_statements("-- a\n\nSELECT 1;\n\n  SELECT\n    nonsense;", {})

    assert (first.line, second.line) == (3, 5)
    assert second.locate(second.text.index("nonsense") + 1) == (6, 5, "    nonsense")
    assert Statement("SELECT ä, b", 1).locate(11) == (1, 11, "SELECT ä, b")
