"""Finds out whether a session can be believed: that names mean what they meant before learner code.

Asked before each statement of a check, once learner code has had its turn. Invariant: the questions
name every function, operator and catalog by its schema, so no object of a learner's can be meant.
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import psycopg

from milepost.engine.checks.faults import DatabaseUnusable
from milepost.engine.checks.rows import Row

Connection: TypeAlias = psycopg.Connection[Row]
_KINDS = {
    "v": "a view",
    "m": "a materialized view",
    "f": "a foreign table",
    "S": "a sequence",
    "c": "a composite type",
}
# 2200 is the schema `public`; whatever was made since initdb has a number from 16384 on.
_LIST_TABLES = """
    SELECT c.relname::pg_catalog.text,
        pg_catalog.array_agg(a.attname::pg_catalog.text)
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
    WHERE (n.oid OPERATOR(pg_catalog.=) 2200::pg_catalog.oid
            OR n.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid)
        AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[])
        AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
    GROUP BY c.oid, c.relname
"""
_FIND_UNSOUND = """
    SELECT 'name', p.proname::pg_catalog.text, ''::pg_catalog.text
    FROM pg_catalog.pg_proc p
    WHERE p.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND p.proname OPERATOR(pg_catalog.=) ANY (
            SELECT o.proname FROM pg_catalog.pg_proc o
            WHERE o.oid OPERATOR(pg_catalog.<) 16384::pg_catalog.oid)
    UNION ALL
    SELECT 'name', p.oprname::pg_catalog.text, ''
    FROM pg_catalog.pg_operator p
    WHERE p.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND p.oprname OPERATOR(pg_catalog.=) ANY (
            SELECT o.oprname FROM pg_catalog.pg_operator o
            WHERE o.oid OPERATOR(pg_catalog.<) 16384::pg_catalog.oid)
    UNION ALL
    SELECT 'cast', pg_catalog.format_type(s.castsource, NULL),
        pg_catalog.format_type(s.casttarget, NULL)
    FROM pg_catalog.pg_cast s WHERE s.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
    UNION ALL
    SELECT 'column', p.proname::pg_catalog.text, ''
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) p.proargtypes[0]
    WHERE p.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND p.pronargs OPERATOR(pg_catalog.=) 1::pg_catalog.int2
        AND t.typrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
        AND p.proname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (%(columns)s::pg_catalog.text[])
    UNION ALL
    SELECT 'kind', c.relname::pg_catalog.text, c.relkind::pg_catalog.text
    FROM pg_catalog.pg_class c
    WHERE c.relname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (%(tables)s::pg_catalog.text[])
        AND c.relkind OPERATOR(pg_catalog.=) ANY ('{v,m,f,S,c}'::pg_catalog."char"[])
        AND (c.relnamespace OPERATOR(pg_catalog.=) 2200::pg_catalog.oid
            OR c.relnamespace OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid)
        AND NOT pg_catalog.pg_is_other_temp_schema(c.relnamespace)
    LIMIT 1
"""
_FIND_INSTEAD = """
    SELECT r.rulename::pg_catalog.text, c.relname::pg_catalog.text
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) r.ev_class
    WHERE r.is_instead AND r.ev_type OPERATOR(pg_catalog.<>) '1'::pg_catalog."char"
        AND c.relname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (%s::pg_catalog.text[])
    LIMIT 1
"""
_FIND_TAINT = """
    SELECT pg_catalog.current_setting('search_path'), current_user::pg_catalog.text,
        (SELECT c.relname::pg_catalog.text FROM pg_catalog.pg_class c
         WHERE c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() LIMIT 1)
"""
_NAME = re.compile(r"\w+")


@dataclass(slots=True)
class Soundness:
    """What the lab's tables were called before any learner code, to compare with later."""

    columns: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def learn(cls, connection: Connection) -> "Soundness":
        """Look at a database that no learner code has touched."""
        found = connection.execute(_LIST_TABLES).fetchall()
        tables: dict[str, frozenset[str]] = {}
        for table, columns in found:
            tables[table] = tables.get(table, frozenset()) | frozenset(columns)
        return cls(tables)

    def require(self, connection: Connection, sql: str) -> None:
        """Raise DatabaseUnusable where what a statement names may mean something else by now."""
        tables = self._tables_in(sql)
        asked = {
            "tables": tables,
            "columns": sorted({each for name in tables for each in self.columns[name]}),
        }
        found = connection.execute(_FIND_UNSOUND, asked).fetchone()
        if found is not None:
            raise DatabaseUnusable(_explain(*found))

    def require_written(self, connection: Connection, sql: str) -> None:
        """Raise DatabaseUnusable where a rule puts something else in the place of what is written.

        PostgreSQL then reports rows as written that are in no table, or in another one.
        """
        found = connection.execute(_FIND_INSTEAD, [self._tables_in(sql)]).fetchone()
        if found is not None:
            raise DatabaseUnusable(
                f"The rule `{found[0]}` does something else instead of what is written to"
                f" `{found[1]}`, and whoever wrote it is told that all went well. Let a constraint"
                " refuse what is wrong, and what is right be written."
            )

    def _tables_in(self, sql: str) -> list[str]:
        words = set(_NAME.findall(sql.lower()))
        return [name for name in self.columns if set(_NAME.findall(name.lower())) <= words]

    @staticmethod
    def require_untainted(connection: Connection, *, path: str, role: str) -> None:
        """Raise DatabaseUnusable where code that ran in this very session has changed it."""
        found = connection.execute(_FIND_TAINT).fetchone()
        found_path, found_role, temporary = found if found is not None else ("", "", None)
        if temporary is not None:
            raise DatabaseUnusable(
                f"While the check wrote, code of yours made the temporary `{temporary}` in the"
                " check's own session. It would be found before the shop's tables there; let"
                " triggers and functions leave the session as it is."
            )
        if (found_path, found_role) != (path, role):
            raise DatabaseUnusable(
                "While the check wrote, code of yours changed the check's own session"
                f" (`search_path` is `{found_path}`, the role `{found_role}`), so names would mean"
                " something else there; let triggers and functions leave the session as it is."
            )


def _explain(what: str, name: str, more: str) -> str:
    match what:
        case "kind":
            return (
                f"`{name}` is no longer a table: there is {_KINDS[more]} of that name now. The rows"
                " themselves stayed as they were, and whoever looks into the table finds them."
                " Change the rows of the table, and let it keep its name."
            )
        case "cast":
            return (
                f"Your SQL defines a cast from `{name}` to `{more}`, so values would turn into"
                " others when the check compares them. Leave types as they are."
            )
        case "column":
            return (
                f"Your SQL defines the function `{name}` over rows of a table, under the name of a"
                " column, so it could be taken for the column. Choose another name."
            )
        case _:
            return (
                f"Your SQL defines `{name}`, a name of PostgreSQL's own, so what the check"
                " asks could mean something else. Choose another name."
            )
