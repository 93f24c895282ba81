"""The restricted tier: sandboxes without namespaces, where everything else is forbidden."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from milepost.engine import Engine, Entry, IsolationUnavailable, Tier, Verdict, probe_isolation
from milepost.engine.limits import MEBIBYTE
from milepost.engine.sandbox import Inhabitant, Sandbox, SandboxSpec, Scratch, claim_slot
from milepost.engine.sandbox_specs import system_folders
from milepost.engine.stacks.runtimes import find_interpreter

STATUS = probe_isolation(Tier.RESTRICTED)
pytestmark = pytest.mark.skipif(not STATUS.ready, reason=STATUS.reason)
ABSTRACT = f"milepost-restricted-{os.getpid()}"
PATIENCE_SECONDS = 60.0
NO_SERVICE = Entry(program=("python", "main.py"), module="main.py")


@pytest.fixture(scope="module")
async def engine(runtime, stacks_dir):
    async with Engine(runtime_dir=runtime, stacks_dir=stacks_dir, tier="restricted") as engine:
        yield engine


@pytest.fixture(params=["own user", "shared user"])
def uid(request):
    """Root gives each sandbox a user of its own; other users share theirs with their sandboxes."""
    slot = claim_slot()
    if request.param == "own user" and slot.guest_uid is None:
        pytest.skip("only root becomes other users")
    yield slot.guest_uid if request.param == "own user" else None
    slot.release()


def spec_for(code: str, *arguments: str) -> SandboxSpec:
    interpreter = find_interpreter()
    return SandboxSpec(
        argv=(str(interpreter.executable), "-I", "-S", "-c", textwrap.dedent(code), *arguments),
        shown={**system_folders(), **{str(path): path for path in interpreter.paths}},
        scratch=(Scratch("/work", 16 * MEBIBYTE), Scratch("/tmp", 16 * MEBIBYTE)),  # noqa: S108
        directory="/work",
    )


def start(code: str, uid: int | None, *arguments: str) -> Sandbox:
    return Sandbox.start(STATUS.isolation, spec_for(code, *arguments), uid=uid)


def running_with(marker: str) -> list[int]:
    """Every process whose command line has the marker, whoever adopted it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if marker.encode() in words:
                found.append(int(entry.name))
    return found


def wait_until(is_true) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < give_up_at, "waited in vain"
        time.sleep(0.01)


# Each is refused; what succeeds is printed. PID is a process of the host, of Milepost's own user.
ESCAPES = [
    "open('/etc/passwd').close()",
    "open('/proc/self/environ').close()",
    "os.listdir('/proc')",
    "open(f'/proc/{PID}/environ').close()",
    "open(f'/proc/{PID}/mem', 'rb').close()",
    "os.listdir('/')",
    "os.listdir('/tmp')",
    "os.listdir('/dev/shm')",
    "open(FILE).close()",
    "open(FILE, 'a').close()",
    "open(FILE + '.new', 'w').close()",
    "os.truncate(FILE, 0)",
    "os.unlink(FILE)",
    "os.rename(FILE, FILE + '.moved')",
    "os.link(FILE, 'hard')",
    "os.symlink(FILE, 'soft'); open('soft').close()",
    "os.mkdir(FILE + '.folder')",
    "os.chmod(FILE, 0o777)",
    "os.chown(FILE, os.getuid(), os.getgid())",
    "os.utime(FILE, (0, 0))",
    "os.setxattr(FILE, 'user.x', b'1')",
    "os.chmod('.', 0o777)",
    "os.mknod('null', 0o20666, os.makedev(1, 3))",
    "os.kill(PID, 0)",
    "os.kill(PID, 9)",
    "os.kill(os.getppid(), 0)",
    "signal.pidfd_send_signal(os.pidfd_open(PID), 9)",
    "os.setpriority(os.PRIO_PROCESS, PID, 19)",
    "os.setpriority(os.PRIO_USER, 0, 19)",
    "os.sched_setaffinity(PID, {0})",
    "resource.prlimit(PID, resource.RLIMIT_NOFILE, (3, 3))",
    "socket.create_connection(('127.0.0.1', PORT), 1)",
    "socket.socket(socket.AF_UNIX).connect('\\0' + ABSTRACT)",
    "socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b'x', '\\0' + ABSTRACT)",
    "socket.socketpair(type=socket.SOCK_SEQPACKET)",
    "socket.socketpair()[0].connect('\\0' + ABSTRACT)",
    "socket.send_fds(socket.socketpair()[0], [b'x'], [0])",
    "socket.create_server(('127.0.0.1', 0))",
    "os.memfd_create('x')",
    "check(libc.inotify_init1(0))",
    "check(libc.shmget(0, 4096, 0o1600))",
    "check(libc.unshare(0x10000000))",
    "check(libc.ptrace(16, PID, 0, 0))",
    "check(libc.mount(b'x', b'/work', b'tmpfs', 0, None))",
    "os.chroot('.')",
    "os.setuid(0 if os.getuid() else 1)",
    "os.execv('/bin/true', ['true'])",
]
ATTEMPTS = f"""
import ctypes, os, resource, signal, socket, sys
FILE, PID, PORT, ABSTRACT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
libc = ctypes.CDLL(None, use_errno=True)
def check(answer):
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")
for attempt in {ESCAPES!r}:
    try:
        exec(attempt)
    except OSError:
        continue
    print(attempt, flush=True)
"""


def test_room_reaches_nothing_of_the_host(uid, tmp_path):
    file = tmp_path / "open-to-all"
    file.write_text("the host's")
    for folder in (file, *file.parents[:2]):
        folder.chmod(0o777)
    before = file.stat()
    other = subprocess.Popen(["sleep", "300"])
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as tcp,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
        ):
            datagrams.bind(f"\0{ABSTRACT}")
            datagrams.setblocking(False)
            port = str(tcp.getsockname()[1])
            sandbox = start(ATTEMPTS, uid, str(file), str(other.pid), port, ABSTRACT)
            code = sandbox.stop_and_wait(PATIENCE_SECONDS)
            with pytest.raises(BlockingIOError):
                datagrams.recv(1)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()

    assert (code, sandbox.diagnostics()) == (0, "")
    after = file.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_size) == (
        before.st_mode,
        before.st_mtime_ns,
        before.st_size,
    )
    assert file.read_text() == "the host's"


def test_room_can_do_what_programs_do(uid):
    code = """
        import os, socket, subprocess, sys, tempfile, threading
        open("file", "w").write("text")
        os.rename("file", "moved"); os.mkdir("folder"); os.rename("moved", "folder/file")
        tempfile.NamedTemporaryFile(dir=".").close()
        one, two = socket.socketpair(); one.sendall(b"x"); assert two.recv(1) == b"x"
        command = [sys.executable, "-I", "-S", "-c", "print(1)"]
        assert subprocess.run(command, capture_output=True).stdout == b"1\\n"
        thread = threading.Thread(target=lambda: None); thread.start(); thread.join()
        open("/dev/null", "w").write("x"); os.urandom(4)
        print("done")
    """
    sandbox = start(code, uid)
    exit_code = sandbox.stop_and_wait(PATIENCE_SECONDS)

    assert (exit_code, sandbox.diagnostics()) == (0, "done")


FLED = 4
FLEES = """
import os, signal, sys, time, ctypes
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
open("locked", "w").close(); os.mkdir("dark", 0)
for generation in range(4):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.closerange(0, 100)
        time.sleep(600)
print("fled", flush=True)
"""


async def test_nothing_outlives_a_room_that_ends_by_itself(uid):
    marker = f"fled-{os.getpid()}-itself-{uid}"
    sandbox = start(FLEES, uid, marker)
    exit_code = sandbox.stop_and_wait(PATIENCE_SECONDS)

    assert (exit_code, sandbox.diagnostics()) == (0, "fled")
    assert running_with(marker) == []
    assert not sandbox.view.folder.exists()


async def test_nothing_outlives_a_room_that_is_killed(uid):
    marker = f"fled-{os.getpid()}-killed-{uid}"
    sandbox = start(FLEES + "time.sleep(600)", uid, marker)
    wait_until(lambda: "fled" in sandbox.diagnostics())
    wait_until(lambda: len(running_with(marker)) == 1 + FLED)

    await sandbox.stop()

    assert running_with(marker) == []
    assert not sandbox.view.folder.exists()


def test_nothing_outlives_an_engine_that_is_killed():
    marker = f"fled-{os.getpid()}-orphaned"
    engine = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, FLEES, marker], stdout=subprocess.PIPE, text=True
    )
    folder = Path(engine.stdout.readline().strip())
    assert folder.is_dir()
    assert len(running_with(marker)) > 1
    engine.kill()
    engine.wait()
    engine.stdout.close()

    wait_until(lambda: not running_with(marker) and not folder.exists())


ORPHAN = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_restricted import claim_slot, start
sandbox = start(sys.argv[1] + "time.sleep(600)", claim_slot().guest_uid, sys.argv[2])
while "fled" not in sandbox.diagnostics():
    time.sleep(0.01)
print(sandbox.view.folder, flush=True)
time.sleep(600)
"""


async def test_fork_bomb_is_killed_while_it_forks():
    slot = claim_slot()
    if slot.guest_uid is None:
        pytest.skip("only a user of its own can be bounded so tightly")
    marker = f"bomb-{os.getpid()}"
    code = """
        import os, resource
        resource.setrlimit(resource.RLIMIT_NPROC, (64, 64))
        print("fled", flush=True)
        while True:
            try: os.fork()
            except OSError: pass
    """
    try:
        sandbox = start(code, slot.guest_uid, marker)
        wait_until(lambda: len(running_with(marker)) > 40)
        await sandbox.stop()
        assert running_with(marker) == []
    finally:
        slot.release()


def test_checks_may_hand_on_descriptors_and_learners_may_not(uid):
    code = (
        "import socket; p = socket.socketpair(); socket.send_fds(p[0], [b'x'], [1]); print('sent')"
    )
    for inhabitant, said in ((Inhabitant.CHECKS, "sent"), (Inhabitant.LEARNER, "")):
        spec = replace(spec_for(code), inhabitant=inhabitant)
        sandbox = Sandbox.start(STATUS.isolation, spec, uid=uid)
        sandbox.stop_and_wait(PATIENCE_SECONDS)
        assert ("sent" in sandbox.diagnostics()) == bool(said)


async def test_lab_of_functions_and_programs_is_graded(engine, make_request):
    request = make_request(
        """
        @check(task="t", objectives=["o"])
        def test_program(program, data):
            run = program.run("/work/x", stdin="in", files={"beside.txt": "text"})
            assert run.json() == ["in", "text", (data / "truth.txt").read_text()]

        @check(task="t", objectives=["o"])
        def test_function(solution):
            assert solution.call("add", 1, 2) == 3

        @check(task="t", objectives=["o"])
        def test_next_sees_no_file_of_the_one_before(program):
            assert program.run("list").json() == ["main.py"]
        """,
        """
        import json, os, sys
        def add(a, b):
            return a + b
        if __name__ == "__main__":
            if sys.argv[1] == "list":
                print(json.dumps(os.listdir(".")))
            else:
                print(json.dumps([sys.stdin.read(), open("beside.txt").read(), "yes"]))
        """,
        data={"truth.txt": "yes"},
        entry=NO_SERVICE,
    )
    report = [event async for event in engine.grade(request)][-1].report

    assert report.verdict is Verdict.PASSED, report.checks
    assert report.isolation == "restricted, watched limits"


async def test_node_is_graded(engine, make_request):
    request = make_request(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution, program):
            assert solution.call("add", 1, 2) == 3
            assert program.run().stdout == "7\\n"
        """,
        "import { execFileSync } from 'node:child_process';\n"
        "export const add = (a, b) => a + b;\n"
        "if (process.argv[1] === import.meta.filename)\n"
        "  process.stdout.write(execFileSync(process.execPath, ['-e', 'console.log(7)']));\n",
        stack="node",
        entry=Entry(program=("node", "main.mjs"), module="main.mjs"),
    )
    report = [event async for event in engine.grade(request)][-1].report

    assert report.verdict is Verdict.PASSED, report.checks


@pytest.mark.parametrize(
    "more", [{"services": ("postgres",), "entry": NO_SERVICE}, {"entry": Entry(service=("x",))}]
)
async def test_lab_that_needs_a_network_is_refused_in_so_many_words(engine, make_request, more):
    request = make_request("@check(task='t', objectives=['o'])\ndef test_it(): pass", "", **more)

    with pytest.raises(IsolationUnavailable, match="needs the isolated tier"):
        await anext(engine.grade(request))


async def test_hidden_files_count(engine, make_request):
    """A deleted file that is open or mapped is in no folder, and a folder may be unreadable."""
    hoard = {
        "open": """
            held.append(open(name, "w")); os.unlink(name)
            held[-1].write("x" * (1 << 20)); held[-1].flush()""",
        "mapped": """
            file = open(name, "w+b"); file.write(b"x" * (1 << 20)); file.flush(); os.unlink(name)
            libc.mmap(None, 4096, 1, 1, file.fileno(), 0); file.close()""",
        "visible": "open(name, 'w').write('x' * (1 << 20))",
    }
    hoard = {name: textwrap.dedent(code) for name, code in hoard.items()}
    request = make_request(
        f"""
        HOARDS = {hoard!r}

        @pytest.mark.parametrize("hoard", sorted(HOARDS))
        @check(task="t", objectives=["o"])
        def test_hoard(program, hoard):
            program.run(HOARDS[hoard])
        """,
        """
        import ctypes, os, sys, time
        libc = ctypes.CDLL(None)
        held = []
        for number in range(100):
            name = str(number)
            exec(sys.argv[1])
        time.sleep(20)
        """,
        entry=NO_SERVICE,
    )
    report = [event async for event in engine.grade(request)][-1].report

    assert [check.message for check in report.checks] == [request.limits.describe("disk_bytes")] * 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has users to give")
async def test_learners_and_checks_have_users_apart_and_none_is_root(engine, make_request):
    request = make_request(
        """
        import os
        @check(task="t", objectives=["o"])
        def test_it(program):
            assert program.run().stdout not in ("0\\n", f"{os.getuid()}\\n")
            assert os.getuid() != 0
        """,
        "import os; print(os.getuid())",
        entry=NO_SERVICE,
    )
    report = [event async for event in engine.grade(request)][-1].report

    assert report.verdict is Verdict.PASSED, report.checks


def test_signal_to_the_subreaper_is_not_what_ends_a_sandbox(uid):
    sandbox = start("import time; print('up', flush=True); time.sleep(600)", uid)
    wait_until(lambda: "up" in sandbox.diagnostics())
    os.kill(sandbox._process.pid, signal.SIGCHLD)  # what it hears all the time
    assert sandbox.is_running
    sandbox.kill()
    sandbox.stop_and_wait(PATIENCE_SECONDS)
