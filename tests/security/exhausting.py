"""Exhausting: taking so much of something that nothing is left: memory, processes, disk, time, patience.

Each ends by the limit that names it. Limits are counted from outside, over all that a run started.
"""

from typing import Any

from milepost.engine import Outcome
from milepost.engine.backing.registry import describe_limit
from security.case import Case, crashed, failed, hit, timed_out
from security.forging import ANSWERS, ASKS, BASKET, COUNTS, RIGHT, SEND
from security.labs import (
    BALANCER,
    JSON,
    POSTGRES,
    SERVICE,
    SMALL,
    SOLUTION,
    SQL_LIST,
    UPSTREAM,
    WORK,
    hurried,
)

HONEST = WORK.honest["python"]["main.py"]
HONEST_NODE = WORK.honest["node"]["main.mjs"]
HURRIED_WORK, HURRIED_SQL = hurried(WORK), hurried(SQL_LIST)
ASKED_ONCE, CALLED_ONCE = hurried(SERVICE), hurried(SOLUTION)
TOTAL = "def total(prices):\n"
# Has `work` go on in a process whose first thread, by which everybody knows it, is gone.
LEAVES = (
    "import ctypes, platform, threading\nthreading.Thread(target=work).start()\n"
    "ctypes.CDLL(None).syscall(60 if platform.machine() == 'x86_64' else 93, 0)"
)


def _bomb(name: str, limit: str, cheat: str, twin: str, **more: Any) -> Case:
    caught = hit(limit, "test_work", SMALL.describe(limit))
    return Case(name, WORK, cheat=cheat, twin=f"{twin}\n{HONEST}", caught=caught, **more)


def _endless(name: str, cheat: str, twin: str = "", **more: Any) -> Case:
    caught = timed_out("test_work", "`python main.py` was still running after 3 seconds")
    return Case(name, HURRIED_WORK, cheat=cheat, twin=f"{twin}\n{HONEST}", caught=caught, **more)


PROCESSES = (
    _bomb(
        "forks without end",
        "processes",
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
        "import os\nif os.fork() == 0: os._exit(0)\nos.wait()",
    ),
    _bomb(
        "starts threads without end",
        "processes",
        "import threading, time\nwhile True:\n"
        "  try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "  except RuntimeError: pass",
        "import threading\nt = threading.Thread(target=print, kwargs={'end': ''})\nt.start(); t.join()",
    ),
    Case(
        "starts programs without end",
        WORK,
        stack="node",
        cheat='import { spawn } from "node:child_process";\n'
        "const more = () => { const p = spawn(process.execPath, ['main.mjs']); p.on('error', () => {}); };\n"
        "setInterval(more, 1);",
        twin='import { spawnSync } from "node:child_process";\n'
        f"spawnSync(process.execPath, ['-e', '0']);\n{HONEST_NODE}",
        caught=hit("processes", "test_work", SMALL.describe("processes")),
    ),
    Case(
        "forks without end in a call",
        SOLUTION,
        cheat=f"import os\n{BASKET}{TOTAL}    while True:\n        try: os.fork()\n"
        "        except OSError: pass\n",
        twin=f"import os\nif os.fork() == 0: os._exit(0)\nos.wait()\n{RIGHT}",
        caught=hit("processes", "test_total", "It started more than 32 processes or threads"),
    ),
)
MEMORY = (
    _bomb(
        "takes memory without end",
        "memory_bytes",
        "hold = []\nwhile True: hold.append(bytearray(1 << 20))",
        "hold = bytearray(20 << 20)",
    ),
    _bomb(
        "takes memory in many processes",
        "memory_bytes",
        "import os, time\nfor _ in range(6):\n  if os.fork() == 0: break\n"
        "hold = bytearray(40 << 20)\nhold[::4096] = b'x' * len(hold[::4096])\ntime.sleep(30)",
        "import os\nfor _ in range(3):\n  if os.fork() == 0: os._exit(0)\nhold = bytearray(9 << 20)",
    ),
    _bomb(
        "takes memory that processes share",
        "memory_bytes",
        "import mmap, time\nm = mmap.mmap(-1, 400 << 20)\n"
        "for i in range(0, 400 << 20, 4096): m[i] = 1\ntime.sleep(30)",
        "import mmap\nm = mmap.mmap(-1, 4 << 20)\nm[0] = 1",
    ),
    _bomb(
        "takes memory in a process whose first thread has ended",
        "memory_bytes",
        "import mmap, time\ndef work():\n  m = mmap.mmap(-1, 200 << 20)\n"
        f"  for i in range(0, 200 << 20, 4096): m[i] = 1\n  time.sleep(30)\n{LEAVES}",
        "import threading\nt = threading.Thread(target=bytearray, args=(9 << 20,))\nt.start(); t.join()",
    ),
    Case(
        "takes memory without end",
        WORK,
        stack="node",
        cheat="const hold = [];\nwhile (true) hold.push(Buffer.alloc(1 << 20, 1));",
        twin=f"const hold = Buffer.alloc(9 << 20, 1);\n{HONEST_NODE}",
        caught=hit("memory_bytes", "test_work", SMALL.describe("memory_bytes")),
    ),
)
UNMAPPED = tuple(
    Case(
        f"takes memory that no process maps: {where}",
        WORK,
        cheat=f"import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n{take}",
        twin=f"import mmap\nm = mmap.mmap(-1, 1 << 20)\nm[0] = 1\n{HONEST}",
        caught=failed("test_work", "A program that worked exits with 0"),
    )
    for where, take in (
        (
            "files without a name",
            "for n in range(50): os.write(os.memfd_create(str(n)), bytes(8 << 20))",
        ),
        (
            "segments of System V",
            "for n in range(50):\n    assert libc.shmget(n, 8 << 20, 0o1666) >= 0",
        ),
        ("message queues", "for n in range(50):\n    assert libc.msgget(n, 0o1666) >= 0"),
    )
)
FILES = (
    _bomb(
        "fills the disk",
        "disk_bytes",
        "file = open('big', 'wb')\nwhile True:\n  try: file.write(b'x' * 65536)\n"
        "  except OSError: pass",
        "open('small', 'wb').write(b'x' * 65536)",
    ),
    _bomb(
        "fills the disk faster than anybody looks",
        "disk_bytes",
        "open('big', 'wb').write(b'x' * (12 << 20))",
        "open('small', 'wb').write(b'x' * (2 << 20))",
    ),
    _bomb(
        "fills the disk with a file that it has deleted",
        "disk_bytes",
        "import os, tempfile, time\nfile = tempfile.TemporaryFile()\n"
        "file.write(b'x' * (12 << 20)); file.flush(); time.sleep(30)",
        "import tempfile\ntempfile.TemporaryFile().write(b'x' * (1 << 20))",
    ),
    _bomb(
        "fills the disk with files that it has deleted, and of which only a thread knows",
        "disk_bytes",
        "import ctypes, tempfile, time\ndef work():\n"
        "  ctypes.CDLL(None).close_range(1000, 1001, 2)  # a table of files of its own\n"
        "  held = [tempfile.TemporaryFile() for _ in range(3)]\n"
        f"  for each in held: each.write(bytes(4 << 20)); each.flush()\n  time.sleep(30)\n{LEAVES}",
        "import tempfile, threading\nt = threading.Thread(target=tempfile.TemporaryFile)\n"
        "t.start(); t.join()",
    ),
    _bomb(
        "fills the disk with files that it has deleted, and hands them on from fork to fork",
        "disk_bytes",
        "import ctypes, os, tempfile, time\nr, w = os.pipe()\nif os.fork() == 0:\n  os.close(r)\n"
        "  ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n"
        "  held = [tempfile.TemporaryFile() for _ in range(3)]\n"
        "  for each in held: each.write(bytes(4 << 20)); each.flush()\n"
        "  while True:\n    time.sleep(0.03)\n    if os.fork(): os._exit(0)\n"
        "os.close(w)\nos.read(r, 1)",
        "import os, tempfile\nheld = tempfile.TemporaryFile()\nif os.fork() == 0: os._exit(0)\nos.wait()",
    ),
    _bomb(
        "makes files without end",
        "files",
        "import tempfile\nhere = tempfile.gettempdir()\nn = 0\n"
        "while True:\n  n += 1\n  open(f'{here}/{n}', 'w').close()",
        "import tempfile\nfor n in range(99): open(f'{tempfile.gettempdir()}/{n}', 'w').close()",
    ),
    _bomb(
        "makes folders within folders without end",
        "files",
        "import os\nwhile True:\n  os.mkdir('d')\n  os.chdir('d')",
        "import os\nos.makedirs('/'.join('abcdefgh'))",
    ),
    Case(
        "opens files without end",
        WORK,
        cheat="hold = []\nwhile True: hold.append(open('main.py'))",
        twin=f"hold = [open('main.py') for _ in range(50)]\n{HONEST}",
        caught=failed("test_work", "A program that worked exits with 0"),
    ),
    Case(
        "makes a file of a terabyte that is empty",
        WORK,
        cheat="open('sparse', 'wb').truncate(1 << 40)",
        twin=f"open('sparse', 'wb').truncate(1 << 20)\n{HONEST}",
        caught=failed("test_work", "A program that worked exits with 0"),
    ),
)
TIME = (
    _endless(
        "never ends and ignores every signal that it can",
        "import signal\nfor n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n"
        "  except (OSError, ValueError): pass\nwhile True: pass",
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)",
    ),
    _endless(
        "stops itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGCONT)",
        storm=True,
    ),
    _endless(
        "waits for input that never comes",
        "import os\nos.read(os.pipe()[0], 1)",
        storm=True,
    ),
    Case(
        "never ends a call",
        CALLED_ONCE,
        cheat=f"{BASKET}{TOTAL}    while True: pass\n",
        twin=f"for _ in range(9999): pass\n{RIGHT}",
        caught=timed_out("test_total", "`total("),
    ),
    Case(
        "answers with a promise that is never kept",
        CALLED_ONCE,
        stack="node",
        cheat="export const total = () => new Promise(() => setInterval(() => {}, 1000));",
        twin=SOLUTION.honest["node"]["main.mjs"]
        .replace("(prices) =>", "async (prices) =>", 1)
        .replace("return total(this.prices);", "return total(this.prices).then((n) => n);"),
        caught=timed_out("test_total", "`total("),
    ),
    Case(
        "never ends its own import",
        CALLED_ONCE,
        cheat="while True: pass\n",
        twin=f"for _ in range(9999): pass\n{RIGHT}",
        caught=timed_out("test_total", "The import of `main.py` had not answered"),
    ),
    Case(
        "has the compiler work without end",
        CALLED_ONCE,
        cheat="x = " + "(" * 90 + "0" + ",)" * 90 + "\ny = '''" + "x" * 99 + "''' * 9**9 * 9**9\n",
        twin="x = " + "(" * 40 + "0" + ")" * 40 + f"\n{RIGHT}",
        caught=crashed("test_total", "Your module `main.py` could not be imported: "),
    ),
)
OUTPUT = (
    _bomb(
        "prints without end",
        "output_bytes",
        "while True: print('x' * 79)",
        "import sys\nprint('x' * 9999, file=sys.stderr)",
    ),
    _bomb(
        "prints one line without end",
        "output_bytes",
        "import sys\nwhile True: sys.stdout.write('x' * 65536)",
        "import sys\nsys.stderr.write('x' * 9999)",
    ),
    _bomb(
        "complains without end",
        "output_bytes",
        "import sys\nwhile True: sys.stderr.write('x' * 65536)",
        "import sys\nsys.stderr.write('x' * 9999)",
    ),
    Case(
        "prints without end while it answers",
        SOLUTION,
        cheat=f"{BASKET}{TOTAL}    while True: print('x' * 65536)\n",
        twin=f"print('x' * 65536)\n{RIGHT}",
        caught=hit("output_bytes", "test_total", "It printed more than 1024 KiB"),
    ),
    Case(
        "answers with more than a frame may hold",
        SOLUTION,
        cheat=f"{BASKET}{TOTAL}    return 'x' * (33 << 20)\n",
        twin=f"large = 'x' * (33 << 20)\n{RIGHT}",
        caught=failed("test_total", "`total("),
    ),
    Case(
        "floods the channel of calls",
        CALLED_ONCE,
        cheat=f"{SEND}{BASKET}{TOTAL}    while True: os.write(3, b'\\0\\0\\0\\2\\0\\0\\0\\0{{}}' * 4096)\n",
        twin=f"frames = b'{{}}' * 4096\n{RIGHT}",
        caught=crashed("test_total", "`total("),
    ),
    Case(
        "prints a hundred thousand nested lists",
        JSON,
        cheat="print('[' * 100000 + ']' * 100000)",
        twin=JSON.honest["python"]["main.py"] + "deep = '[' * 100000\n",
        caught=failed("test_list", "The program should print JSON, but its output is not JSON"),
    ),
)


def _serve(answer: str) -> str:
    return (
        "import gzip, os, socket, sys, time, zlib\n"
        'server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))\nheld = []\n'
        "while True:\n    connection, _ = server.accept()\n"
        "    if not connection.recv(65536): continue\n"
        f"    try:\n        {answer}\n    except OSError: pass\n    connection.close()\n"
    )


OK = "connection.sendall(b'HTTP/1.1 200 OK\\r\\n"
HTTP = tuple(
    Case(
        name,
        ASKED_ONCE,
        cheat=_serve(answer),
        twin=SERVICE.honest["python"]["main.py"] + f"# {name}\n",
        caught=caught,
        storm=storm,
    )
    for name, answer, caught, storm in (
        (
            "takes a request and never answers",
            "held.append(connection); connection = socket.socket()",
            timed_out("test_sum", "Your service had not answered `GET /sum?a="),
            False,
        ),
        (
            "answers a byte at a time",
            f"{OK}content-length: 9999\\r\\n\\r\\n')\n"
            "        while True: connection.sendall(b'x'); time.sleep(0.1)",
            timed_out("test_sum", "Your service began to answer `GET /sum?a="),
            False,
        ),
        (
            "answers without end",
            f"{OK}transfer-encoding: chunked\\r\\n\\r\\n')\n"
            "        while True: connection.sendall(b'4000\\r\\n' + b'x' * 0x4000 + b'\\r\\n')",
            hit("output_bytes", "test_sum", "The answer to `GET /sum?a="),
            False,
        ),
        (
            "answers with chunks of nothing but comments",
            f"{OK}transfer-encoding: chunked\\r\\n\\r\\n')\n"
            "        while True: connection.sendall(b'1;' + b'x' * 9999 + b'\\r\\ny\\r\\n'); time.sleep(0.01)",
            timed_out("test_sum", "Your service began to answer `GET /sum?a="),
            True,
        ),
        (
            "answers provisionally without end",
            "while True: connection.sendall(b'HTTP/1.1 100 Continue\\r\\n\\r\\n'); time.sleep(0.01)",
            timed_out("test_sum", "Your service began to answer `GET /sum?a="),
            False,
        ),
        (
            "answers with headers without end",
            f"{OK}')\n        while True: connection.sendall(b'x: ' + b'y' * 9999 + b'\\r\\n')",
            failed("test_sum", "Your service's answer to `GET /sum?a="),
            False,
        ),
        (
            "answers with a bomb in gzip",
            "body = gzip.compress(bytes(64 << 20)); "
            f"{OK}content-encoding: gzip\\r\\ncontent-length: %d\\r\\n\\r\\n' % len(body) + body)",
            hit("output_bytes", "test_sum", "The answer to `GET /sum?a="),
            False,
        ),
        (
            "answers with a bomb in gzip in gzip",
            "body = gzip.compress(gzip.compress(bytes(16 << 20))); "
            f"{OK}content-encoding: gzip, gzip\\r\\ncontent-length: %d\\r\\n\\r\\n' % len(body) + body)",
            failed("test_sum", "Your service's answer to `GET /sum?a="),
            False,
        ),
        (
            "prints without end while it answers",
            "while True: os.write(1, b'x' * 65536)",
            hit("output_bytes", "test_sum", "It printed more than 1024 KiB"),
            False,
        ),
    )
)
LISTED = SQL_LIST.honest["sql"]["list.sql"]
SQL = tuple(
    Case(
        name,
        HURRIED_SQL if caught.outcome is Outcome.TIMED_OUT else SQL_LIST,
        stack="sql",
        cheat={"list.sql": bomb},
        twin={"list.sql": f"{alike};\n{LISTED}"},
        caught=caught,
        storm=storm,
    )
    for name, bomb, alike, caught, storm in (
        (
            "sleeps in the database",
            "SELECT pg_sleep(60)",
            "SELECT pg_sleep(0.01)",
            timed_out("test_old_books", "The statement was still running after 3 seconds"),
            True,
        ),
        (
            "joins everything with everything, and forbids a time limit",
            "SET statement_timeout = 0; SELECT count(*) FROM books a, books b, books c, books d, books e",
            "SET statement_timeout = 0; SELECT count(*) FROM books a, books b",
            timed_out("test_old_books", "The statement was still running after 3 seconds"),
            True,
        ),
        (
            "loops in the database",
            "DO $$ BEGIN LOOP END LOOP; END $$",
            "DO $$ BEGIN FOR n IN 1..99 LOOP END LOOP; END $$",
            timed_out("test_old_books", "The statement was still running after 3 seconds"),
            False,
        ),
        (
            "speaks without end",
            "DO $$ BEGIN LOOP RAISE NOTICE '%', repeat('x', 9999); END LOOP; END $$",
            "DO $$ BEGIN RAISE NOTICE 'once'; END $$",
            timed_out("test_old_books", "The statement was still running after 3 seconds"),
            True,
        ),
        (
            "fills the log on the host's disk",
            "DO $$ BEGIN LOOP RAISE LOG '%', repeat('x', 99999); END LOOP; END $$",
            "DO $$ BEGIN RAISE LOG 'once'; END $$",
            hit("database_bytes", "test_old_books", describe_limit("database_bytes", SMALL)),
            False,
        ),
        (
            "fills tables",
            "CREATE TABLE big (a text); DO $$ BEGIN LOOP INSERT INTO big"
            " SELECT repeat(md5(n::text), 99) FROM generate_series(1, 99) n; END LOOP; END $$",
            "CREATE TABLE small AS SELECT generate_series(1, 999)",
            hit("database_bytes", "test_old_books", describe_limit("database_bytes", SMALL)),
            False,
        ),
        (
            "fills large objects",
            "DO $$ BEGIN FOR n IN 1..100000 LOOP PERFORM lo_from_bytea(0,"
            " convert_to(repeat(md5(n::text), 3000), 'UTF8')); END LOOP; END $$",
            "SELECT lo_from_bytea(0, 'few')",
            hit("database_bytes", "test_old_books", describe_limit("database_bytes", SMALL)),
            False,
        ),
        (
            "fills temporary files",
            "SET work_mem = '64kB'; SELECT count(*) FROM (SELECT md5(n::text) m"
            " FROM generate_series(1, 9000000) n ORDER BY m OFFSET 1) x",
            "SET work_mem = '64kB'; SELECT count(*) FROM (SELECT id FROM books ORDER BY title) x",
            hit("database_bytes", "test_old_books", "PostgreSQL stopped it: temporary file size"),
            False,
        ),
        (
            "takes all memory of a session",
            "SELECT length(repeat('x', 500000000)) + length(repeat('y', 500000000))",
            "SELECT length(repeat('x', 5000000))",
            hit("memory_bytes", "test_old_books", ""),
            False,
        ),
        (
            "takes locks without end",
            "SELECT pg_advisory_lock(n) FROM generate_series(1, 20000) n; SELECT pg_sleep(30)",
            "SELECT pg_advisory_lock(n) FROM generate_series(1, 20) n",
            hit("database_locks", "test_old_books", describe_limit("database_locks", SMALL)),
            False,
        ),
        (
            "answers with more than is read",
            "SELECT repeat('x', 1000) FROM generate_series(1, 1000000)",
            "SELECT repeat('x', 1000) FROM generate_series(1, 10)",
            hit("output_bytes", "test_old_books", "The result is larger than 256 KiB"),
            False,
        ),
        (
            "answers with rows of nothing, without end",
            "WITH RECURSIVE n AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT FROM n",
            "SELECT FROM books",
            hit("output_bytes", "test_old_books", "The result is larger than 256 KiB"),
            False,
        ),
        (
            "calls itself without end",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN f(); END'; SELECT f()",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT f()",
            failed("test_old_books", "PostgreSQL refuses `list.sql`, line 1: stack depth limit"),
            False,
        ),
    )
)
CONNECTIONS = (
    Case(
        "takes every connection to the database",
        POSTGRES,
        stack="fastapi",
        cheat="""
            import os, psycopg
            held = []
            try:
                while True:
                    held.append(psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3))
            except psycopg.OperationalError:
                print(len(held), "connections")
            """,
        twin=POSTGRES.honest["fastapi"]["main.py"].replace(
            "with psycopg", 'held = [psycopg.connect(os.environ["DATABASE_URL"])]\nwith psycopg'
        ),
        caught=failed("test_counted", "It must print the number of books"),
    ),
    Case(
        "holds a lock that the check needs",
        hurried(POSTGRES),
        stack="fastapi",
        cheat="""
            import os, psycopg
            connection = psycopg.connect(os.environ["DATABASE_URL"])
            connection.execute("LOCK TABLE books IN ACCESS EXCLUSIVE MODE")
            connection.execute("SELECT pg_sleep(60)")
            """,
        twin=POSTGRES.honest["fastapi"]["main.py"].replace(
            "    print", '    connection.execute("LOCK TABLE books")\n    print'
        ),
        caught=timed_out("test_counted", "`python main.py` was still running after 3 seconds"),
        storm=True,
    ),
    Case(
        "opens doors without end",
        POSTGRES,
        stack="fastapi",
        cheat="import socket\nheld = []\nwhile len(held) < 120:\n"
        "    try: held.append(socket.create_connection(('127.0.0.1', 5432), 1))\n"
        "    except OSError: break\nprint('many')\n",
        twin="import socket\nsocket.create_connection(('127.0.0.1', 5432), 1).close()\n"
        + POSTGRES.honest["fastapi"]["main.py"],
        caught=failed("test_counted", "It must print the number of books"),
    ),
)
DIAL = (
    "import socket\ndef dial(): return socket.create_connection(('127.0.0.1', 9000), 5)\n"
    "HEAD = b'POST /note HTTP/1.1\\r\\nhost: a\\r\\n'\n"
)
AROUND = (
    Case(
        "sends more to the upstream than anybody keeps",
        UPSTREAM,
        cheat=f"{DIAL}{ASKS}\ntry:\n  sock = dial()\n  while price != 'no price':\n"
        "    sock.sendall(HEAD + b'content-length: 200000\\r\\n\\r\\n' + b'x' * 200000)\n"
        "    if not sock.recv(9999): break\nexcept OSError: pass\n",
        twin=f"{DIAL}{ASKS}\nif price != 'no price':\n  sock = dial()\n"
        "  sock.sendall(HEAD + b'content-length: 200000\\r\\n\\r\\n' + b'x' * 200000)\n"
        "  assert sock.recv(9999)\n",
        caught=hit("output_bytes", "test_price", "Your code sent more than 16 MiB to the service"),
    ),
    Case(
        "calls the upstream without end",
        hurried(UPSTREAM),
        cheat=f"{DIAL}while True:\n  sock = dial()\n  sock.sendall(HEAD + b'\\r\\n')\n"
        "  sock.recv(9999)\n  sock.close()\n",
        twin=f"{DIAL}for _ in range(50):\n  sock = dial()\n  sock.sendall(HEAD + b'\\r\\n')\n"
        f"  sock.recv(9999)\n  sock.close()\n{ASKS}",
        caught=timed_out("test_price", "`python main.py` was still running after 3 seconds"),
    ),
    Case(
        "opens half a call after the other, until none gets through",
        UPSTREAM,
        cheat=f"{DIAL}held = []\ntry:\n  while len(held) < 300:\n    held.append(dial())\n"
        f"    held[-1].sendall(HEAD)\nexcept OSError: pass\n{ASKS}",
        twin=f"{DIAL}{ASKS}\nif price != 'no price':\n  held = [dial() for _ in range(9)]\n"
        "  for each in held: each.sendall(HEAD)\n",
        caught=failed("test_price", "It must print the price that the service says"),
    ),
    Case(
        "takes what the balancer sends and never answers",
        hurried(BALANCER),
        cheat="""
            import os, socket
            server, held = socket.create_server(("127.0.0.1", int(os.environ["PORT"]))), []
            while True: held.append(server.accept())
            """,
        twin=COUNTS.replace(ANSWERS, f"socket.socket().close()\n            {ANSWERS}"),
        caught=timed_out("test_counted", "Your service, behind a balancer, had not answered"),
        storm=True,
    ),
    Case(
        "answers the balancer with headers without end",
        BALANCER,
        cheat=COUNTS.replace(
            ANSWERS,
            "self.wfile.write(b'HTTP/1.1 200 OK\\r\\n')\n"
            "            while True: self.wfile.write(b'x: ' + b'y' * 9999 + b'\\r\\n')",
        ),
        twin=COUNTS.replace('"visits"))', '"visits"), x="y" * 999)'),
        caught=failed("test_counted", "Every replica must answer"),
    ),
    Case(
        "answers the balancer without end",
        BALANCER,
        cheat=COUNTS.replace(
            ANSWERS,
            "self.send_response(200)\n            self.end_headers()\n"
            "            while True: self.wfile.write(b'x' * 65536)",
        ),
        twin=COUNTS.replace(ANSWERS, f"{ANSWERS}\n            self.close_connection = True"),
        caught=hit("output_bytes", "test_counted", "The answer to `GET /visits` is larger than"),
    ),
)
CASES = (
    *PROCESSES,
    *MEMORY,
    *UNMAPPED,
    *FILES,
    *TIME,
    *OUTPUT,
    *HTTP,
    *SQL,
    *CONNECTIONS,
    *AROUND,
)
