"""Small labs whose checks leave evidence of every kind, and the shape of what they leave.

`tests/engine/test_recorded_evidence.py` grades them with the real engine and compares what it
records with the samples in the source tree, which the API documents and the fakes emit.
"""

from collections.abc import Mapping
from typing import Any

from harness.mongo_talk import TALK as MONGO_TALK
from harness.redis_talk import TALK
from milepost.engine import Limits, Spoil, SpoilPlan

PATIENT = Limits(wall_seconds=60, run_seconds=15)
MAIN = """
import http.server
import json
import sys
import time


def add(a, b):
    return a - b


def pair(both):
    both.append(3)
    return tuple(both)


def fail():
    raise ValueError("no such book")


def hang():
    time.sleep(60)


class Counter:
    def count(self):
        print("counting")
        return 1


class Shelf(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/broken":
            self.connection.sendall(b"no HTTP")
            return
        body = json.dumps([{"title": "Sand"}]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__" and sys.argv[1:2] == ["--sleep"]:
    time.sleep(60)
elif __name__ == "__main__" and sys.argv[1:]:
    print(len(sys.stdin.read().split()))
    print("counted", file=sys.stderr)
elif __name__ == "__main__":
    http.server.HTTPServer(("127.0.0.1", 8000), Shelf).serve_forever()
"""
PYTHON = """
@check(task="t", objectives=["o"])
def test_calls(solution):
    assert solution.call("add", 2, 3) == 5, "a sum"

@check(task="t", objectives=["o"])
def test_values(solution):
    solution.observe("pair", [1, (2,)])
    counter = solution.new("Counter")
    counter.call("count")
    with pytest.raises(SolutionRaised):
        solution.call("fail")

@check(task="t", objectives=["o"])
def test_hang(solution):
    solution.call("hang", seconds=0.3)

@check(task="t", objectives=["o"])
def test_programs(program):
    program.run("--count")
    program.run("--count", "book.txt", stdin="two words", files={"book.txt": "Sand\\n"})

@check(task="t", objectives=["o"])
def test_sleep(program):
    program.run("--sleep", seconds=0.3)

@check(task="t", objectives=["o"])
def test_notes():
    note("drawn at random", numbers=[4, 2], of="dice")
    note("nothing more")

@check(task="t", objectives=["o"])
def test_exchanges(service):
    service.get("/books", headers={"Authorization": "Bearer abc"})
    service.request("POST", "/books", json={"title": "Tide"})

@check(task="t", objectives=["o"])
def test_broken(service):
    service.get("/broken")
"""
ENDS = """
@check(task="t", objectives=["o"])
def test_start(service):
    service.get("/")
"""
STORE = """
@check(task="t", objectives=["o"])
def test_store(program, redis):
    redis.set("greeting", "hello", seconds=100)
    program.run()
    redis.execute("INCR", "greeting")
"""
ASKS_STORE = (
    TALK
    + """
    redis = Redis()
    redis("GET", "greeting")
"""
)
DOCUMENTS = """
from milepost.engine.backing.mongo.client import MongoRefused

@check(task="t", objectives=["o"])
def test_documents(program, mongo):
    mongo.insert("things", {"_id": 7, "tags": ["blue"]})
    program.run()
    mongo.find("things", {"tags": "blue"})
    with pytest.raises(MongoRefused):
        mongo.insert("things", {"_id": 7})
    with pytest.raises(MongoRefused):
        mongo.command(nonsense=1)
    assert False, "shown with what ran"
"""
ASKS_DOCUMENTS = (
    MONGO_TALK
    + """
    mongo = Mongo()
    mongo(insert="things", documents=[{"_id": "lamp", "price": {"amount": 12}}])
    mongo(shutdown=1)
"""
)
UPSTREAM = """
@check(task="t", objectives=["o"])
def test_upstream(program, upstream):
    upstream.reply("GET", "/prices/lamp", Reply(json={"price": 1290}), Reply.dropped())
    program.run()
"""
CALLS = """
    import os, urllib.request

    for _ in range(2):
        try:
            urllib.request.urlopen(os.environ["UPSTREAM_URL"] + "/prices/lamp", timeout=5).read()
        except OSError as error:
            print(error)
"""
SHOP = """
CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL, price numeric(8, 2));
INSERT INTO books VALUES (1, 'Sand', 9.50), (2, 'Tide', 12), (3, 'Ash', NULL);
"""
SQL = """
@check(task="t", objectives=["o"])
def test_rows(sql):
    sql.run("answer.sql", least=10)

@check(task="t", objectives=["o"])
def test_refused(sql):
    sql.run("wrong.sql")

@check(task="t", objectives=["o"])
def test_own(postgres):
    postgres.execute("UPDATE books SET price = %s WHERE id = 3", [8])
    postgres.accepts("INSERT INTO books VALUES (9, 'Fog')")
    postgres.accepts("INSERT INTO books VALUES (1, 'Fog')")

@check(task="t", objectives=["o"])
def test_plan(sql):
    sql.plan("answer.sql", least=10)
"""
ANSWERS = {
    "answer.sql": "SELECT title, price FROM books\nWHERE price > :least ORDER BY title;",
    "wrong.sql": "SELECT 1;\nSELECT nonsense;",
}
ASKS_DATABASE = """
    import os, psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SELECT title FROM books WHERE id = %s", [1])
        try:
            connection.execute("INSERT INTO books VALUES (%s, %s)", [1, "Fog"])
        except psycopg.Error:
            pass
"""
DATABASE = """
@check(task="t", objectives=["o"])
def test_database(program, postgres):
    program.run()
    assert False, "shown with what ran"
"""
SPOILED = """
@check(task="t", objectives=["o"])
def test_calls(solution):
    assert solution.call("add", 2, 3) > 0, "a number"
"""
SCENES: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    (PYTHON, MAIN, {}),
    (ENDS, "print('no port, no service')\nraise SystemExit(3)\n", {}),
    (STORE, ASKS_STORE, {"services": ("redis",)}),
    (DOCUMENTS, ASKS_DOCUMENTS, {"services": ("mongo",)}),
    (UPSTREAM, CALLS, {"services": ("upstream",)}),
    (SQL, ANSWERS, {"stack": "sql", "data": {"shop.sql": SHOP}}),
    (
        DATABASE,
        ASKS_DATABASE,
        {"stack": "fastapi", "services": ("postgres",), "data": {"shop.sql": SHOP}},
    ),
    (SPOILED, MAIN, {"spoil": SpoilPlan(1)}),
    (SPOILED, MAIN, {"spoil": SpoilPlan(1, {"test_calls": Spoil(0, "call add", "null")})}),
)


def describe_shape(value: Any) -> Any:
    """Return the names and types of a JSON value, without what it holds."""
    if isinstance(value, Mapping):
        return {name: describe_shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [describe_shape(item) for item in value[:1]]
    return type(value).__name__
