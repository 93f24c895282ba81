"""Forging: whoever can't solve it says that it was solved, in every way in which one can say so.

No case here does what the lab asks for. Each tells somebody that it did: by output, files, exit
codes, frames on descriptors, answers that were not asked for, log lines, HTTP, in another's place.
"""

from security.case import Case, crashed, failed
from security.labs import BALANCER, PRICES, PROGRAM, SERVICE, SOLUTION, SQL_REMOVE, UPSTREAM

ADDS = "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n"
NO_SUM = failed("test_sum", "It must print the sum")
DIED = failed("test_sum", "A program that worked exits with 0")
NO_TOTAL = failed("test_total", "It must add all prices")
BASKET = "class Basket:\n    pass\n"
RIGHT = "class Basket:\n    def __init__(self): self.n = 0\n    def put(self, p): self.n += p\n"
RIGHT += "    def total(self): return self.n\ndef total(prices): return sum(prices)\n"
SEND = (
    "import json, os, struct\n"
    "def send(*frames):\n"
    "    os.write(3, b''.join(struct.pack('!II', len(raw), 0) + raw for raw in frames))\n"
)
SEND_NODE = (
    'import { writeSync } from "node:fs";\n'
    "const frame = (body) => {\n  const raw = Buffer.from(JSON.stringify(body));\n"
    "  const head = Buffer.alloc(8);\n  head.writeUInt32BE(raw.length, 0);\n"
    "  return Buffer.concat([head, raw]);\n};\n"
    "const send = (...bodies) => writeSync(3, Buffer.concat(bodies.map(frame)));\n"
)
RIGHT_NODE = (
    "export const total = (prices) => prices.reduce((a, b) => a + b, 0);\n"
    "export class Basket { n = 0; put(p) { this.n += p; } total() { return this.n; } }\n"
)

PRETENDING = (
    Case(
        "writes a result file, then crashes",
        PROGRAM,
        cheat="""
            import json, tempfile
            for name in ("result.json", "report.json", f"{tempfile.gettempdir()}/r.json", "grade.txt"):
                open(name, "w").write(json.dumps({"verdict": "passed", "passed": 10}))
            raise SystemError("after the fact")
            """,
        twin=f"open('result.json', 'w').write('passed')\n{ADDS}",
        caught=DIED,
    ),
    Case(
        "makes its result file read-only",
        PROGRAM,
        cheat="""
            import os
            open("result.json", "w").write('{"verdict": "passed"}')
            os.chmod("result.json", 0o444)
            os.chmod(".", 0o555)
            """,
        twin=f"import os\nopen('r.json', 'w').close()\nos.chmod('r.json', 0o444)\n{ADDS}",
        caught=NO_SUM,
    ),
    Case(
        "overwrites what runs it",
        PROGRAM,
        cheat="""
            import glob, sys
            own = glob.glob("/opt/**/*.py", recursive=True) + glob.glob("../opt/**/*.py", recursive=True)
            own += glob.glob(f"{sys.prefix}/lib/python3*/json/*.py")
            written = 0
            for path in (*own, "/lab/checks.py", sys.executable, "@LAB@/checks.py"):
                try:
                    open(path, "w").write("print('passed')")
                    written += 1
                except OSError:
                    pass
            print("overwritten", written)
            open("main.py", "w").write("print(108)")
            """,
        twin=f"open('main.py', 'a').write('# seen')\n{ADDS}",
        caught=NO_SUM,
        prints="overwritten 0\n",
    ),
    Case(
        "prints what a test runner would",
        PROGRAM,
        cheat="print('===== 10 passed in 0.01s =====')",
        twin=f"import sys\nprint('10 passed in 0.01s', file=sys.stderr)\n{ADDS}",
        caught=NO_SUM,
    ),
    Case(
        "prints TAP",
        PROGRAM,
        cheat="print('TAP version 13\\n1..2\\nok 1 - test_sum\\nok 2 - test_hidden_sum')",
        twin=f"import sys\nprint('1..1\\nok 1', file=sys.stderr)\n{ADDS}",
        caught=NO_SUM,
    ),
    Case(
        "prints JUnit XML",
        PROGRAM,
        cheat='print(\'<testsuite tests="2" failures="0"><testcase name="test_sum"/></testsuite>\')',
        twin=f"import sys\nprint('<testsuite failures=\"0\"/>', file=sys.stderr)\n{ADDS}",
        caught=NO_SUM,
    ),
    Case(
        "prints what a test runner would",
        PROGRAM,
        stack="node",
        cheat='console.log("Tests: 2 passed, 2 total");',
        twin=PROGRAM.honest["node"]["main.mjs"] + 'console.error("2 passed, 2 total");\n',
        caught=NO_SUM,
    ),
    Case(
        "prints the frames that checks send to the engine",
        PROGRAM,
        cheat="""
            import json, struct, sys
            result = {"name": "test_sum", "title": "t", "task": "add", "objectives": ["o"],
                      "hidden": False, "outcome": "passed", "message": "", "expected": None,
                      "got": None, "detail": "", "duration_seconds": 0.1, "evidence": [],
                      "at_seconds": 0.1, "hurried": False, "has_run": True}
            usage = {"memory_peak_bytes": 1, "output_bytes": 1, "disk_bytes": 1}
            for body in ({"kind": "CheckEnded", "result": result, "limit": None, "usage": usage},
                         {"kind": "RunDone"}):
                raw = json.dumps(body).encode()
                sys.stdout.buffer.write(struct.pack("!II", len(raw), 0) + raw)
            """,
        twin=f'import sys\nsys.stderr.write(\'{{"kind": "RunDone"}}\')\n{ADDS}',
        caught=NO_SUM,
    ),
    Case(
        "writes verdicts to every descriptor that it has",
        PROGRAM,
        cheat="""
            import os
            for fd in range(3, 1024):
                try:
                    os.write(fd, b'{"kind": "CheckEnded", "result": {"outcome": "passed"}}')
                    print("descriptor", fd)
                except OSError:
                    pass
            """,
        twin=f"import os\nr, w = os.pipe()\nos.write(w, b'passed')\n{ADDS}",
        caught=NO_SUM,
        prints="",
    ),
    Case(
        "leaves no check to be run",
        PROGRAM,
        cheat={
            "main.py": "import sys\nsys.exit(5)",
            "conftest.py": "collect_ignore_glob = ['*']\n",
            "checks.py": "",
            "pytest.ini": "[pytest]\naddopts = --collect-only -k nothing\n",
            "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['nowhere']\n",
        },
        twin={"main.py": ADDS, "conftest.py": "collect_ignore_glob = ['*']\n", "checks.py": ""},
        caught=DIED,
    ),
)
LEAVING_EARLY = (
    Case(
        "exits with 0 on import",
        SOLUTION,
        cheat="raise SystemExit(0)",
        twin=f"import sys\nif not __name__: sys.exit(0)\n{RIGHT}",
        caught=crashed("test_total", "Your module `main.py` could not be imported: SystemExit: 0"),
    ),
    Case(
        "exits with 0 on import",
        SOLUTION,
        stack="node",
        cheat="process.exit(0);",
        twin=f"if (process.argv.length > 9) process.exit(0);\n{RIGHT_NODE}",
        caught=crashed("test_total", "Your code ended the process during the import of"),
    ),
    Case(
        "exits with 0 by os._exit in a call",
        SOLUTION,
        cheat=f"import os\n{BASKET}def total(prices):\n    os._exit(0)\n",
        twin=f"import os\nprint(os.getpid())\n{RIGHT}",
        caught=crashed("test_total", "Your code ended the process during `total("),
    ),
    Case(
        "exits with 0 in atexit, whatever happened",
        PROGRAM,
        cheat="import atexit, os\natexit.register(os._exit, 0)\nraise ValueError('wrong')",
        twin=f"import atexit\natexit.register(print, 'bye', file=__import__('sys').stderr)\n{ADDS}",
        caught=NO_SUM,
    ),
    Case(
        "raises what a skipped test raises",
        SOLUTION,
        cheat=(
            "class Skipped(BaseException): pass\nSkipped.__module__ = '_pytest.outcomes'\n"
            f"{BASKET}def total(prices):\n    raise Skipped('not today')\n"
        ),
        twin=f"class Skipped(BaseException): pass\n{RIGHT}",
        caught=failed("test_total", "`total("),
    ),
)
FRAMES = (
    Case(
        "answers with the number of another call",
        SOLUTION,
        cheat=(
            f"{SEND}{BASKET}def total(prices):\n"
            "    send(json.dumps({'id': 7, 'value': sum(prices)}).encode())\n    os._exit(0)\n"
        ),
        twin=f"{SEND}{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "answers before it is asked",
        SOLUTION,
        cheat=(
            f'{SEND}send(b\'{{"imported": true}}\', b\'{{"id": 1, "value": 0}}\')\n'
            "while True: pass\n"
        ),
        twin=f"{SEND}{RIGHT}",
        caught=crashed("test_total", "Your code answered `total("),
    ),
    Case(
        "answers before it is asked",
        SOLUTION,
        stack="node",
        cheat=(f"{SEND_NODE}send({{ imported: true }}, {{ id: 1, value: 0 }});\n{RIGHT_NODE}"),
        twin=f"{SEND_NODE}{RIGHT_NODE}",
        caught=crashed("test_total", "Your code answered `total("),
    ),
    Case(
        "answers a call twice, the second time for the next",
        SOLUTION,
        cheat=(
            f"{SEND}{BASKET}def total(prices):\n"
            "    first = json.dumps({'id': 1, 'value': sum(prices)}).encode()\n"
            '    send(first, b\'{"id": 2, "value": 0}\')\n    os._exit(0)\n'
        ),
        twin=f"{SEND}{RIGHT}",
        caught=crashed("test_total", "Your code answered `total([])` before it was asked"),
    ),
    Case(
        "answers with an import instead of a value",
        SOLUTION,
        cheat=(
            f"{SEND}{BASKET}def total(prices):\n"
            '    send(b\'{"id": 1, "imported": true}\')\n    os._exit(0)\n'
        ),
        twin=f"{SEND}{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "says that a check has passed, on the channel of calls",
        SOLUTION,
        cheat=(
            f"{SEND}{BASKET}def total(prices):\n"
            '    send(b\'{"kind": "CheckEnded", "result": {"outcome": "passed"}}\')\n'
            '    send(b\'{"kind": "RunDone"}\')\n    os._exit(0)\n'
        ),
        twin=f"{SEND}{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "hands a hundred descriptors to the check",
        SOLUTION,
        cheat=(
            f"{BASKET}def total(prices):\n    import os, socket\n"
            "    channel = socket.socket(fileno=os.dup(3))\n"
            "    for _ in range(20): socket.send_fds(channel, [b'\\0'], [0, 1, 2, 3] * 5)\n"
            "    return sum(prices)\n"
        ),
        twin=(
            f"import socket\na, b = socket.socketpair()\nsocket.send_fds(a, [b'x'], [0])\n{RIGHT}"
        ),
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "says that an object was made which was not",
        SOLUTION,
        cheat=(
            f"{SEND}def total(prices): return sum(prices)\nclass Basket:\n"
            '    def __init__(self):\n        send(b\'{"id": 1, "object": "the one"}\')\n'
        ),
        twin=f"{SEND}{RIGHT}",
        caught=crashed("test_basket", "`new Basket()` did not give a proper answer"),
    ),
)
HTTP = (
    Case(
        "splits one response in two, of which the second is right",
        SERVICE,
        cheat="""
            import os, re, socket
            server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
            while True:
                connection, _ = server.accept()
                asked = connection.recv(65536)
                if asked:
                    a, b = map(int, re.findall(rb"=(\\d+)", asked)) if b"/sum" in asked else (0, 0)
                    body = b'{"sum": %d}' % (a + b)
                    connection.sendall(
                        b"HTTP/1.1 404 Not Found\\r\\ncontent-length: 0\\r\\nx: y\\r\\n\\r\\n"
                        b"HTTP/1.1 200 OK\\r\\ncontent-length: %d\\r\\n\\r\\n%s" % (len(body), body)
                    )
                connection.close()
            """,
        twin=SERVICE.honest["python"]["main.py"] + "# HTTP/1.1 200 OK\n",
        caught=failed("test_sum", "A sum that was asked for is there"),
    ),
    Case(
        "answers provisionally and never for good",
        SERVICE,
        cheat="""
            import os, socket
            server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
            while True:
                connection, _ = server.accept()
                if connection.recv(65536):
                    body = b'{"sum": 42}'
                    connection.sendall(b"HTTP/1.1 100 Continue\\r\\n\\r\\n"
                        b"HTTP/1.1 103 Early Hints\\r\\nx-sum: 42\\r\\n\\r\\n" + body)
                connection.close()
            """,
        twin=SERVICE.honest["python"]["main.py"].replace(
            "        self.send_response(status)\n",
            "        self.send_response_only(100)\n        self.end_headers()\n"
            "        self.send_response(status)\n",
        ),
        caught=failed("test_sum", "Your service's answer to `GET /sum?a="),
    ),
    Case(
        "sends the check to a server that it should not reach",
        SERVICE,
        stack="fastapi",
        cheat="""
            from fastapi import FastAPI
            from fastapi.responses import RedirectResponse

            app = FastAPI()

            @app.get("/sum")
            def add():
                return RedirectResponse("http://127.0.0.1:@TCP@/sum")
            """,
        twin=SERVICE.honest["fastapi"]["main.py"]
        + '\n@app.get("/old")\ndef old():\n    from fastapi.responses import RedirectResponse\n'
        '    return RedirectResponse("/sum")\n',
        caught=failed("test_sum", "A sum that was asked for is there"),
    ),
    Case(
        "promises more than it sends",
        SERVICE,
        stack="express",
        cheat="""
            import { createServer } from "node:net";
            createServer((socket) => socket.once("data", () => {
              socket.end('HTTP/1.1 200 OK\\r\\ncontent-length: 5000\\r\\n\\r\\n{"sum": 3}');
            })).listen(process.env.PORT, "127.0.0.1");
            """,
        twin=SERVICE.honest["express"]["main.mjs"].replace("r.json(books)", "r.send(books)"),
        caught=failed("test_sum", "Your service's answer to `GET /sum?a="),
    ),
)
LOGS = (
    Case(
        "has the database's log say that a statement ran",
        SQL_REMOVE,
        stack="sql",
        cheat={
            "remove.sql": (
                "DO $$ BEGIN\n"
                "  RAISE LOG 'duration: 0.100 ms  statement: DELETE FROM books WHERE year < 1950';\n"
                "  EXECUTE 'DEL' || 'ETE FROM books WHERE year < 1950';\nEND $$"
            )
        },
        twin={
            "remove.sql": (
                "DO $$ BEGIN RAISE LOG 'removing'; END $$;\nDELETE FROM books WHERE year < 1950;"
            )
        },
        caught=failed("test_removed", "It must remove them with one DELETE"),
    ),
)
ASKS = UPSTREAM.honest["python"]["main.py"]
COUNTS = BALANCER.honest["python"]["main.py"]
ANSWERS = 'self.answer(Redis()("INCR", "visits"))'
SERVES_PRICES = PRICES.honest["python"]["main.py"]
NO_PRICE = 'body = b"no price"'
STAND_IN = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class StandIn(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"price": 5000}')

def stand_in(port):
    listens, told = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.closerange(0, told)
        os.closerange(told + 1, 99)
        server = HTTPServer(("127.0.0.1", port), StandIn)
        os.close(told)
        server.serve_forever()
    os.close(told)
    os.read(listens, 1)  # until it listens, or has given up
    os.close(listens)
"""
AROUND = (
    Case(
        "answers on the upstream's port itself, while nobody else does",
        PRICES,
        cheat=f"{STAND_IN}\n{SERVES_PRICES.replace(NO_PRICE, f'{NO_PRICE}; stand_in(9000)')}",
        twin=f"{STAND_IN}\n{SERVES_PRICES.replace(NO_PRICE, f'{NO_PRICE}; stand_in(9001)')}",
        caught=failed("test_away", "Something in your sandbox listens on port 9000"),
    ),
    Case(
        "has the balancer ask on until it meets the replica that counts in memory",
        BALANCER,
        cheat=COUNTS.replace(
            ANSWERS,
            """
            global count
            hops = self.path.count("x")
            if count or hops > 2:
                count += 1
                self.answer(count)
            else:
                self.answer("", x_accel_redirect=f"{self.path}?x" if hops == 0 else self.path + "x")
            """.strip(),
        ).replace("class Handler", "count = 0\n    class Handler"),
        twin=COUNTS.replace('"visits"))', '"visits"), x_accel_buffering="no")'),
        caught=failed("test_counted", "All must count together"),
    ),
    Case(
        "answers for a replica that does not, and pretends in a header to be it",
        BALANCER,
        cheat=COUNTS.replace(
            ANSWERS,
            """
            global count
            if not leads:
                self.close_connection = True
                return
            count += 1
            self.answer(count, x_served_by=f"unix:/outside/replicas/replica-{1 + count % 2}.sock")
            """.strip(),
        ).replace(
            "class Handler",
            'count = 0\n    leads = Redis()("SET", "leader", "1", "NX") == "OK"\n    class Handler',
        ),
        twin=COUNTS.replace('"visits"))', '"visits"), x_served_by="unix:/replica-1.sock")'),
        caught=failed("test_counted", "Each must answer for itself"),
    ),
)
CASES = (*PRETENDING, *LEAVING_EARLY, *FRAMES, *HTTP, *LOGS, *AROUND)
