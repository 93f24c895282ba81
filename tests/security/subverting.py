"""Subverting: whoever can't solve it changes what judges: modules, objects, tools, files, meanings.

The judge's own code is never in the same process as learner code, and its SQL never in the same
session, so what is changed here changes only what the learner's own code answers.
"""

from security.case import Case, crashed, failed
from security.forging import ADDS, BASKET, DIED, NO_SUM, NO_TOTAL, RIGHT, RIGHT_NODE
from security.labs import (
    MYSQL_REMOVE,
    PROGRAM,
    SERVICE,
    SOLUTION,
    SQL_LIST,
    SQL_REMOVE,
    TWO_RUNS,
)

SHADOWS = {
    "conftest.py": "import pytest\n@pytest.fixture(autouse=True)\ndef x(): pytest.skip()\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "sitecustomize.py": "import os\nos._exit(0)\n",
    "usercustomize.py": "import os\nos._exit(0)\n",
    "evil.pth": "import os; os._exit(0)\n",
    "json.py": "loads = lambda *_: 42\ndumps = lambda *_: '42'\n",
    "checks.py": "def test_sum(): pass\n",
    "random.py": "",
    "milepost.py": "",
    "milepost/__init__.py": "",
    "milepost/engine/protocol/frames.py": "",
    ".local/lib/python3.11/site-packages/sitecustomize.py": "print('right')\n",
}
NODE_SHADOWS = {
    "package.json": '{"type": "commonjs", "imports": {"#node:net": "./net.js"}}',
    "node_modules/node:net/index.js": "process.exit(0);",
    ".noderc": "--require ./evil.cjs",
    "evil.cjs": "process.exit(0);",
    "harness.mjs": "process.exit(0);",
}
TOTAL = "def total(prices):\n"
LIAR = """
class Liar({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 42
    def __repr__(self): return "108"
    def __len__(self): return 10**9
    def __lt__(self, other): raise TypeError("no order")
    __gt__ = __le__ = __ge__ = __lt__
"""

MODULES = (
    Case(
        "ships modules and settings under the names that tools look for",
        PROGRAM,
        cheat={"main.py": "print('wrong')", **SHADOWS},
        twin={**SHADOWS, "main.py": ADDS},
        caught=NO_SUM,
    ),
    Case(
        "ships modules and settings under the names that tools look for",
        SOLUTION,
        cheat={"main.py": f"{BASKET}{TOTAL}    return -1\n", **SHADOWS},
        twin={**SHADOWS, "main.py": RIGHT},
        caught=NO_TOTAL,
    ),
    Case(
        "ships modules and settings under the names that tools look for",
        SOLUTION,
        stack="node",
        cheat={"main.mjs": "export const total = () => -1;", **NODE_SHADOWS},
        twin={**NODE_SHADOWS, "main.mjs": RIGHT_NODE},
        caught=NO_TOTAL,
    ),
    Case(
        "puts its own tools on PATH and its own library before all others",
        PROGRAM,
        cheat={
            "main.py": """
                import os, sys
                for name in ("python", "pytest", "cat", "true"):
                    os.chmod(name, 0o755)
                os.environ |= {"PATH": "/work", "LD_PRELOAD": "/work/evil.so", "PYTHONPATH": "/work",
                               "BASH_ENV": "/work/true", "PYTHONSTARTUP": "/work/json.py"}
                with open(os.path.expanduser("~/.profile"), "w") as profile:
                    profile.write("export PATH=/work")
                print("0 failed")
                """,
            **dict.fromkeys(("python", "pytest", "cat", "true"), "#!/bin/sh\nexit 0\n"),
            "evil.so": "not really",
            "json.py": "loads = dumps = lambda *_: 108\n",
        },
        twin=f"import os\nos.environ['PATH'] = '/work'\n{ADDS}",
        caught=NO_SUM,
    ),
    Case(
        "patches the standard library that its caller uses too",
        SOLUTION,
        cheat=f"""
import builtins, json, math, sys, time, unittest
{BASKET}
def total(prices):
    time.monotonic = time.time = lambda: 0.0
    unittest.TestCase.assertEqual = lambda *_: None
    math.isfinite = builtins.isinstance = lambda *_: True
    json.dumps = lambda *_, **__: '{{"id": 1, "value": null}}'
    caller = sys.modules["__main__"]
    caller.Encoder.write = lambda self, value, level: "108"
    getattr(caller, "Harness", Basket)._perform = lambda self, call: {{"value": 108}}
    return 0
""",
        twin=f"import json, math\nkept = json.dumps, math.isfinite\n{RIGHT}",
        caught=NO_TOTAL,
    ),
    Case(
        "patches the prototypes that its caller uses too",
        SOLUTION,
        stack="node",
        cheat="""
            Object.prototype.toJSON = () => 108;
            JSON.stringify = () => '{"id":1,"value":108}';
            Array.prototype.map = () => [];
            Map.prototype.get = () => ({ total: () => 108 });
            export const total = () => 0;
            export class Basket { put() {} total() { return 7; } }
            """,
        twin=f"const kept = JSON.stringify;\nObject.freeze(kept);\n{RIGHT_NODE}",
        caught=crashed("test_total", "The import of `main.mjs` did not give a proper answer"),
    ),
)
OBJECTS = (
    *(
        Case(
            f"returns {what} that equals everything, has no order and lies about its length",
            SOLUTION,
            cheat=LIAR.format(base=base) + f"{BASKET}{TOTAL}    return Liar({value})\n",
            twin=LIAR.format(base=base) + RIGHT,
            caught=NO_TOTAL,
        )
        for what, base, value in (
            ("a number", "int", 41),
            ("a text", "str", "'108'"),
            ("a list", "list", "[108]"),
            ("an object", "object", ""),
        )
    ),
    Case(
        "returns an object whose description ends the process",
        SOLUTION,
        cheat=(
            "class Hostile:\n    def __repr__(self): raise SystemExit(0)\n"
            f"{BASKET}{TOTAL}    return Hostile()\n"
        ),
        twin=f"class Hostile:\n    def __repr__(self): raise SystemExit(0)\n{RIGHT}",
        caught=NO_TOTAL,
    ),
    Case(
        "returns a dictionary of other keys and values than it shows",
        SOLUTION,
        cheat=(
            "class Shifty(dict):\n    def items(self): yield from [('value', 108)] * 3\n"
            f"    def __iter__(self): return iter(['id'])\n{BASKET}{TOTAL}    return Shifty(a=1)\n"
        ),
        twin=f"class Shifty(dict):\n    def items(self): return []\n{RIGHT}",
        caught=NO_TOTAL,
    ),
    Case(
        "returns an object that turns into whatever is asked for",
        SOLUTION,
        stack="node",
        cheat="""
            const shifty = { valueOf: () => 108, toJSON: () => 108, toString: () => "108" };
            shifty[Symbol.toPrimitive] = () => 108;
            export const total = () => shifty;
            """,
        twin=f"const shifty = new Proxy({{}}, {{ has: () => true }});\n{RIGHT_NODE}",
        caught=NO_TOTAL,
    ),
    Case(
        "changes its class behind an object that a check holds",
        SOLUTION,
        cheat=(
            f"{TOTAL}    return sum(prices)\nclass Basket:\n    def put(self, price):\n"
            "        self.__class__ = type('Basket', (), {'put': lambda *_: 7,"
            " 'total': property(lambda _: 7)})\n"
        ),
        twin=f"{RIGHT}\nBasket.__name__ = 'Korb'\n",
        caught=failed("test_basket", "`Basket.total()` raised TypeError"),
    ),
)
FILES = (
    Case(
        "turns a file that the check overlays into a link to its own",
        TWO_RUNS,
        cheat="""
            import os
            print(sum(map(int, open("prices.txt").read().split())) % 7 + 3)
            open("mine.txt", "w").write("3")
            os.remove("prices.txt")
            os.symlink("mine.txt", "prices.txt")
            """,
        twin=TWO_RUNS.honest["python"]["main.py"] + "open('prices.txt', 'w').write('3 3')\n",
        caught=failed("test_prices", "It must add the prices of now"),
    ),
    Case(
        "turns a file that the check overlays into a folder",
        TWO_RUNS,
        cheat="""
            import os
            print(3)
            os.remove("prices.txt")
            os.makedirs("prices.txt/prices.txt")
            """,
        twin=TWO_RUNS.honest["python"]["main.py"] + "import os\nos.mkdir('folder')\n",
        caught=crashed("test_prices", "`prices.txt` could not be written"),
    ),
    Case(
        "turns the folder of what the check overlays read-only",
        TWO_RUNS,
        cheat="import os\nprint(3)\nos.chmod('prices.txt', 0)\nos.chmod('/work', 0o500)\n",
        twin=TWO_RUNS.honest["python"]["main.py"] + "import os\nos.chmod('prices.txt', 0o400)\n",
        caught=crashed("test_prices", "`prices.txt` could not be written"),
    ),
    Case(
        "deletes the files that a run needs",
        TWO_RUNS,
        cheat="""
            import os
            print(3)
            for name in os.listdir("."):
                os.remove(name)
            """,
        twin=TWO_RUNS.honest["python"]["main.py"] + "import os\nos.remove('prices.txt')\n",
        caught=failed("test_prices", "It must add the prices of now"),
    ),
    Case(
        "does not ship the file that the brief asks for",
        PROGRAM,
        cheat={"main.py": "import answer\n", "answers.py": ADDS},
        twin={"main.py": "import answer\n", "answer.py": ADDS},
        caught=DIED,
    ),
)
DATABASE = (
    Case(
        "gives a function that the check calls another meaning",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';"
                "DELETE FROM books WHERE year < 1950 AND id < 3"
            )
        },
        twin={
            "remove.sql": (
                "CREATE FUNCTION is_old(int) RETURNS bool LANGUAGE sql AS 'SELECT $1 < 1950';"
                "DELETE FROM books WHERE is_old(year)"
            )
        },
        caught=failed("test_removed", "Your SQL defines `lower`, a name of PostgreSQL's own"),
    ),
    Case(
        "gives an operator that the check uses another meaning",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "CREATE FUNCTION never(int, numeric) RETURNS bool LANGUAGE sql AS 'SELECT false';"
                "CREATE OPERATOR < (FUNCTION = never, LEFTARG = int, RIGHTARG = numeric)"
            )
        },
        twin={
            "remove.sql": (
                "CREATE FUNCTION is_old(int, int) RETURNS bool LANGUAGE sql AS 'SELECT $1 < $2';"
                "CREATE OPERATOR <<<< (FUNCTION = is_old, LEFTARG = int, RIGHTARG = int);"
                "DELETE FROM books WHERE year <<<< 1950"
            )
        },
        caught=failed("test_removed", "Your SQL defines `<`, a name of PostgreSQL's own"),
    ),
    Case(
        "hides rows by a policy instead of removing them",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "ALTER TABLE books ENABLE ROW LEVEL SECURITY;"
                "ALTER TABLE books FORCE ROW LEVEL SECURITY;"
                "CREATE POLICY hide ON books USING (year >= 1950)"
            )
        },
        twin={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "CREATE TABLE notes (id int); ALTER TABLE notes ENABLE ROW LEVEL SECURITY"
            )
        },
        caught=failed("test_removed", "After your SQL had run, the check could not look at"),
    ),
    Case(
        "has a trigger swallow what the check writes",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql"
                " AS 'BEGIN RETURN NULL; END';"
                "CREATE TRIGGER t BEFORE INSERT ON books FOR EACH ROW EXECUTE FUNCTION swallow()"
            )
        },
        twin={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                "CREATE TRIGGER t BEFORE INSERT ON books FOR EACH ROW EXECUTE FUNCTION keep()"
            )
        },
        caught=failed("test_removed", "SandboxSpec for new"),
    ),
    Case(
        "turns off the record of what it runs",
        MYSQL_REMOVE,
        stack="mysql",
        cheat={"remove.sql": "SET sql_log_off = 1; DELETE FROM books WHERE year < 1950"},
        twin={"remove.sql": "SET @sql_log_off = 1; DELETE FROM books WHERE year < 1950"},
        caught=failed("test_removed", "MariaDB refuses `remove.sql`, line 1: Access denied"),
    ),
    Case(
        "changes a setting of the whole server",
        MYSQL_REMOVE,
        stack="mysql",
        cheat={"remove.sql": "SET GLOBAL general_log = 0; DELETE FROM books WHERE year < 1950"},
        twin={
            "remove.sql": "SET SESSION sql_mode = 'ANSI_QUOTES'; DELETE FROM books WHERE year < 1950"
        },
        caught=failed("test_removed", "MariaDB refuses `remove.sql`, line 1: Access denied"),
    ),
    Case(
        "hides rows by a view in the place of the table",
        MYSQL_REMOVE,
        stack="mysql",
        cheat={
            "remove.sql": (
                "RENAME TABLE books TO kept;"
                "CREATE VIEW books AS SELECT * FROM kept WHERE year >= 1950"
            )
        },
        twin={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "CREATE VIEW new_books AS SELECT * FROM books WHERE year >= 1990"
            )
        },
        caught=failed("test_removed", "`books` is no longer a table"),
    ),
    Case(
        "has a trigger rewrite what the check writes",
        MYSQL_REMOVE,
        stack="mysql",
        cheat={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "CREATE TRIGGER t BEFORE INSERT ON books FOR EACH ROW SET NEW.title = 'Mine'"
            )
        },
        twin={
            "remove.sql": (
                "DELETE FROM books WHERE year < 1950;"
                "CREATE TRIGGER t BEFORE INSERT ON books FOR EACH ROW SET @seen = NEW.title"
            )
        },
        caught=failed("test_removed", "SandboxSpec for new"),
    ),
    Case(
        "leaves a session that looks elsewhere, and a role that does",
        SQL_LIST,
        stack="sql",
        cheat={
            "list.sql": (
                "CREATE TEMP TABLE books AS SELECT 1 AS id, 'Right'::varchar AS title, 1900 AS year;"
                "ALTER ROLE CURRENT_USER SET search_path = pg_temp;"
                "SET search_path = pg_temp, public;"
                "SELECT title FROM books WHERE year < 1950 ORDER BY id"
            )
        },
        twin={
            "list.sql": (
                "CREATE TEMP TABLE old AS SELECT * FROM books WHERE year < 1950;"
                "SELECT title FROM old ORDER BY id"
            )
        },
        caught=failed("test_old_books", "It must list the old books"),
    ),
    Case(
        "turns off the record of what it runs",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "SET application_name = 'nobody';"
                "SET log_min_duration_statement = -1;"
                "DELETE FROM books WHERE year < 1950"
            )
        },
        twin={
            "remove.sql": "SET application_name = 'me';DELETE FROM books WHERE year < 1950",
        },
        caught=failed("test_removed", "PostgreSQL refuses `remove.sql`, line 1: permission denied"),
    ),
)
CLIENT = (
    Case(
        "answers in a character set that stands for another text",
        SERVICE,
        cheat=SERVICE.honest["python"]["main.py"]
        .replace('"application/json"', '"application/json; charset=utf-16"')
        .replace('return {"sum": int', 'return {"s\\u0075m ": int'),
        twin=SERVICE.honest["python"]["main.py"].replace(
            '"application/json"', '"application/json; charset=utf-8"'
        ),
        caught=failed("test_sum", "It must add both numbers"),
    ),
)
CASES = (*MODULES, *OBJECTS, *FILES, *DATABASE, *CLIENT)
