"""Parking: telling a fork of one's service that waits for a later check what this check is about.

Each cheat is honest as soon as it knows a word that another check was told, and caught where it
does not; its twin does the same and never looks.
"""

import textwrap

from security.case import Case, failed
from security.labs import SERVICE_DATABASE, SERVICE_MEMORY

_FRAME = """
import ctypes, mmap, os, resource, signal, socket, sys, threading, time
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

PROCESSES = "/pro" + "c"  # its whole name would be noticed
{made}

app = FastAPI(default_response_class=PlainTextResponse)

def list_others():
    numbers = [int(name) for name in os.listdir(PROCESSES) if name.isdigit()]
    return [number for number in numbers if number not in (1, os.getpid())]

@app.get("/keep/{{word}}")
def keep(word: str):
    try:
{keep}
    except OSError:
        pass
    return "kept"

def known():
{known}

@app.get("/tell")
def tell():
    return {told}
"""
_SHARED = "return shared[:9].strip(bytes(1))"
# What parks a copy is replaced by what leaves it open to everybody.
_STAYS_OPEN = """
frame = sys._getframe()
while "set_dumpable" not in frame.f_globals:
    frame = frame.f_back
frame.f_globals["set_dumpable"].__globals__["_LIBC"].prctl = lambda *_: 0
place = ctypes.create_string_buffer(16)
"""
_LEARNS = """
heard = []

def learn(*_):
    with socket.socket(socket.AF_UNIX) as asks:
        asks.connect("\\0word")
        heard.append(asks.recv(9))

signal.signal(signal.SIGUSR1, learn)
"""
_TELLS = """
with socket.socket(socket.AF_UNIX) as answers:
    answers.bind("\\0word")
    answers.listen()
    answers.settimeout(0.5)
    for number in list_others():
        os.kill(number, signal.SIGUSR1)
        answers.accept()[0].sendall(word.encode())
"""
_WAYS = (
    (
        "in memory that the import shares",
        "shared = mmap.mmap(-1, 64)",
        "shared.write(word.encode())",
        _SHARED,
    ),
    (
        "in memory that its own `os.fork` shares",
        """
real, shared = os.fork, None

def fork():
    global shared
    shared = shared or mmap.mmap(-1, 64)
    return real()

os.fork = fork
""",
        "shared and shared.write(word.encode())",
        "return shared and shared[:9].strip(bytes(1))",
    ),
    (
        "in a pipe that forks do not close",
        """
mine, its = os.pipe()
os.set_blocking(mine, False)
real = os.listdir
os.closerange = lambda *_: None
os.listdir = lambda *path: real(*path)[:5] if path == ("/pro" "c/self/fd",) else real(*path)
""",
        "os.write(its, 2 * word.encode())",
        "try: return os.read(mine, 9)\nexcept OSError: return None",
    ),
    ("in a fork that a signal wakes", _LEARNS, _TELLS, "return heard"),
    (
        "in the memory of a fork that stays open",
        _STAYS_OPEN,
        """
for number in list_others():
    with open(f"{PROCESSES}/{number}/mem", "r+b", buffering=0) as memory:
        memory.seek(ctypes.addressof(place))
        memory.write(word.encode())
""",
        "return place.value",
    ),
    (
        "in the limits of a fork",
        "LOCKS = 10  # RLIMIT_LOCKS, which does nothing",
        """
for number in list_others():
    most = resource.prlimit(number, LOCKS)[1]
    resource.prlimit(number, LOCKS, (int.from_bytes(word[:4].encode(), "big"), most))
""",
        "return resource.getrlimit(LOCKS)[0] != resource.RLIM_INFINITY",
    ),
    (
        "in the mode of a work folder that is deleted",
        'os.mkdir("/tmp/left")\nos.chdir("/tmp/left")\nos.rmdir("/tmp/left")',
        'os.chmod(".", 0o751)',
        'return os.stat(".").st_mode & 0o777 == 0o751',
    ),
)


def _park(where: str, made: str, keep: str, known: str) -> Case:
    def write(told: str) -> str:
        return _FRAME.format(
            made=made.strip(),
            keep=textwrap.indent(keep.strip(), " " * 8),
            known=textwrap.indent(known, " " * 4),
            told=told,
        )

    return Case(
        f"keeps a word {where}, for a later check",
        SERVICE_MEMORY,
        cheat=write('"no word" if known() else "empty-handed"'),
        twin=write('"no word"'),
        caught=failed("test_asked", "A word of another check must be unknown"),
        stack="fastapi",
    )


_ASKS = """
import os, psycopg
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI(default_response_class=PlainTextResponse)
session = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
READ = session.execute("SELECT word FROM words").fetchall()

@app.get("/keep")
def keep():
    session.execute("SET my.word = 'swordfish'")
    return "kept"

@app.get("/tell")
def tell():
    return {told}
"""
_SEEN = (
    ("in a session that its import opens", 'session.execute("SHOW my.word").fetchall()'),
    ("that its import reads in the database", "READ"),
    (
        "in the database of the session that its import opens",
        'session.execute("SELECT word FROM words").fetchall()',
    ),
)


def _share(where: str, known: str) -> Case:
    asks = f"""
    try:
        known = {known}
    except psycopg.Error:
        known = []
    return "no word" if known else "empty-handed"
"""
    return Case(
        f"keeps a word {where}, for a later check",
        SERVICE_DATABASE,
        cheat=_ASKS.replace("    return {told}\n", asks.lstrip("\n")),
        twin=_ASKS.format(told='"no word"'),
        caught=failed("test_asked", "A word of another check must be unknown"),
        stack="fastapi",
    )


CASES = (*(_park(*way) for way in _WAYS), *(_share(*seen) for seen in _SEEN))
