"""Lingering: leaving something behind for a later check or run: files, processes, memory, sessions.

Every check begins with a clean guest and a fresh database, every run with a new one of each.
"""

import textwrap

from security.case import Case, failed
from security.forging import ANSWERS, COUNTS
from security.labs import MEMORY, MODULE_MEMORY, TURNS, VISITS

_FRAME = """
import ctypes, os, signal, socket, struct, sys, time
libc = ctypes.CDLL(None, use_errno=True)
WORK, TMP = os.environ["HOME"], os.environ.get("TMPDIR", "/tmp")

def keep(word):
{keep}

def tell():
{tell}

try:
    word = keep(sys.argv[2]) if sys.argv[1] == "keep" else tell()
except OSError:
    word = None
if sys.argv[1] == "tell":
    print(f"the word is {{word}}" if word else "empty-handed")
"""


def _indent(code: str, by: int = 4) -> str:
    return textwrap.indent(textwrap.dedent(code).strip(), " " * by)


def linger(name: str, keep: str, tell: str) -> Case:
    """Make a case that keeps a word in one check and asks for it in the next, in vain."""
    program = _FRAME.format(keep=_indent(keep), tell=_indent(tell))
    honest = _FRAME.format(keep=_indent(keep), tell=_indent("return None"))
    said = 'f"the word is {word}" if word else "empty-handed"'
    twin = honest.replace(said, '"no word"')
    return Case(
        name,
        MEMORY,
        cheat=program,
        twin=twin,
        caught=failed("test_asked", "A word of another check must be unknown"),
        prints="empty-handed\n",
    )


_DAEMON = """
if os.fork() == 0:
    os.setsid()
    for fd in range(3): os.close(fd)
    {serve}
    os._exit(0)
time.sleep(0.3)
"""
_FIRST_PROCESS = """
(stack,) = [line for line in open('/proc/1/maps') if '[stack]' in line]
end = int(stack.split()[0].partition('-')[2], 16)
"""
ASKED = failed("test_asked", "A word of another check must be unknown")


def _keeps(made: str, keep: str, known: str, told: str) -> str:
    """Write a module that keeps a word; it prints whether it knows one, also where it lies."""
    return f"""
import mmap, os, select, socket, tempfile
{made}

def keep(word):
{_indent(keep)}
    return len(word)

def known():
{_indent(known)}

def tell():
    print(known() or "empty-handed")
    return {told}
"""


# What an import makes, and what then carries a word from one fork of it to the next.
IMPORTED = (
    (
        "shared memory",
        "shared = mmap.mmap(-1, 64)",
        "shared.write(word.encode())",
        "return shared[:9].decode() if shared[0] else None",
    ),
    (
        "a pipe",
        "mine, its = os.pipe()",
        "os.write(its, word.encode())",
        "return os.read(mine, 9).decode() if select.select([mine], [], [], 0.2)[0] else None",
    ),
    (
        "a pair of sockets",
        "left, right = socket.socketpair()",
        "left.send(word.encode())",
        "return right.recv(9).decode() if select.select([right], [], [], 0.2)[0] else None",
    ),
    (
        "a file without a name",
        "file = tempfile.TemporaryFile()",
        "file.write(word.encode()); file.flush()",
        "file.seek(0); return file.read().decode() or None",
    ),
)
_TAKES_OVER = """
import os, socket, sys
from milepost.engine.agent import harness

def serve_all():
    control = socket.socket(fileno=os.dup(3))
    control.settimeout(None)
    while True:
        order, channels, _, _ = socket.recv_fds(control, 1, 1)
        if not order:
            os._exit(0)
        os.dup2(channels[0], 3, inheritable=False)
        os.close(channels[0])
        harness.Harness(sys.modules["main"]).serve(harness.Decoder(harness.parse_call))

for place in (harness, sys.modules["__main__"]):
    place.serve_forks = serve_all
words = []
"""
_SURVIVES = """
    import os, socket, time

    def hold():
        os.closerange(3, 99)
        server = socket.create_server(("127.0.0.1", 9999))
        number = 0
        while True:
            number += 1
            server.accept()[0].sendall(str(number).encode())

    def leave():
{leave}

    def count():
        for tried in range(500):
            try:
                return socket.create_connection(("127.0.0.1", 9999), 1).recv(99).decode()
            except OSError:
                leave() if tried == 0 else time.sleep(0.01)
"""
# Who writes to the descriptor on which a program waits has a word in how it goes on.
_TELLS = """
import {{ spawn }} from "node:child_process";
import {{ appendFileSync, readFileSync, readdirSync }} from "node:fs";

function attempt(act) {{
  try {{ return act(); }} catch {{ return []; }}
}}

function tell() {{
  for (const pid of attempt(() => readdirSync("/proc")).map(Number).filter(Boolean)) {{
    const environment = attempt(() => readFileSync(`/proc/${{pid}}/environ`, "utf8"));
    const waits = environment.includes("MILEPOST_WAITS_AT") && pid !== process.ppid;
    if (waits) attempt(() => appendFileSync(`/proc/${{pid}}/fd/3`, "word"));
  }}
}}

const what = process.argv[2];
if (what === "stay") {{
  setInterval(tell, 2);
  console.log("ready");
}}
if (what === "keep") {{
  const stdio = ["ignore", "pipe", "ignore"];
  const stays = spawn(process.execPath, ["main.mjs", "stay"], {{ detached: true, stdio }});
  stays.stdout.once("data", () => process.exit());
}}
if (what === "tell") console.log({told});
"""
CASES = (
    Case(
        "tells a word to the program that waits for a later check",
        TURNS,
        stack="node",
        cheat=_TELLS.format(told='"empty-handed"'),
        twin=_TELLS.format(told='"no word"'),
        caught=ASKED,
        prints="empty-handed\n",
    ),
    linger(
        "keeps it in files of every folder that it may write to",
        """
        for folder in (WORK, TMP, f"{WORK}/a/b", f"{TMP}/.hidden", f"{WORK}/..", "/dev/shm"):
            os.makedirs(folder, exist_ok=True)
            try: open(f"{folder}/@MARK@", "w").write(word)
            except OSError: pass
        """,
        """
        for folder in (WORK, TMP, f"{WORK}/a/b", f"{TMP}/.hidden", f"{WORK}/..", "/dev/shm"):
            if os.path.exists(f"{folder}/@MARK@"): return open(f"{folder}/@MARK@").read()
        """,
    ),
    linger(
        "keeps it in files that are hard to delete",
        """
        os.makedirs(f"{TMP}/locked/in")
        open(f"{TMP}/locked/in/@MARK@", "w").write(word)
        os.symlink(f"{TMP}/locked", f"{WORK}/link")
        os.mkdir(f"{WORK}/line\\nbreak")
        os.chmod(f"{TMP}/locked/in", 0)
        os.chmod(f"{TMP}/locked", 0o111)
        os.chmod("/dev/shm", 0o555)
        """,
        """
        found = [n for f in (TMP, WORK) for n in os.listdir(f) if n != "main.py"]
        return found + os.listdir("/dev/shm")
        """,
    ),
    linger(
        "leaves links to the host's folders where its sandbox is emptied",
        """
        bait = os.path.dirname("@LOOT@")
        for folder in (WORK, TMP, f"{WORK}/a", f"{TMP}/b/c"):
            os.makedirs(folder, exist_ok=True)
            os.symlink(bait, f"{folder}/to-a-folder")
            os.symlink(f"{bait}/loot.txt", f"{folder}/to-a-file")
        os.rename(f"{TMP}/b", f"{WORK}/a/moved")
        """,
        """
        return [n for f in (TMP, WORK) for n in os.listdir(f) if n != "main.py"]
        """,
    ),
    linger(
        "keeps it in a process that listens",
        _DAEMON.format(
            serve="server = socket.create_server(('127.0.0.1', 9999))\n"
            "    while True: server.accept()[0].sendall(word.encode())"
        ),
        "return socket.create_connection(('127.0.0.1', 9999), 1).recv(99)",
    ),
    linger(
        "keeps it behind an abstract socket",
        _DAEMON.format(
            serve="server = socket.socket(socket.AF_UNIX); server.bind('\\0word'); server.listen()\n"
            "    while True: server.accept()[0].sendall(word.encode())"
        ),
        "s = socket.socket(socket.AF_UNIX); s.connect('\\0word'); return s.recv(99)",
    ),
    linger(
        "keeps it in shared memory of System V",
        """
libc.shmat.restype = ctypes.c_void_p
number = libc.shmget(77, 4096, 0o1666)
if number >= 0: ctypes.memmove(libc.shmat(number, None, 0), word.encode(), len(word))
""",
        "number = libc.shmget(77, 0, 0)\nreturn number + 1 if number >= 0 else None",
    ),
    linger(
        "keeps it in a message queue",
        """
number = libc.msgget(78, 0o1666)
if number >= 0: libc.msgsnd(number, struct.pack('=q9s', 1, word.encode()), 9, 0)
queue = libc.mq_open(b'/word', os.O_CREAT | os.O_RDWR, 0o666, None)
if queue >= 0: libc.mq_send(queue, word.encode(), len(word), 0)
""",
        "return libc.msgget(78, 0) >= 0 or libc.mq_open(b'/word', os.O_RDONLY) >= 0 or None",
    ),
    linger(
        "keeps it in a key ring",
        "libc.syscall(248, b'user', b'word', word.encode(), len(word), -4)",
        "return libc.syscall(249, b'user', b'word', None, -4) >= 0 or None",
    ),
    linger(
        "keeps it in another's memory",
        "libc.prctl(15, word.encode(), 0, 0, 0)\nos.kill(os.getppid(), signal.SIGCONT)",
        "said = open(f'/proc/{os.getppid()}/comm').read()\nreturn said if 'sword' in said else None",
    ),
    linger(
        "keeps it in the memory of the sandbox's first process",
        _FIRST_PROCESS + "os.pwrite(os.open('/proc/1/mem', os.O_RDWR), word.encode(), end - 64)",
        _FIRST_PROCESS + "said = os.pread(os.open('/proc/1/mem', os.O_RDONLY), 9, end - 64)\n"
        "return said if said == b'swordfish' else None",
    ),
    *(
        Case(
            f"keeps it in {what} that the import has made",
            MODULE_MEMORY,
            cheat=_keeps(made, keep, tell, "known() or ''"),
            twin=_keeps(made, keep, tell, "None"),
            caught=ASKED,
            prints="empty-handed\n",
        )
        for what, made, keep, tell in IMPORTED
    ),
    Case(
        "serves every check itself, in the place of the harness that has imported it",
        MODULE_MEMORY,
        cheat=_keeps(
            _TAKES_OVER, "words.append(word)", "return words and words[0]", "known() or ''"
        ),
        twin=_keeps(_TAKES_OVER, "words.append(word)", "return words and words[0]", "None"),
        caught=ASKED,
        prints="empty-handed\n",
    ),
    *(
        Case(
            f"keeps count in a process {where}, which outlives the service",
            VISITS,
            cheat=_SURVIVES.format(leave=_indent(leave, 8))
            + COUNTS.replace(ANSWERS, "self.answer(count())"),
            twin=_SURVIVES.format(leave=_indent(leave, 8))
            + COUNTS.replace(ANSWERS, f"count(); {ANSWERS}"),
            caught=failed("test_restarted", "What was counted must outlive a restart"),
        )
        for where, leave in (
            ("of a session of its own", "if os.fork() == 0: os.setsid(); hold()"),
            (
                "that has no parent any more",
                "if os.fork() == 0:\n    if os.fork() == 0: os.setsid(); hold()\n"
                "    os._exit(0)\nos.wait()",
            ),
        )
    ),
)
