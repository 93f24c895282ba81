"""Blaming: whoever can't solve it makes the lab or Milepost look at fault, which costs no attempt.

A broken lab is closed for everybody and a failed engine is tried again and again, so neither may
ever be a learner's to bring about. Every case here did so once, or aims at what once did.
"""

from security.case import Case, crashed, failed
from security.exhausting import DIAL
from security.forging import ANSWERS as COUNTS_ON
from security.forging import ASKS, BASKET, COUNTS, RIGHT, SEND
from security.labs import (
    BALANCER,
    JSON,
    MEMORY,
    PROGRAM,
    SERVICE,
    SOLUTION,
    SQL_LIST,
    SQL_REMOVE,
    UPSTREAM,
    hurried,
)

DEEP = 255  # levels: fewer than a frame may have, more than fit with a result around them
TOTAL = "def total(prices):\n"
LISTS = "import json, sys\nprint(json.dumps([*range(1, int(sys.argv[1]) + 1)]))\n"


def _answer(raw: str) -> str:
    return f"{SEND}{BASKET}{TOTAL}    send({raw})\n    os._exit(0)\n"


def _serve(head: str, body: str = '{"sum": 1}') -> str:
    return f"""
import os, socket
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
body = {body!r}.encode()
while True:
    connection, _ = server.accept()
    if connection.recv(65536):
        head = "HTTP/1.1 " + {head!r} + f"\\r\\ncontent-length: {{len(body)}}\\r\\n\\r\\n"
        connection.sendall(head.encode("latin-1") + body)
    connection.close()
"""


ANSWERS = (
    Case(
        "answers with a value as deep as a frame may be",
        SOLUTION,
        cheat=_answer(f"b'{{\"id\":1,\"value\":' + b'[' * {DEEP} + b']' * {DEEP} + b'}}'"),
        twin=f"deep = []\nfor _ in range({DEEP}): deep = [deep]\n{RIGHT}",
        caught=failed("test_total", "It must add all prices"),
    ),
    Case(
        "answers with a value far deeper than that",
        SOLUTION,
        cheat=_answer("b'{\"id\":1,\"value\":' + b'[' * 90000 + b']' * 90000 + b'}'"),
        twin=f"deep = []\nfor _ in range(9000): deep = [deep]\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "answers with a number beyond all numbers",
        SOLUTION,
        cheat=_answer('b\'{"id":1,"value":1e999}\''),
        twin=f"far = 1e999\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "answers with NaN",
        SOLUTION,
        cheat=_answer('b\'{"id":1,"value":NaN}\''),
        twin=f"nan = float('nan')\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "answers with a number of 100,000 digits",
        SOLUTION,
        cheat=_answer("b'{\"id\":1,\"value\":' + b'9' * 100000 + b'}'"),
        twin=f"large = 10**5000\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "returns a number of 100,000 digits",
        SOLUTION,
        cheat=f"{BASKET}{TOTAL}    return 10**100000\n",
        twin=f"large = 10**5000\n{RIGHT}",
        caught=failed("test_total", "It must add all prices"),
    ),
    Case(
        "answers with names that no database can hold",
        SOLUTION,
        cheat=_answer(
            'b\'{"id":1,"value":{"dict":["\\\\u0000",1,"a\\\\u0000b",1,"\\\\ud800",1]}}\''
        ),
        twin=f"odd = '\\0'\n{RIGHT}",
        caught=failed("test_total", "It must add all prices"),
    ),
    Case(
        "raises an error whose name and words no encoding can hold",
        SOLUTION,
        cheat=(
            f"{BASKET}{TOTAL}    raise type('\\udcff\\x1b[2J', (Exception,), {{}})('\\ud800' * 99)\n"
        ),
        twin=f"try:\n    raise ValueError('\\ud800')\nexcept ValueError: pass\n{RIGHT}",
        caught=failed("test_total", "`total("),
    ),
    Case(
        "answers with an error that is no error",
        SOLUTION,
        cheat=_answer('b\'{"id":1,"error":[1,{"type":{}}]}\''),
        twin=f"error = []\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "sends a frame that is no JSON object",
        SOLUTION,
        cheat=_answer("b'[]'"),
        twin=f"frame = []\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "promises a frame of four gigabytes",
        SOLUTION,
        cheat=f"{SEND}{BASKET}{TOTAL}    os.write(3, b'\\xff' * 8)\n    return 0\n",
        twin=f"lengths = b'\\xff' * 8\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
)
OUTPUT = (
    Case(
        "prints NaN as JSON",
        JSON,
        cheat="print('[NaN, Infinity, 1]')",
        twin=f"{LISTS}print(end='')\n",
        caught=failed("test_list", "The program should print JSON, but its output is not JSON"),
    ),
    Case(
        "prints JSON a thousand levels deep",
        JSON,
        cheat="print('[' * 900 + ']' * 900)",
        twin=LISTS.replace("json.dumps(", "json.dumps(indent=1, obj="),
        caught=failed("test_list", "The program should print JSON, but its output is not JSON"),
    ),
    Case(
        "prints JSON with a number that Python refuses",
        JSON,
        cheat="print('[' + '9' * 9000 + ']')",
        twin=f"large = 10**3000\n{LISTS}",
        caught=failed("test_list", "The program should print JSON, but its output is not JSON"),
    ),
    Case(
        "prints JSON with half of a character",
        JSON,
        cheat='print(\'["\\\\ud800", "\\\\u0000", {"\\\\udfff": 1}]\')',
        twin=LISTS + "print('\\u2028', end='', file=sys.stderr)\n",
        caught=failed("test_list", "It must print the numbers up to n"),
    ),
    Case(
        "prints bytes that are no text, and codes for terminals",
        JSON,
        cheat="import sys\nsys.stdout.buffer.write(bytes(range(256)) + b'\\x1b]0;x\\x07\\x1b[2J')",
        twin="import sys\nsys.stderr.buffer.write(bytes(range(256)))\n" + LISTS,
        caught=failed("test_list", "The program should print JSON, but its output is not JSON"),
    ),
    Case(
        "drains its own output before the check can read it",
        PROGRAM,
        cheat="""
            import os, time
            if os.fork() == 0:
                taken = os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
                end = time.monotonic() + 1
                while time.monotonic() < end:
                    try: os.read(taken, 1 << 16)
                    except OSError: pass
                os._exit(0)
            for _ in range(20000): os.write(1, b"x")
            """,
        twin="import os\nos.open('/proc/self/fd/1', os.O_WRONLY)\n"
        + PROGRAM.honest["python"]["main.py"],
        caught=failed("test_sum", "It must print the sum"),
    ),
    Case(
        "fills its own input while the check writes it",
        PROGRAM,
        cheat="""
            import os, time
            full = os.open("/proc/self/fd/0", os.O_WRONLY | os.O_NONBLOCK)
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                try: os.write(full, b"1 " * 2048)
                except OSError: os.read(0, 4096)
            """,
        twin=PROGRAM.honest["python"]["main.py"] + "import os\nos.close(0)\n",
        caught=failed("test_sum", "It must print the sum"),
    ),
    Case(
        "ends the sandbox that it runs in",
        PROGRAM,
        cheat="import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(9)",
        twin="import os\nos.kill(os.getpid(), 0)\n" + PROGRAM.honest["python"]["main.py"],
        caught=failed("test_sum", "It must print the sum"),
    ),
    Case(
        "ends every process that it can",
        PROGRAM,
        stack="node",
        cheat="process.kill(-1, 'SIGKILL');",
        twin=PROGRAM.honest["node"]["main.mjs"] + "process.kill(process.pid, 0);\n",
        caught=failed("test_sum", "A program that worked exits with 0"),
    ),
    Case(
        "stops the launcher",
        MEMORY,
        cheat="import os, signal, sys\nos.kill(os.getppid(), signal.SIGSTOP)\n",
        twin="import os, signal, sys\nos.kill(os.getppid(), signal.SIGCONT)\n"
        + MEMORY.honest["python"]["main.py"].removeprefix("import sys\n"),
        caught=failed("test_asked", "A word of another check must be unknown"),
    ),
)
HTTP = (
    *(
        Case(
            f"answers {what}",
            SERVICE,
            cheat=_serve(head, body),
            twin=SERVICE.honest["python"]["main.py"] + f"# {what}\n",
            caught=failed("test_sum", says),
        )
        for what, head, body, says in (
            (
                "in a character set that decodes no text",
                "200 OK\r\ncontent-type: application/json; charset=idna",
                '{"sum": -1}\xff.',
                "`GET /sum?a=",
            ),
            (
                "in a character set with a NUL in its name",
                "200 OK\r\ncontent-type: text/json; charset*=us-ascii''%00x",
                '{"sum": -1}',
                "It must add both numbers",
            ),
            (
                "in a part of a character set with 5,000 digits",
                "200 OK\r\ncontent-type: text/json; charset*" + "9" * 5000 + "=x",
                "no JSON",
                "`GET /sum?a=",
            ),
            (
                "with a redirect to nowhere",
                "302 Found\r\nlocation: http://[bad",
                "",
                "A sum that was asked for is there",
            ),
            (
                "with a redirect to a port beyond all ports",
                "302 Found\r\nlocation: gopher://a:99999999/",
                "",
                "A sum that was asked for is there",
            ),
            (
                "with two lengths",
                "200 OK\r\ncontent-length: 7",
                '{"a": 1}',
                "Your service's answer",
            ),
            (
                "with a switch of protocols",
                "101 Switching Protocols\r\nupgrade: x",
                "",
                "Your serv",
            ),
            ("with a status of 999", "999 Beyond", "{}", "A sum that was asked for is there"),
            (
                "with HTTP of another kind",
                "200 OK\r\ntransfer-encoding: gzip, chunked",
                "",
                "Your s",
            ),
            (
                "with packed bytes that are none",
                "200 OK\r\ncontent-encoding: gzip",
                "not packed at all",
                "Your service's answer to `GET /sum?a=",
            ),
            (
                "with cookies of all ages",
                "200 OK\r\nset-cookie: a=b; expires=Wed, 09 Nov 99999999999 23:12:40 GMT;"
                " max-age=99999999999999999999; domain=.; path=\x01",
                "[]",
                "It must add both numbers",
            ),
            ("with JSON of NaN", "200 OK", '{"sum": NaN}', "`GET /sum?a="),
            ("with JSON beyond all numbers", "200 OK", '{"sum": 1e999}', "`GET /sum?a="),
            ("with headers for terminals", "200 OK\r\nx: \x1b[2J\x9b", "[]", "It must add both"),
        )
    ),
)
NOT_LISTED = "It must list the old books"
UNREAD = "The result holds a value that the check cannot read"
SQL = (
    *(
        Case(
            f"answers with {what}",
            SQL_LIST,
            stack="sql",
            cheat={"list.sql": statement},
            twin={"list.sql": f"SELECT 1;{SQL_LIST.honest['sql']['list.sql']} -- {what}"},
            caught=failed("test_old_books", says),
        )
        for what, statement, says in (
            ("a time beyond all calendars", "SELECT 'infinity'::timestamp", NOT_LISTED),
            ("a day before all calendars", "SELECT '0044-03-15 BC'::date", NOT_LISTED),
            (
                "JSON of 3,000 levels",
                "SELECT (repeat('[', 3000) || repeat(']', 3000))::json",
                UNREAD,
            ),
            ("JSON of 6,000 digits", "SELECT repeat('9', 6000)::json", UNREAD),
            (
                "a span in another style",
                "SET intervalstyle = 'sql_standard'; SELECT '1 day'::interval",
                NOT_LISTED,
            ),
            (
                "a range without a beginning",
                "SELECT daterange('-infinity', 'infinity')",
                NOT_LISTED,
            ),
        )
    ),
    *(
        Case(
            name,
            SQL_REMOVE,
            stack="sql",
            cheat={"remove.sql": statement},
            twin={"remove.sql": f"{twin}DELETE FROM books WHERE year < 1950"},
            caught=caught,
        )
        for name, statement, twin, caught in (
            (
                "drops everything that the check will look at",
                "DROP OWNED BY CURRENT_USER CASCADE",
                "CREATE TABLE x (id int); DROP TABLE x; ",
                failed("test_removed", "After your SQL had run, the check could not look at"),
            ),
            (
                "renames what the check will look at",
                "ALTER TABLE books RENAME COLUMN title TO name",
                "CREATE TABLE x (id int); ALTER TABLE x RENAME TO y; ",
                failed("test_removed", "After your SQL had run, the check could not look at"),
            ),
            (
                "takes back the rights of everybody",
                "REVOKE ALL ON books FROM CURRENT_USER, PUBLIC;"
                " REVOKE ALL ON SCHEMA public FROM PUBLIC, CURRENT_USER",
                "REVOKE ALL ON books FROM PUBLIC; ",
                failed("test_removed", "After your SQL had run, the check could not look at"),
            ),
            (
                "plants a value that no check can read",
                "ALTER TABLE books ALTER title TYPE date USING 'infinity'::date; "
                "CREATE VIEW x AS SELECT 1; DELETE FROM books WHERE year > 1950",
                "ALTER TABLE books ADD day date DEFAULT 'infinity'; ALTER TABLE books DROP day; ",
                failed("test_removed", "After your SQL had run, the check could not look at"),
            ),
            (
                "ends its own session",
                "SELECT pg_terminate_backend(pg_backend_pid())",
                "SELECT pg_backend_pid(); ",
                crashed("test_removed", "Your SQL ended its own session."),
            ),
            (
                "copies to a program that is not there",
                "COPY books TO STDOUT",
                "SELECT 'COPY books TO STDOUT'; ",
                failed("test_removed", "`COPY … TO STDOUT` writes to the program that runs"),
            ),
        )
    ),
)
CALLS = tuple(
    Case(
        f"calls the upstream with {what}",
        UPSTREAM,
        # It does what the first check asks for, and fails the second: that must be what is told.
        cheat=f"{DIAL}{ASKS.replace('no price', '')}\nif price:\n  sock = dial()\n"
        f"  sock.sendall({sent!r})\n  sock.recv(9999)\n",
        twin=f"{DIAL}{ASKS}\nsent = {sent!r}\n",
        caught=failed("test_away", "Without the service there is no price"),
    )
    for what, sent in (
        ("a target that is no path", b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("a target that makes no address", b"GET 99999 HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("half of an address", b"GET http://[::1 HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("headers in no encoding", b"GET / HTTP/1.1\r\nhost: \xff\r\nx: \xe9\xff\r\n\r\n"),
        (
            "JSON that no value stands for",
            b'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 22\r\n\r\n[NaN, 1e999, "\\ud800"]',
        ),
        (
            "JSON of ten thousand levels",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 20000\r\n\r\n"
            + b"[" * 10000
            + b"]" * 10000,
        ),
    )
)
REPLICAS = (
    Case(
        "ends the sandbox of every replica",
        hurried(BALANCER),
        cheat=COUNTS.replace(COUNTS_ON, "os.kill(os.getppid(), 9)"),
        twin=COUNTS.replace(COUNTS_ON, f"os.kill(os.getppid(), 0)\n            {COUNTS_ON}"),
        caught=failed("test_counted", "Every replica must answer"),
    ),
    Case(
        "ends before any replica listens",
        BALANCER,
        cheat="raise SystemExit(0)",
        twin=COUNTS + "    raise SystemExit(0)\n",
        caught=crashed("test_counted", "Your service ended by itself before it listened"),
    ),
)
CASES = (*ANSWERS, *OUTPUT, *HTTP, *SQL, *CALLS, *REPLICAS)
