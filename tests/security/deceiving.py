"""Deceiving: SQL that leaves things undone and has the database tell the check otherwise.

What a check writes sets learner code off: triggers, defaults, rules, functions of constraints. None
of it may reach the session in which the check reads, and what must be a table is one.
"""

from security.case import Case, failed
from security.labs import SMALL, SQL_REMOVE, Lab

_BOOKS = "CREATE TABLE books (id int PRIMARY KEY, title varchar(40) NOT NULL, year int NOT NULL);"
SQL_GUARD = Lab(
    kind="sql",
    checks='''
        def seed(connection, random):
            books = [(n, f"Book {random.randrange(10**6)}", 1900 + n % 100) for n in range(1, 201)]
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO books VALUES (%s, %s, %s)", books)

        @check(task="guard", objectives=["o"])
        def test_guarded(sql, postgres):
            """Books from after 2030 are refused, and no others"""
            sql.run("guard.sql")
            late = "INSERT INTO books VALUES (900, 'Late', 2031)"
            assert not postgres.accepts(late), "A book from 2031 must be refused"
            right = "INSERT INTO books VALUES (900, 'New', 1999)"
            assert postgres.accepts(right), "A book from 1999 must be accepted"

        @check(task="guard", objectives=["o"])
        def test_kept(sql, postgres):
            """What is written is kept"""
            sql.run("guard.sql")
            postgres.execute("INSERT INTO books (id, title, year) VALUES (901, 'New', 1999)")
            found = postgres.rows("SELECT title, year FROM books WHERE id > 900")
            assert found == [("New", 1999)], "A new book must be on the shelf"

        @check(task="guard", objectives=["o"])
        def test_changed(sql, postgres):
            """What is changed together is changed"""
            sql.run("guard.sql")
            with postgres.transaction():
                changed = postgres.execute("UPDATE books SET title = 'Other' WHERE id = 7")
                assert changed == 1, "One book must be changed"
                found = postgres.value("SELECT title FROM books WHERE id = 7")
                assert found == "Other", "The change must be seen at once"
        ''',
    honest={"sql": {"guard.sql": "ALTER TABLE books ADD CHECK (year <= 2030)"}},
    data={"books.sql": _BOOKS},
    limits=SMALL,
    services=("postgres",),
)
GUARD = "ALTER TABLE books ADD CHECK (year <= 2030);\n"
# What a learner's function would do in the check's session, if the check then read in it.
_PRETEND = (
    "CREATE TEMP TABLE IF NOT EXISTS books (id, title, year)"
    " AS SELECT 901, 'New'::varchar, 1999 WHERE current_query() LIKE '%(901%'"
)
_VIEW = "CREATE OR REPLACE TEMP VIEW books AS SELECT 901 AS id, 'New'::text AS title, 1999 AS year"
_AS_FUNCTION = (
    "CREATE FUNCTION lie({arguments}) RETURNS {type} LANGUAGE plpgsql AS $$ BEGIN {body} END $$;\n"
)


def function(body: str, *, arguments: str = "", returns: str = "trigger") -> str:
    """Write a function of the learner's."""
    return _AS_FUNCTION.format(arguments=arguments, type=returns, body=body)


BEFORE = "CREATE TRIGGER t BEFORE INSERT ON books FOR EACH ROW EXECUTE FUNCTION lie()"
AFTER = "CREATE TRIGGER t AFTER INSERT ON books FOR EACH ROW EXECUTE FUNCTION lie()"
DEFERRED = (
    "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON books DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION lie()"
)
GONE = "DELETE FROM books WHERE id = 901"
NOT_KEPT = failed("test_kept", "A new book must be on the shelf")
IN_THE_SESSION = tuple(
    Case(
        f"pretends to keep what is written, by {what}",
        SQL_GUARD,
        stack="sql",
        cheat={"guard.sql": GUARD + cheat},
        twin={"guard.sql": GUARD + twin},
        caught=NOT_KEPT,
    )
    for what, cheat, twin in (
        (
            "a temporary table that a trigger makes",
            function(f"{_PRETEND}; {GONE.replace('books', 'public.books')}; RETURN NULL;") + AFTER,
            function("CREATE TEMP TABLE IF NOT EXISTS seen (id int); RETURN NULL;") + AFTER,
        ),
        (
            "a temporary view that a deferred trigger makes",
            function(f"{_VIEW}; {GONE.replace('books', 'public.books')}; RETURN NULL;") + DEFERRED,
            function("RETURN NULL;") + DEFERRED,
        ),
        (
            "a temporary table that a default makes, and a rule",
            function(f"{_PRETEND}; RETURN 1;", returns="int")
            + "ALTER TABLE books ADD lied int; ALTER TABLE books ALTER lied SET DEFAULT lie();"
            "CREATE RULE r AS ON INSERT TO books DO ALSO DELETE FROM books b WHERE b.id = 901",
            function("RETURN 1;", returns="int")
            + "ALTER TABLE books ADD lied int; ALTER TABLE books ALTER lied SET DEFAULT lie();"
            "CREATE TABLE notes (id int);"
            "CREATE RULE r AS ON INSERT TO books DO ALSO INSERT INTO notes VALUES (NEW.id)",
        ),
        (
            "a search path that a function of a constraint sets",
            function(
                f"{_PRETEND}; PERFORM set_config('search_path', 'pg_temp, public', false);"
                " RETURN true;",
                arguments="int",
                returns="bool",
            )
            + "ALTER TABLE books ADD CHECK (lie(id)); RESET search_path;"
            "CREATE FUNCTION drop_row() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {GONE.replace('books', 'public.books')}; RETURN NULL; END $$;"
            "CREATE TRIGGER t AFTER INSERT ON public.books FOR EACH ROW EXECUTE FUNCTION drop_row()",
            function("RETURN true;", arguments="int", returns="bool")
            + "ALTER TABLE books ADD CHECK (lie(id))",
        ),
    )
)
IN_THE_TRANSACTION = tuple(
    Case(
        f"changes the session of an open transaction by {what}",
        SQL_GUARD,
        stack="sql",
        cheat={"guard.sql": GUARD + function(f"{cheat}; RETURN NEW;") + changes},
        twin={"guard.sql": GUARD + function(f"{twin}; RETURN NEW;") + changes},
        caught=failed("test_changed", f"While the check wrote, code of yours {says}"),
    )
    for changes in (BEFORE.replace("INSERT", "UPDATE"),)
    for what, cheat, twin, says in (
        (
            "a temporary table",
            "CREATE TEMP TABLE books AS SELECT 7 AS id, 'Other'::text AS title",
            "CREATE TEMP TABLE seen AS SELECT 7 AS id; DROP TABLE seen",
            "made the temporary `books`",
        ),
        (
            "a search path",
            "PERFORM set_config('search_path', 'pg_temp, pg_catalog', false)",
            "PERFORM current_setting('search_path')",
            "changed the check's own session",
        ),
    )
)
TWO_FACED = tuple(
    Case(
        f"refuses wrong rows {what}",
        SQL_GUARD,
        stack="sql",
        cheat={
            "guard.sql": function(
                f"IF NEW.year > 2030 AND {condition} THEN RAISE EXCEPTION 'too late'; END IF;"
                " RETURN NEW;"
            )
            + BEFORE
        },
        twin={
            "guard.sql": function(
                "IF NEW.year > 2030 THEN RAISE EXCEPTION '% is too late for %', NEW.year,"
                " current_user; END IF; RETURN NEW;"
            )
            + f"{BEFORE} -- {what}"
        },
        caught=failed("test_guarded", "Your database refuses this from one role and accepts it"),
    )
    for what, condition in (
        (
            "only of others than the tables' owner",
            "current_user <> (SELECT tableowner FROM pg_tables WHERE tablename = 'books')",
        ),
        (
            "only of sessions that the owner did not open",
            "session_user <> (SELECT tableowner FROM pg_tables WHERE tablename = 'books')",
        ),
        (
            "only of the tables' owner",
            "current_user = (SELECT tableowner FROM pg_tables WHERE tablename = 'books')",
        ),
    )
)
LATE = (
    Case(
        "refuses everything when the transaction ends",
        SQL_GUARD,
        stack="sql",
        cheat={"guard.sql": function("RAISE EXCEPTION 'no more books';") + DEFERRED},
        twin={
            "guard.sql": function(
                "IF NEW.year > 2030 THEN RAISE EXCEPTION 'too late'; END IF; RETURN NULL;"
            )
            + DEFERRED
        },
        caught=failed("test_guarded", "A book from 1999 must be accepted"),
    ),
)
RULES = (
    Case(
        "has a rule keep elsewhere what the check writes",
        SQL_GUARD,
        stack="sql",
        cheat={
            "guard.sql": GUARD + "CREATE TABLE sink (LIKE books INCLUDING CONSTRAINTS);"
            "CREATE RULE r AS ON INSERT TO books DO INSTEAD INSERT INTO sink VALUES (NEW.*)"
        },
        twin={
            "guard.sql": GUARD + "CREATE TABLE sink (LIKE books INCLUDING CONSTRAINTS);"
            "CREATE RULE r AS ON INSERT TO books DO ALSO INSERT INTO sink VALUES (NEW.*)"
        },
        caught=failed(
            "test_guarded", "The rule `r` does something else instead of what is written"
        ),
    ),
)
_KEPT_ASIDE = "ALTER TABLE books RENAME TO all_books;"
NO_TABLE = tuple(
    Case(
        f"puts {what} in the place of a table",
        SQL_REMOVE,
        stack="sql",
        cheat={"remove.sql": f"{_KEPT_ASIDE} {cheat}"},
        twin={
            "remove.sql": f"DELETE FROM books WHERE year < 1950; {_KEPT_ASIDE}"
            " CREATE TABLE books (LIKE all_books); INSERT INTO books SELECT * FROM all_books;"
            f" {cheat.replace('books AS', 'old_books AS')}"
        },
        caught=failed("test_removed", f"`books` is no longer a table: there is {what}"),
    )
    for what, cheat in (
        ("a view", "CREATE VIEW books AS SELECT * FROM all_books WHERE year >= 1950"),
        (
            "a materialized view",
            "CREATE MATERIALIZED VIEW books AS SELECT * FROM all_books WHERE year >= 1950",
        ),
    )
)
MEANINGS = (
    Case(
        "has a cast of its own turn old years into new ones",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "CREATE TYPE year_of AS (y int);"
                "CREATE FUNCTION young(year_of) RETURNS int LANGUAGE sql AS 'SELECT 2000';"
                "CREATE CAST (year_of AS int) WITH FUNCTION young(year_of) AS IMPLICIT;"
                "ALTER TABLE books ALTER year TYPE year_of USING ROW(year)::year_of"
            )
        },
        twin={
            "remove.sql": (
                "CREATE TYPE year_of AS (y int);"
                "CREATE FUNCTION young(year_of) RETURNS int LANGUAGE sql AS 'SELECT 2000';"
                "DELETE FROM books WHERE year < 1950"
            )
        },
        caught=failed("test_removed", "Your SQL defines a cast from `year_of` to `integer`"),
    ),
    Case(
        "has a function stand for a column",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "ALTER TABLE books RENAME COLUMN title TO name;"
                "CREATE FUNCTION title(books) RETURNS text LANGUAGE sql AS 'SELECT ''New'''"
            )
        },
        twin={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "CREATE FUNCTION label(books) RETURNS text LANGUAGE sql AS 'SELECT ''New'''"
            )
        },
        caught=failed("test_removed", "Your SQL defines the function `title` over rows"),
    ),
    Case(
        "has its role find other tables first",
        SQL_GUARD,
        stack="sql",
        cheat={
            "guard.sql": (
                "ALTER ROLE CURRENT_USER SET search_path = pg_temp, pg_catalog;"
                + function("RAISE EXCEPTION 'too late';")
                + BEFORE
            )
        },
        twin={"guard.sql": f"ALTER ROLE CURRENT_USER SET search_path = pg_catalog; {GUARD}"},
        caught=failed("test_guarded", "A book from 1999 must be accepted"),
    ),
    Case(
        "has an index run code whenever the check reads",
        SQL_GUARD,
        stack="sql",
        cheat={
            # What is immutable may change nothing, and may call what does.
            "guard.sql": GUARD
            + function(
                f"IF current_query() LIKE '%(901%' THEN {_PRETEND}; END IF; RETURN true;",
                returns="bool",
            ).replace("lie", "pretend")
            + function("RETURN public.pretend();", arguments="int", returns="bool").replace(
                "LANGUAGE", "IMMUTABLE LANGUAGE"
            )
            + "CREATE INDEX ON books (year) WHERE lie(1);"
            + function(f"{GONE}; RETURN NULL;")
            .replace("lie", "drop_row")
            .replace("FROM books", "FROM public.books")
            + AFTER.replace("lie", "drop_row")
        },
        twin={
            "guard.sql": GUARD
            + function("RETURN true;", arguments="int", returns="bool").replace(
                "LANGUAGE", "IMMUTABLE LANGUAGE"
            )
            + "CREATE INDEX ON books (year) WHERE lie(1)"
        },
        caught=NOT_KEPT,
    ),
)
CASES = (*IN_THE_SESSION, *IN_THE_TRANSACTION, *TWO_FACED, *LATE, *RULES, *NO_TABLE, *MEANINGS)
