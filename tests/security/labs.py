"""The small labs that the corpus cheats at, one or more of each kind, with honest solutions.

They are as good as an author would make them: inputs come from the run's seed, each check says what
it asks for, and no check trusts what a learner's code says of itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.mongo_talk import TALK as MONGO_TALK
from harness.redis_talk import TALK
from milepost.engine import Limits
from milepost.engine.limits import MEBIBYTE

PATIENT = Limits(wall_seconds=90, run_seconds=20)
SMALL = Limits(
    wall_seconds=90,
    run_seconds=20,
    memory_bytes=128 * MEBIBYTE,
    processes=16,
    output_bytes=256 * 1024,
    disk_bytes=8 * MEBIBYTE,
    files=500,
    of_components={"database_bytes": 24 * MEBIBYTE},
)


@dataclass(frozen=True)
class Lab:
    """A lab: its checks, its own data, and an honest solution for each stack."""

    kind: str
    checks: str
    honest: Mapping[str, Mapping[str, str]]
    data: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = PATIENT
    services: tuple[str, ...] = ()

    @property
    def is_served(self) -> bool:
        """Whether what is handed in is a server."""
        return self.kind in {"service", "balancer"}

    def fill_in(self, stack: str, files: str | Mapping[str, str]) -> dict[str, str]:
        """Complete what somebody hands in with the honest solution's files."""
        main = next(iter(self.honest[stack]))
        given = {main: files} if isinstance(files, str) else files
        return {**self.honest[stack], **given}


PROGRAM = Lab(
    kind="program",
    checks='''
        @check(task="add", objectives=["o"])
        def test_sum(program, random):
            """The sum of the numbers is printed"""
            numbers = [random.randrange(1000) for _ in range(20)]
            run = program.run(stdin=" ".join(map(str, numbers)))
            assert run.exit_code == 0, "A program that worked exits with 0"
            assert run.stdout == f"{sum(numbers)}\\n", "It must print the sum"

        @check(task="add", objectives=["o"], hidden=True)
        def test_hidden_sum(program, data):
            """The sum of numbers that nobody has seen is printed"""
            run = program.run(stdin=(data / "numbers.txt").read_text())
            assert run.stdout == (data / "answer.txt").read_text(), "It must print any sum"
        ''',
    honest={
        "python": {"main.py": "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n"},
        "node": {
            "main.mjs": (
                'import { readFileSync } from "node:fs";\n'
                'const words = readFileSync(0, "utf8").split(/\\s+/).filter(Boolean);\n'
                "console.log(words.map(Number).reduce((a, b) => a + b, 0));\n"
            )
        },
    },
    data={"numbers.txt": "4 8 15 16 23 42", "answer.txt": "108\n"},
)
TWO_RUNS = Lab(
    kind="program",
    checks='''
        @check(task="prices", objectives=["o"])
        def test_prices(program, random):
            """Prices are read anew in each run"""
            program.run(files={"prices.txt": "10 20"})
            price = random.randrange(100, 1000)
            run = program.run(files={"prices.txt": f"{price} 2"})
            assert run.stdout == f"{price + 2}\\n", "It must add the prices of now"
        ''',
    honest={
        "python": {"main.py": "print(sum(map(int, open('prices.txt').read().split())))\n"},
    },
)
MEMORY = Lab(
    kind="program",
    checks='''
        @check(task="forget", objectives=["o"])
        def test_told(program):
            """It is told a word"""
            assert program.run("keep", "swordfish").exit_code == 0, "It must take the word"

        @check(task="forget", objectives=["o"])
        def test_asked(program):
            """It knows of no word that another check told it"""
            run = program.run("tell")
            assert run.stdout == "no word\\n", "A word of another check must be unknown"
        ''',
    honest={
        "python": {"main.py": "import sys\nprint('no word' if sys.argv[1] == 'tell' else 'ok')\n"}
    },
)
TURNS = Lab(
    kind="program",
    checks='''
        @check(task="forget", objectives=["o"])
        def test_told(program):
            """It is told a word"""
            assert program.run("keep").exit_code == 0, "It must take the word"

        @check(task="forget", objectives=["o"])
        def test_between(program):
            """It is not asked yet"""
            assert program.run("keep").exit_code == 0, "It must take the word"

        @check(task="forget", objectives=["o"])
        def test_asked(program):
            """It knows of no word that another check told it"""
            run = program.run("tell")
            assert run.stdout == "no word\\n", "A word of another check must be unknown"
        ''',
    honest={
        "node": {"main.mjs": "console.log(process.argv[2] === 'tell' ? 'no word' : 'ok');\n"},
    },
)
WORK = Lab(
    kind="program",
    checks='''
        @check(task="count", objectives=["o"])
        def test_work(program):
            """The numbers up to n are added"""
            run = program.run(stdin="100")
            assert run.exit_code == 0, "A program that worked exits with 0"
            assert run.stdout == "5050\\n", "It must add the numbers up to n"
        ''',
    honest={
        "python": {"main.py": "print(sum(range(int(input()) + 1)))\n"},
        "node": {
            "main.mjs": (
                'import { readFileSync } from "node:fs";\n'
                'const n = Number(readFileSync(0, "utf8"));\nconsole.log((n * (n + 1)) / 2);\n'
            )
        },
    },
    limits=SMALL,
)
JSON = Lab(
    kind="program",
    checks='''
        @check(task="list", objectives=["o"])
        def test_list(program):
            """A list of numbers is printed as JSON"""
            value = program.run("3").json()
            note("What came", value=value)
            assert value == [1, 2, 3], "It must print the numbers up to n"
        ''',
    honest={
        "python": {
            "main.py": "import json, sys\nprint(json.dumps([*range(1, int(sys.argv[1]) + 1)]))\n"
        },
    },
)
SOLUTION = Lab(
    kind="solution",
    checks='''
        @check(task="total", objectives=["o"])
        def test_total(solution, random):
            """Prices are added"""
            prices = [random.randrange(1000) for _ in range(9)]
            assert solution.call("total", prices) == sum(prices), "It must add all prices"
            assert solution.call("total", []) == 0, "Nothing costs nothing"

        @check(task="total", objectives=["o"])
        def test_basket(solution):
            """A basket adds up what was put into it"""
            basket = solution.new("Basket")
            basket.call("put", 3)
            basket.call("put", 4)
            assert basket.call("total") == 7, "It must add what was put in"
        ''',
    honest={
        "python": {
            "main.py": (
                "class Basket:\n"
                "    def __init__(self):\n        self.prices = []\n"
                "    def put(self, price):\n        self.prices.append(price)\n"
                "    def total(self):\n        return total(self.prices)\n\n"
                "def total(prices):\n    return sum(prices)\n"
            )
        },
        "node": {
            "main.mjs": (
                "export const total = (prices) => prices.reduce((a, b) => a + b, 0);\n"
                "export class Basket {\n  prices = [];\n"
                "  put(price) { this.prices.push(price); }\n"
                "  total() { return total(this.prices); }\n}\n"
            )
        },
    },
)
_SHELF_PYTHON = """
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

books = []

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, books if self.path == "/books" else self.add())
    def do_POST(self):
        books.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.answer(201, books[-1])
    def add(self):
        asked = parse_qs(urlsplit(self.path).query)
        return {"sum": int(asked["a"][0]) + int(asked["b"][0])}
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
SERVICE = Lab(
    kind="service",
    checks='''
        @check(task="add", objectives=["o"])
        def test_sum(service, random):
            """Two numbers are added"""
            a, b = random.randrange(1000), random.randrange(1000)
            answer = service.get("/sum", params={"a": a, "b": b})
            assert answer.status_code == 200, "A sum that was asked for is there"
            assert answer.json() == {"sum": a + b}, "It must add both numbers"
            assert "sum" in answer.text, "It must say what it is"

        @check(task="shelve", objectives=["o"])
        def test_books(service):
            """A book is on the shelf at once, also when many ask"""
            assert service.get("/books").json() == [], "The shelf begins empty"
            for number in range(3):
                service.post("/books", json={"title": f"Book {number}"})
                asked = [service.send("GET", "/books") for _ in range(4)]
                found = {len(each.answer().json()) for each in asked}
                assert found == {number + 1}, "Nobody may be told of an older shelf"
        ''',
    honest={
        "python": {"main.py": _SHELF_PYTHON},
        "fastapi": {
            "main.py": (
                "from fastapi import FastAPI\n\napp = FastAPI()\nbooks = []\n\n"
                '@app.get("/sum")\ndef add(a: int, b: int):\n    return {"sum": a + b}\n\n'
                '@app.get("/books")\ndef list_books():\n    return books\n\n'
                '@app.post("/books", status_code=201)\ndef shelve(book: dict):\n'
                "    books.append(book)\n    return book\n"
            )
        },
        "express": {
            "main.mjs": (
                'import express from "express";\nconst app = express();\nconst books = [];\n'
                "app.use(express.json());\n"
                'app.get("/sum", (q, r) => r.json({ sum: Number(q.query.a) + Number(q.query.b) }));\n'
                'app.get("/books", (_, r) => r.json(books));\n'
                'app.post("/books", (q, r) => { books.push(q.body); r.status(201).json(q.body); });\n'
                'app.listen(process.env.PORT, "127.0.0.1");\n'
            )
        },
    },
)
_BOOKS = "CREATE TABLE books (id int PRIMARY KEY, title varchar(40) NOT NULL, year int NOT NULL);"
_SEED = """
        def seed(connection, random):
            books = [(n, f"Book {random.randrange(10**6)}", 1900 + n % 100) for n in range(1, 201)]
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO books VALUES (%s, %s, %s)", books)
"""
SQL_LIST = Lab(
    kind="sql",
    checks=_SEED
    + '''
        @check(task="list", objectives=["o"])
        def test_old_books(sql, postgres):
            """Books before 1950 are listed"""
            wanted = postgres.rows("SELECT title FROM books WHERE year < 1950 ORDER BY id")
            assert sql.run("list.sql").rows == wanted, "It must list the old books"
        ''',
    honest={"sql": {"list.sql": "SELECT title FROM books WHERE year < 1950 ORDER BY id"}},
    data={"books.sql": _BOOKS},
    limits=SMALL,
    services=("postgres",),
)
SQL_REMOVE = Lab(
    kind="sql",
    checks=_SEED
    + '''
        @check(task="remove", objectives=["o"])
        def test_removed(sql, postgres):
            """Books before 1950 are removed, and no others"""
            sql.run("remove.sql")
            titles = postgres.rows("SELECT lower(title) FROM books WHERE year < 1950")
            assert titles == [], "The old books must be gone"
            assert postgres.value("SELECT count(*) FROM books") == 100, "The others must stay"
            ran = [each.sql for each in postgres.statements() if each.sql.startswith("DELETE")]
            assert len(ran) == 1, "It must remove them with one DELETE"
            postgres.execute("INSERT INTO books VALUES (900, 'New', 1999)")
            assert postgres.value("SELECT title FROM books WHERE id = 900") == "New", "SandboxSpec for new"
        ''',
    honest={"sql": {"remove.sql": "DELETE FROM books WHERE year < 1950"}},
    data={"books.sql": _BOOKS},
    limits=SMALL,
    services=("postgres",),
)
MYSQL_LIST = Lab(
    kind="sql",
    checks=_SEED
    + '''
        @check(task="list", objectives=["o"])
        def test_old_books(sql, mysql):
            """Books before 1950 are listed"""
            wanted = mysql.rows("SELECT title FROM books WHERE year < 1950 ORDER BY id")
            assert sql.run("list.sql").rows == wanted, "It must list the old books"
        ''',
    honest={"mysql": SQL_LIST.honest["sql"]},
    data={"books.sql": _BOOKS},
    limits=SMALL,
    services=("mysql",),
)
MYSQL_REMOVE = Lab(
    kind="sql",
    checks=_SEED
    + '''
        @check(task="remove", objectives=["o"])
        def test_removed(sql, mysql):
            """Books before 1950 are removed, and no others"""
            sql.run("remove.sql")
            titles = mysql.rows("SELECT lower(title) FROM books WHERE year < 1950")
            assert titles == [], "The old books must be gone"
            assert mysql.value("SELECT count(*) FROM books") == 100, "The others must stay"
            ran = [each.sql for each in mysql.statements() if each.sql.startswith("DELETE")]
            assert len(ran) == 1, "It must remove them with one DELETE"
            mysql.execute("INSERT INTO books VALUES (900, 'New', 1999)")
            assert mysql.value("SELECT title FROM books WHERE id = 900") == "New", "SandboxSpec for new"
        ''',
    honest={"mysql": SQL_REMOVE.honest["sql"]},
    data={"books.sql": _BOOKS},
    limits=SMALL,
    services=("mysql",),
)
POSTGRES = Lab(
    kind="postgres",
    checks='''
        @check(task="count", objectives=["o"])
        def test_counted(program, postgres, random):
            """The books are counted by the database"""
            books = random.randrange(5, 50)
            postgres.execute("INSERT INTO books SELECT n, 'b', 1 FROM generate_series(1, %s) n", [books])
            run = program.run()
            assert run.stdout == f"{books}\\n", "It must print the number of books"
            assert [each for each in postgres.statements() if "count" in each.sql.lower()], "In SQL"
        ''',
    honest={
        "fastapi": {
            "main.py": (
                "import os, psycopg\n"
                'with psycopg.connect(os.environ["DATABASE_URL"]) as connection:\n'
                '    print(connection.execute("SELECT count(*) FROM books").fetchone()[0])\n'
            )
        },
    },
    data={"books.sql": _BOOKS},
    limits=SMALL,
    services=("postgres",),
)

REDIS = Lab(
    kind="redis",
    checks='''
        @check(task="count", objectives=["o"])
        def test_visits(program, redis, random):
            """Visits are counted in Redis"""
            visits = random.randrange(100)
            redis.set("visits", visits)
            run = program.run()
            assert run.stdout == f"{visits + 1}\\n", "It must print the number of visits"
            assert redis.get("visits") == str(visits + 1), "The next visit must be counted on"
        ''',
    honest={"python": {"main.py": f"{TALK}\n    print(Redis()('INCR', 'visits'))\n"}},
    limits=SMALL,
    services=("redis",),
)
MONGO = Lab(
    kind="mongo",
    checks='''
        @check(task="store", objectives=["o"])
        def test_visit(program, mongo, random):
            """A visit is stored beside those that are there"""
            visits = random.randrange(3, 9)
            mongo.insert("visits", *({"_id": f"earlier {number}"} for number in range(visits)))
            run = program.run()
            assert run.stdout == "stored\\n", "It must print that the visit is stored"
            assert mongo.count("visits") == visits + 1, "The visit must be there, with the others"
    ''',
    honest={
        "python": {
            "main.py": f"{MONGO_TALK}\n    Mongo()(insert='visits', documents=[{{'_id': 'now'}}])\n"
            "    print('stored')\n"
        }
    },
    limits=SMALL,
    services=("mongo",),
)
UPSTREAM = Lab(
    kind="upstream",
    checks='''
        @check(task="ask", objectives=["o"])
        def test_price(program, upstream, random):
            """The price is what the service says, also when it fails once"""
            price = random.randrange(1000, 9999)
            upstream.reply("GET", "/prices/7", Reply(503), Reply(json={"price": price}))
            run = program.run()
            note("What was sent", value=[call.json() for call in upstream.calls])
            assert run.stdout == f"{price}\\n", "It must print the price that the service says"
            asked = len(upstream.calls_to("GET", "/prices/7"))
            assert asked == 2, "It must ask once more, and no more often"

        @check(task="ask", objectives=["o"])
        def test_away(program, upstream, random):
            """Where there is no service there is no price, and later there is one again"""
            upstream.stop()
            assert program.run().stdout == "no price\\n", "Without the service there is no price"
            upstream.start()
            price = random.randrange(1000, 9999)
            upstream.reply("GET", "/prices/7", Reply(json={"price": price}))
            assert program.run().stdout == f"{price}\\n", "It must ask again"
        ''',
    honest={
        "python": {
            "main.py": (
                "import json, os\nfrom urllib.request import urlopen\n"
                "for _ in range(2):\n    try:\n"
                '        answer = urlopen(os.environ["UPSTREAM_URL"] + "/prices/7")\n'
                '        price = json.load(answer)["price"]\n        break\n'
                "    except OSError:\n        price = 'no price'\n"
                "print(price, flush=True)\n"
            )
        },
    },
    limits=SMALL,
    services=("upstream",),
)
BALANCER = Lab(
    kind="balancer",
    checks='''
        @check(task="count", objectives=["o"])
        def test_counted(balancer, redis):
            """Visits are counted by all replicas together"""
            balancer.start(replicas=2)
            answers = [balancer.get("/visits") for _ in range(4)]
            assert [each.status_code for each in answers] == [200] * 4, "Every replica must answer"
            assert [each.text for each in answers] == list("1234"), "All must count together"
            replicas = sorted(balancer.served_by(each) for each in answers)
            assert replicas == [1, 1, 2, 2], "Each must answer for itself"

        @check(task="count", objectives=["o"])
        def test_killed(balancer, redis):
            """No visit is forgotten when a replica dies"""
            balancer.start(replicas=2)
            for replica in balancer.replicas:
                balancer.get("/visits")
                replica.restart()
            assert balancer.get("/visits").text == "3", "What a replica has counted must outlive it"
        ''',
    honest={
        "python": {
            "main.py": f"""{TALK}
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(Redis()("INCR", "visits"))

        def answer(self, value, status=200, **headers):
            body = str(value).encode()
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name.replace("_", "-"), text)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
        },
    },
    limits=PATIENT,
    services=("balancer", "redis"),
)
VISITS = Lab(
    kind="service",
    checks='''
        @check(task="count", objectives=["o"])
        def test_restarted(service, redis):
            """Visits are counted on after a restart"""
            counted = [service.get("/visits").text for _ in range(2)]
            assert counted == ["1", "2"], "Visits must be counted"
            service.restart()
            assert service.get("/visits").text == "3", "What was counted must outlive a restart"
        ''',
    honest=BALANCER.honest,
    limits=PATIENT,
    services=("redis",),
)
PRICES = Lab(
    kind="service",
    checks='''
        @check(task="ask", objectives=["o"])
        def test_away(service, upstream, random):
            """Where there is no service there is no price, and later there is one again"""
            upstream.stop()
            assert service.get("/").text == "no price", "Without the service there is no price"
            upstream.start()
            price = random.randrange(1000, 9999)
            upstream.reply("GET", "/prices/7", Reply(json={"price": price}))
            assert service.get("/").text == str(price), "It must ask again"
        ''',
    honest={
        "python": {
            "main.py": """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.request import urlopen

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            answer = urlopen(os.environ["UPSTREAM_URL"] + "/prices/7")
            body = str(json.load(answer)["price"]).encode()
        except OSError:
            body = b"no price"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
        },
    },
    limits=PATIENT,
    services=("upstream",),
)
MODULE_MEMORY = Lab(
    kind="solution",
    checks='''
        @check(task="forget", objectives=["o"])
        def test_told(solution):
            """It is told a word"""
            assert solution.call("keep", "swordfish") == 9, "It must take the word"

        @check(task="forget", objectives=["o"])
        def test_asked(solution):
            """It knows of no word that another check told it"""
            known = solution.call("tell")
            assert known is None, "A word of another check must be unknown"
        ''',
    honest={
        "python": {
            "main.py": "def keep(word):\n    return len(word)\n\ndef tell():\n    return None\n"
        },
    },
)
SERVICE_MEMORY = Lab(
    kind="service",
    checks='''
        @check(task="forget", objectives=["o"])
        def test_told(service):
            """It is told a word"""
            assert service.get("/keep/swordfish").text == "kept", "It must take the word"

        @check(task="forget", objectives=["o"])
        def test_asked(service):
            """It knows of no word that another check told it"""
            assert service.get("/tell").text == "no word", "A word of another check must be unknown"

        @check(task="forget", objectives=["o"])
        def test_asked_again(service):
            """Nor does it later"""
            assert service.get("/tell").text == "no word", "A word of another check must be unknown"
        ''',
    honest={
        "fastapi": {
            "main.py": """
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI(default_response_class=PlainTextResponse)

@app.get("/keep/{word}")
def keep(word: str):
    return "kept"

@app.get("/tell")
def tell():
    return "no word"
"""
        },
    },
)


SERVICE_DATABASE = Lab(
    kind="service",
    checks='''
        @check(task="forget", objectives=["o"])
        def test_told(service, postgres):
            """A word stands in its database"""
            postgres.execute("INSERT INTO words VALUES ('swordfish')")
            assert service.get("/keep").text == "kept", "It must take the word"

        @check(task="forget", objectives=["o"])
        def test_asked(service, postgres):
            """It knows of no word that stands in another check's"""
            assert service.get("/tell").text == "no word", "A word of another check must be unknown"

        @check(task="forget", objectives=["o"])
        def test_asked_again(service, postgres):
            """Nor does it later"""
            assert service.get("/tell").text == "no word", "A word of another check must be unknown"
        ''',
    honest={
        "fastapi": {
            "main.py": """
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI(default_response_class=PlainTextResponse)

@app.get("/keep")
def keep():
    return "kept"

@app.get("/tell")
def tell():
    return "no word"
"""
        },
    },
    data={"words.sql": "CREATE TABLE words (word text);"},
    services=("postgres",),
)


def hurried(lab: Lab) -> Lab:
    """Make a lab of the first check alone, which waits no longer than three seconds for anything."""
    start, first, *_ = lab.checks.split("@check")
    limits = replace(lab.limits, run_seconds=3)
    return replace(lab, checks=f"{start}@check{first}", limits=limits)


def patient(lab: Lab) -> Lab:
    """Make the same lab without any hurry: honest code on a busy machine is no cheat."""
    limits = replace(lab.limits, run_seconds=PATIENT.run_seconds)
    return lab if limits == lab.limits else replace(lab, limits=limits)
