"""Returning: values that a service or a cache gives, and that checks must use or send back.

Whatever such a value is, the check fails in words. It must never raise where a request is built,
or where an answer is looked into, since that would close the lab for everybody.
"""

from harness.redis_talk import TALK
from security.case import Case, failed
from security.labs import REDIS, Lab

SHELF = Lab(
    kind="service",
    checks='''
        @check(task="find", objectives=["o"])
        def test_found(service, random):
            """A book is found by its id, read by its version and by the next page's address"""
            title = f"Book {random.randrange(1000)}"
            added = service.post("/books", json={"title": title})
            version = added.headers["etag"]
            book = added.json()
            assert isinstance(book, dict), "A book is an object"
            found = service.get(f"/books/{book.get('id')}", headers={"if-match": version})
            assert found.status_code == 200, "What was added is found"
            page = service.get("/page", params={"after": book.get("id")}).json()
            following = service.get(page["next"]) if isinstance(page, dict) else None
            assert following is not None and following.status_code == 200, "There is a next page"
            again = service.post("/books", json={"title": found.json()["title"]})
            assert again.json()["title"] == title, "The title is kept"
        ''',
    honest={
        "python": {
            "main.py": """
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

ID, ETAG, NEXT, TITLE = "b-1", '"v1"', "/page?after=2", None
titles = []

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.path.startswith("/page")
        self.answer(200, {"next": NEXT} if page else {"title": TITLE or titles[-1]})
    def do_POST(self):
        titles.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["title"])
        self.answer(201, {"id": ID, "title": titles[-1]})
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        if ETAG is not None:
            self.send_header("ETag", ETAG)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
        },
    },
)


def _give(name: str, value: str) -> str:
    """Write the honest service with one of the values that it gives replaced."""
    return SHELF.honest["python"]["main.py"].replace(
        "titles = []", f"titles = []\n{name} = {value}"
    )


HTTP = tuple(
    Case(
        f"gives {what}",
        SHELF,
        cheat=_give(name, value),
        twin=_give(name, honest),
        caught=failed("test_found", says),
    )
    for what, name, value, honest, says in (
        (
            "an ETag that no header can hold",
            "ETAG",
            "'\"\\xe9-1\"'",
            "'W/\"!#~ e-1\"'",
            'The check could not send `GET /books/b-1`: ""é-1"" can\'t stand in the header `if-match`.'
            " A header's value is text of printable ASCII characters. Your service gave it as `ETag`"
            " in its answer to `POST /books`; give one that clients can send back.",
        ),
        (
            "no ETag",
            "ETAG",
            "None",
            "'\"\"'",
            "Your service's answer to `POST /books` has no header `etag`",
        ),
        (
            "an id with a line break",
            "ID",
            "'b\\n1'",
            "'b 1/\\xe9?#%'",
            'The check could not send `GET /books/b\\n1`: "/books/b\\n1" can\'t stand in its address. An'
            " address is text without line breaks, other control characters or halves of characters"
            " (lone surrogates), of 65,536 characters at most. Your service gave it as `id` in its"
            " answer to `POST /books`",
        ),
        (
            "an id with a NUL",
            "ID",
            "'\\0'",
            "'0'",
            "The check could not send `GET /books/\\x00`",
        ),
        (
            "an id with half of a character",
            "ID",
            "'\\ud83d'",
            "'\\U0001f600'",
            "The check could not send `GET /books/\\ud83d`",
        ),
        (
            "an id of 100,000 characters",
            "ID",
            "'b' * 100_000",
            "'b' * 10_000",
            "The check could not send `GET /books/bbbb",
        ),
        (
            "a next page at a port that is no number",
            "NEXT",
            "'http://a:one/'",
            "'http://a:65535/page'",
            "The check could not send `GET http://a:one/`",
        ),
        (
            "a number where the address of the next page belongs",
            "NEXT",
            "7",
            "'/page?after=7'",
            "The check could not send `GET 7`: 7 can't stand in its address.",
        ),
        (
            "no next page where there is one",
            "NEXT",
            "None",
            "'page?after=null'",
            "The check could not send `GET null`: nothing (null) can't stand in its address.",
        ),
        (
            "a title with half of a character",
            "TITLE",
            "'\\ud800'",
            "None",
            "The check could not send `POST /books`: {",
        ),
    )
)
_WRITES = "body = json.dumps(value).encode()"
JSON = (
    Case(
        "gives JSON that ends within a string of 120,000 quotes",
        SHELF,
        cheat=SHELF.honest["python"]["main.py"].replace(
            _WRITES, r"""body = b'[' * 65 + b'"' + b'\"' * 120_000"""
        ),
        twin=SHELF.honest["python"]["main.py"].replace(
            _WRITES, """body = json.dumps(value | {"more": ["\\"" * 120_000] * 3}).encode()"""
        ),
        caught=failed("test_found", "`POST /books` should be answered with JSON."),
    ),
)
CACHE = Lab(
    kind="redis",
    checks='''
        @check(task="keep", objectives=["o"])
        def test_kept(program, redis):
            """A price is kept for a minute, and nothing else is"""
            program.run()
            assert redis.keys() == ["price"], "Only the price is kept"
            assert 0 < redis.ttl("price") <= 60, "It is kept for a minute"
            assert redis.value("price") == "7", "It is the price"
            assert redis.execute("INCRBY", "price", 1) == 8, "It is a number"
        ''',
    honest={"python": {"main.py": f"{TALK}\n    Redis()('SET', 'price', 7, 'EX', 60)\n"}},
    services=("redis",),
)


def _keep(lab: Lab, line: str) -> str:
    """Write what the honest program does, and one line more of its own."""
    return f"{lab.honest['python']['main.py']}    redis = Redis()\n    {line}\n"


KEPT = tuple(
    Case(
        f"leaves {what}",
        lab,
        cheat=_keep(lab, line),
        twin=_keep(lab, honest),
        caught=failed("test_visits" if lab is REDIS else "test_kept", says),
    )
    for what, lab, line, honest, says in (
        (
            "a list where a string is looked for",
            REDIS,
            "redis('DEL', 'visits'), redis('LPUSH', 'visits', 1, 2)",
            "redis('LPUSH', 'others', 1, 2)",
            "The check looks for a string in `visits` (`GET visits`), and Redis holds a list there.",
        ),
        (
            "a value that is too large to be read",
            REDIS,
            "redis('SET', 'visits', 'x' * 9 * 2**20)",
            "redis('SET', 'large', 'x' * 9 * 2**20)",
            "Redis holds more than the check can read at once: the answer to `GET visits` is too"
            " large. `visits` holds a string of 9,437,184 bytes.",
        ),
        (
            "keys whose names are too large to be listed",
            CACHE,
            "[redis('SET', str(n) * 20_000, n) for n in range(100, 350)]",
            "[redis('SET', str(n) * 20_000, n) for n in range(100, 110)], redis('FLUSHALL'),"
            " redis('SET', 'price', 7, 'EX', 60)",
            "Redis holds more than the check can read at once: the answer to `KEYS '*'` is too large."
            " There are 251 keys; keep fewer, or give them shorter names.",
        ),
        (
            "no key where there should be one",
            CACHE,
            "redis('RENAME', 'price', 'prise')",
            "redis('PERSIST', 'price'), redis('EXPIRE', 'price', 60)",
            "Only the price is kept",
        ),
        (
            "a stream, which no check can read as a value",
            CACHE,
            "redis('DEL', 'price'), redis('XADD', 'price', '*', 'a', 'b'),"
            " redis('EXPIRE', 'price', 60)",
            "redis('XADD', 'other', '*', 'a', 'b'), redis('DEL', 'other')",
            "`price` holds a stream in Redis, and the check looks there for a value",
        ),
        (
            "bytes that are no text",
            CACHE,
            r"redis('SET', 'price', b'\xff\x00\r\n', 'EX', 60)",
            r"redis('SET', 'price', b'7', 'EX', 60)",
            "It is the price",
        ),
        (
            "a hash of bytes that are no text",
            CACHE,
            r"redis('DEL', 'price'), redis('HSET', 'price', b'\xff', b'\xfe'),"
            " redis('EXPIRE', 'price', 60)",
            r"redis('HSET', 'other', b'\xff', b'\xfe'), redis('DEL', 'other')",
            "It is the price",
        ),
    )
)
CASES = (*HTTP, *JSON, *KEPT)
