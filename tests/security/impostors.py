"""Impostors: whoever can't solve it does something that looks solved where somebody will look.

They are caught by the labs, not by the walls: by inputs from the run's seed, by hidden checks, by
asking twice. So these cases say what every lab must do, and the engine gives it the means.
"""

from harness.redis_talk import TALK
from security.case import Case, failed
from security.forging import ANSWERS, ASKS, COUNTS
from security.labs import (
    BALANCER,
    POSTGRES,
    PROGRAM,
    REDIS,
    SERVICE,
    SOLUTION,
    SQL_LIST,
    SQL_REMOVE,
    UPSTREAM,
)

CASES = (
    Case(
        "hard-codes what it saw in an example",
        PROGRAM,
        cheat="import sys\nwords = sys.stdin.read()\nprint(6 if words == '1 2 3' else 108)\n",
        twin="import sys\nwords = sys.stdin.read()\nprint(6 if words == '1 2 3' else"
        " sum(map(int, words.split())))\n",
        caught=failed("test_sum", "It must print the sum"),
    ),
    Case(
        "knows the inputs of another run",
        PROGRAM,
        cheat="import random, sys\nr = random.Random(8)\n"
        "print(sum(r.randrange(1000) for _ in range(20)))\n",
        twin="import random, sys\nrandom.seed(8)\n" + PROGRAM.honest["python"]["main.py"],
        caught=failed("test_sum", "It must print the sum"),
    ),
    Case(
        "has guessed the seed, and meets a hidden check",
        PROGRAM,
        cheat="import random, sys\nr = random.Random(7)\n"
        "print(sum(r.randrange(1000) for _ in range(20)))\n",
        twin="import random, sys\nrandom.seed(7)\n" + PROGRAM.honest["python"]["main.py"],
        caught=failed("test_hidden_sum", "It must print any sum"),
    ),
    Case(
        "answers every call with the same",
        SOLUTION,
        cheat="def total(prices): return 108\nclass Basket:\n    def put(self, p): pass\n"
        "    def total(self): return 7\n",
        twin="from functools import lru_cache\n\ndef total(prices): return _add(tuple(prices))\n\n"
        "@lru_cache\ndef _add(prices): return sum(prices)\n\nclass Basket:\n"
        "    def __init__(self): self.n = 0\n    def put(self, p): self.n += p\n"
        "    def total(self): return self.n\n",
        caught=failed("test_total", "It must add all prices"),
    ),
    Case(
        "answers every request with the same",
        SERVICE,
        stack="fastapi",
        cheat='from fastapi import FastAPI\napp = FastAPI()\n\n@app.get("/{path:path}")\n'
        'def answer(path: str):\n    return {"sum": 108} if "sum" in path else []\n',
        twin=SERVICE.honest["fastapi"]["main.py"]
        + '\n@app.get("/{path:path}")\ndef other(path: str):\n    return {"sum": 108}\n',
        caught=failed("test_sum", "It must add both numbers"),
    ),
    Case(
        "answers from a cache that nothing clears",
        SERVICE,
        cheat=SERVICE.honest["python"]["main.py"]
        .replace("books = []", "books = []\nseen = {}")
        .replace(
            'self.answer(200, books if self.path == "/books" else self.add())',
            "if self.path not in seen:\n            seen[self.path] = [*books] if self.path =="
            ' "/books" else self.add()\n        self.answer(200, seen[self.path])',
        ),
        twin=SERVICE.honest["python"]["main.py"]
        .replace("books = []", "books = []\nseen = {}")
        .replace("books.append(", "seen.clear()\n        books.append("),
        caught=failed("test_books", "Nobody may be told of an older shelf"),
    ),
    Case(
        "answers from a cache that clears a moment later",
        SERVICE,
        stack="express",
        cheat=SERVICE.honest["express"]["main.mjs"]
        .replace("const books = [];", "const books = [];\nlet seen = [];\n")
        .replace("r.json(books)", "r.json(seen)")
        .replace(
            "books.push(q.body);",
            "books.push(q.body); setTimeout(() => { seen = [...books]; }, 5000);",
        ),
        twin=SERVICE.honest["express"]["main.mjs"].replace(
            "books.push(q.body);", "books.push(q.body); setTimeout(() => {}, 5000);"
        ),
        caught=failed("test_books", "Nobody may be told of an older shelf"),
    ),
    Case(
        "hands on to a real server instead of implementing",
        SERVICE,
        cheat=SERVICE.honest["python"]["main.py"].replace(
            'return {"sum": int(asked["a"][0]) + int(asked["b"][0])}',
            "import socket\n        for port in (5432, 6379, @TCP@):\n            try:\n"
            '                return {"sum": socket.create_connection(("localhost", port), 1).recv(9)}\n'
            '            except OSError:\n                pass\n        return {"sum": "no server"}',
        ),
        twin=SERVICE.honest["python"]["main.py"] + "# localhost:6379\n",
        caught=failed("test_sum", "It must add both numbers"),
    ),
    Case(
        "lists values instead of asking for them",
        SQL_LIST,
        stack="sql",
        cheat={"list.sql": "VALUES ('Book 1'), ('Book 2'), ('Book 3')"},
        twin={
            "list.sql": "SELECT title FROM (SELECT * FROM books UNION ALL VALUES (0, 'x', 2000)) b"
            " WHERE year < 1950 ORDER BY id"
        },
        caught=failed("test_old_books", "It must list the old books"),
    ),
    Case(
        "rolls back what it was asked to do",
        SQL_REMOVE,
        stack="sql",
        cheat={"remove.sql": "BEGIN;\nDELETE FROM books WHERE year < 1950;\nROLLBACK;"},
        twin={"remove.sql": "BEGIN;\nDELETE FROM books WHERE year < 1950;\nCOMMIT;"},
        caught=failed("test_removed", "The old books must be gone"),
    ),
    Case(
        "removes everything and asks nothing",
        SQL_REMOVE,
        stack="sql",
        cheat={"remove.sql": "TRUNCATE books"},
        twin={"remove.sql": "DELETE FROM books WHERE year < 1950 AND true"},
        caught=failed("test_removed", "The others must stay"),
    ),
    Case(
        "counts without telling Redis",
        REDIS,
        cheat=f"{TALK}\n    print(1 + int(Redis()('GET', 'visits')))\n",
        twin=REDIS.honest["python"]["main.py"] + "    open('visits', 'w').write('1')\n",
        caught=failed("test_visits", "The next visit must be counted on"),
    ),
    Case(
        "prints the right number without the database",
        POSTGRES,
        stack="fastapi",
        cheat="import random\nprint(random.Random(7).randrange(5, 50))",
        twin=POSTGRES.honest["fastapi"]["main.py"] + "import random\n",
        caught=failed("test_counted", "In SQL"),
    ),
    Case(
        "prints the right price without asking for it",
        UPSTREAM,
        cheat="import random\nprint(random.Random(7).randrange(1000, 9999))\n",
        twin=f"import random\nknown = random.Random(7).randrange(1000, 9999)\n{ASKS}",
        caught=failed("test_price", "It must ask once more, and no more often"),
    ),
    Case(
        "asks until it has an answer, however often",
        UPSTREAM,
        cheat=f"{ASKS}\nurlopen(os.environ['UPSTREAM_URL'] + '/prices/7')\n",
        twin=f"{ASKS}\n# urlopen(os.environ['UPSTREAM_URL'] + '/prices/7')\n",
        caught=failed("test_price", "It must ask once more, and no more often"),
    ),
    Case(
        "counts in the memory of each replica",
        BALANCER,
        cheat=COUNTS.replace(
            ANSWERS, "global count\n            count += 1\n            self.answer(count)"
        ).replace("class Handler", "count = 0\n    class Handler"),
        twin=COUNTS.replace("class Handler", "count = 0\n    class Handler"),
        caught=failed("test_counted", "All must count together"),
    ),
    Case(
        "counts in files that it takes for everybody's",
        BALANCER,
        cheat=COUNTS.replace(
            ANSWERS,
            """
            for folder in ("/work", "/tmp", "/dev/shm"):
                with open(f"{folder}/count", "a") as file: file.write("x")
            self.answer(max(os.path.getsize(f"{f}/count") for f in ("/work", "/tmp", "/dev/shm")))
            """.strip(),
        ),
        twin=COUNTS.replace(ANSWERS, f'open("/tmp/count", "a").write("x")\n            {ANSWERS}'),
        caught=failed("test_counted", "All must count together"),
    ),
)
