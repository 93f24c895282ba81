"""What learner code and checks can see and reach: nothing of the host, nothing of each other."""

import os
import shutil
import socket
import threading

import pytest

from milepost.engine import Outcome, Verdict

ABSTRACT = f"milepost-test-{os.getpid()}"  # other runs of these tests listen too

ASK = """
@check(task="t", objectives=["o"])
def test_{number}(program):
    run = program.run("{number}")
    assert (run.stdout, run.stderr) == ("", ""), "nothing may be reached"
"""

# Each prints something if it gets anywhere.
REACHES = [
    "print([p for p in ('/etc/shadow', '/root/.ssh', '/var', '/run', '/sys') if exists(p)])",
    "print([n for n in os.listdir('/') if n not in SEEN])",
    "print([n for n in os.listdir('/etc') if n not in SEEN])",
    "print({k: v for k, v in os.environ.items() if 'MILEPOST' in k or 'HOST_SECRET' in k})",
    "print([n for n in os.listdir('/proc') if n.isdigit() and int(n) not in MINE])",
    "print(open('/proc/1/environ').read())",
    "print([w for w in open('/proc/1/cmdline').read().split('\\0') if 'bind' in w or 'run' in w])",
    "print([readlink('/proc/self/fd/' + n) for n in os.listdir('/proc/self/fd') if int(n) > 3])",
    "print(os.listdir('/proc/2/fd'))",
    "print(open('/proc/2/mem', 'rb'))",
    "print(socket.create_connection(('127.0.0.1', PORT), 1))",
    "print(socket.create_connection(('1.1.1.1', 53), 1))",
    "print(socket.getaddrinfo('example.com', 80))",
    f"socket.socket(socket.AF_UNIX).connect('\\0{ABSTRACT}'); print('abstract')",
    "print(open('/new', 'w'))",
    "print(open('/dev/new', 'w'))",
    "print(open('/usr/lib/new', 'w'))",
    "print(open('/opt/milepost/milepost/engine/protocol/frames.py', 'a'))",
    "os.mknod('/work/null', 0o20666, os.makedev(1, 3)); print(open('/work/null'))",
    "os.setuid(0); print('root')",
    "os.chroot('/work'); print('chroot')",
    "libc.unshare(0x10000000) or print('a new user namespace')",
    "libc.mount(b'x', b'/work', b'tmpfs', 0, None) or print('mounted')",
    "libc.ptrace(16, 2, 0, 0) or print('traced the launcher')",
    "resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999)); print('raised')",
    "print([l for l in open('/proc/self/status') if l[:3] == 'Cap' and int(l.split()[1], 16)])",
]


@pytest.mark.needs_isolated_tier
async def test_guest_reaches_nothing(grade, monkeypatch, listener):
    monkeypatch.setenv("HOST_SECRET", "hush")
    seen = "dev etc lib lib64 opt proc root home tmp usr work passwd group hosts nsswitch.conf"
    graded = await grade(
        "\n".join(ASK.format(number=number) for number in range(len(REACHES))),
        {
            "main.py": f"""
                import ctypes, os, resource, socket, sys
                from os import readlink
                from os.path import exists
                PORT = {listener}
                SEEN = {seen.split()!r}
                MINE = (1, 2, os.getpid())
                libc = ctypes.CDLL(None)
                def print(value, _print=print):
                    if value:
                        _print(value)
                from attempts import ATTEMPTS
                try:
                    exec(ATTEMPTS[int(sys.argv[1])])
                except (OSError, ValueError):
                    pass
                """,
            "attempts.py": f"ATTEMPTS = {REACHES!r}",
        },
    )

    reached = {
        code: check.evidence[0].response
        for code, check in zip(REACHES, graded.report.checks, strict=True)
        if check.outcome is not Outcome.PASSED
    }
    assert reached == {}


@pytest.fixture
def listener():
    """Listen on the loopback and on an abstract socket, and let nobody in unnoticed."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{ABSTRACT}")
        abstract.listen()
        yield tcp.getsockname()[1]


async def test_guest_sees_no_check_no_data_and_no_hidden_name(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"], hidden=True)
        def test_secret_name(program):
            run = program.run()
            assert run.stdout == "[]\\n", "nothing of the lab may be in the guest"
        """,
        """
        import os
        found = []
        for folder, folders, files in os.walk("/"):
            folders[:] = [f for f in folders if folder != "/" or f not in ("proc", "usr", "dev")]
            found += [f for f in files if f in ("checks.py", "answers.txt", "plugin.py")]
        print(found)
        """,
        data={"answers.txt": "42"},
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.evidence


@pytest.mark.needs_isolated_tier
async def test_check_process_sees_its_lab_and_neither_host_nor_network(grade, listener):
    graded = await grade(
        f"""
        import os, socket, subprocess

        @check(task="t", objectives=["o"])
        def test_it(data):
            assert (data / "truth.txt").read_text() == "yes"
            assert not os.path.exists("/etc/shadow")
            assert not [name for name in os.environ if "SECRET" in name]
            assert os.getuid() == 1000
            with pytest.raises(OSError):
                socket.create_connection(("127.0.0.1", {listener}), 1)
            with pytest.raises(OSError):
                (data / "truth.txt").write_text("no")
        """,
        data={"truth.txt": "yes"},
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.detail


@pytest.mark.needs_isolated_tier
async def test_nothing_runs_as_root_and_roots_guests_and_checks_have_users_apart(
    engine, make_request, sandbox_users
):
    request = make_request(
        """
        import time

        @check(task="t", objectives=["o"])
        def test_it(program):
            program.run()
        """,
        "import time\ntime.sleep(0.3)",
    )
    users = set()
    async for _ in engine.grade(request):
        users |= sandbox_users()

    assert 0 not in users
    assert users == {os.geteuid()} if os.geteuid() else len(users) >= 2


async def test_lab_folder_that_is_replaced_is_graded_as_it_is_now(engine, make_request):
    request = make_request("@check(task='t', objectives=['o'])\ndef test_old():\n    pass\n")
    newer = make_request("@check(task='t', objectives=['o'])\ndef test_new():\n    pass\n")
    before = [event async for event in engine.grade(request)]
    shutil.rmtree(request.lab)
    newer.lab.rename(request.lab)
    after = [event async for event in engine.grade(request)]

    assert before[-1].report.checks[0].name == "test_old"
    assert after[-1].report.checks[0].name == "test_new"


async def test_host_path_that_others_may_not_enter_is_no_hindrance(engine, make_request):
    request = make_request("@check(task='t', objectives=['o'])\ndef test_it():\n    pass\n")
    request.lab.parent.chmod(0o700)
    threads = set(threading.enumerate())

    events = [event async for event in engine.grade(request)]

    assert events[-1].report.verdict is Verdict.PASSED
    assert set(threading.enumerate()) <= threads  # a namespace of mounts belongs to one thread
