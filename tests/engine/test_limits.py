"""Bombs: each ends by the limit that names it, the next run is normal, and nothing is left."""

from dataclasses import replace
from functools import partial

import pytest

from milepost.engine import Engine, Entry, Limits, Outcome, Tier, Verdict, probe_isolation
from milepost.engine.limits import MEBIBYTE

RUN = """
    @check(task="t", objectives=["o"])
    def test_bomb(program):
        # The kernel may end the program itself before anybody has looked.
        assert program.run("bomb").exit_code == 0, "It ends by itself"

    @check(task="t", objectives=["o"])
    def test_next(program):
        assert program.run().stdout == "fine\\n"
"""
SMALL = Limits(
    wall_seconds=15,
    run_seconds=8,
    memory_bytes=128 * MEBIBYTE,
    processes=16,
    output_bytes=256 * 1024,
    disk_bytes=8 * MEBIBYTE,
    files=500,
)
BOMBS = {
    "memory_bytes": "hold = []\nwhile True: hold.append(bytearray(1 << 20))",
    "processes": "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
    "output_bytes": "while True: sys.stdout.write('x' * 65536)",
    "disk_bytes": """
file = open('big', 'wb')
while True:
  try: file.write(b'x' * 65536)
  except OSError: pass""",
    "files": """
import tempfile
n = 0
while True:
  n += 1
  open(f'{tempfile.gettempdir()}/{n}', 'w').close()""",
}
SHARED = """
import os
for _ in range(6):
  if os.fork() == 0: break
hold = bytearray(40 << 20)
hold[::4096] = b'x' * len(hold[::4096])
import time; time.sleep(30)"""


@pytest.fixture(scope="module", params=["cgroup", "watched", "restricted"])
async def engine(request, runtime, stacks_dir):
    """Limits that the kernel keeps, where it lets us, and those that the watch keeps alone."""
    status = probe_isolation(Tier.RESTRICTED if request.param == "restricted" else Tier.ISOLATED)
    isolation = status.isolation
    if isolation is None:
        pytest.skip(status.reason)
    if request.param == "watched":
        isolation = replace(isolation, cgroups=None)
    elif request.param == "cgroup" and isolation.cgroups is None:
        pytest.skip(f"no control groups here: {isolation.why_not_more}")
    async with Engine(runtime_dir=runtime, stacks_dir=stacks_dir, isolation=isolation) as engine:
        yield engine


@pytest.fixture
def make_request(make_request):
    """None of these labs starts a server, which not every tier can."""
    return partial(make_request, entry=Entry(program=("python", "main.py"), module="main.py"))


def bomb(code: str) -> dict[str, str]:
    lines = "".join(f"  {line}\n" for line in code.strip().splitlines())
    return {"main.py": f"import sys\nif sys.argv[1:]:\n{lines}print('fine')\n"}


@pytest.mark.parametrize(("limit", "code"), BOMBS.items())
async def test_bomb_ends_by_the_limit_that_names_it(grade, limit, code):
    graded = await grade(RUN, bomb(code), limits=SMALL)

    assert graded.report.limit_hit == limit, graded.report.message
    assert graded.check("test_bomb").outcome is Outcome.CRASHED
    assert graded.check("test_bomb").message == SMALL.describe(limit)
    assert graded.check("test_next").outcome is Outcome.PASSED
    assert graded.report.verdict is Verdict.CRASHED
    assert graded.report.message == SMALL.describe(limit)


async def test_memory_is_limited_as_the_sum_of_all_processes(grade):
    graded = await grade(RUN, bomb(SHARED), limits=SMALL)

    assert graded.report.limit_hit == "memory_bytes"
    assert graded.check("test_next").outcome is Outcome.PASSED


async def test_a_file_that_is_only_mapped_is_no_memory_where_the_kernel_keeps_the_account(
    grade,
):
    code = """
import mmap
with open('big', 'wb') as file:
  for _ in range(80): file.write(bytes(1 << 20))
with open('big', 'rb') as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
  print(sum(mapped[::4096]))"""
    limits = replace(SMALL, memory_bytes=64 * MEBIBYTE, disk_bytes=128 * MEBIBYTE)

    graded = await grade(RUN, bomb(code), limits=limits)

    has_cgroup = "cgroup" in graded.report.isolation
    assert graded.report.limit_hit == (None if has_cgroup else "memory_bytes")
    assert graded.check("test_bomb").outcome is (Outcome.PASSED if has_cgroup else Outcome.CRASHED)
    assert graded.report.usage.memory_peak_bytes <= limits.memory_bytes or not has_cgroup


async def test_disk_filled_faster_than_the_watch_looks_is_still_named(grade):
    code = "open('big', 'wb').write(b'x' * (12 << 20))"
    graded = await grade(RUN, bomb(code), limits=SMALL)

    assert graded.report.limit_hit == "disk_bytes"


async def test_fork_bomb_from_a_call_crashes_only_its_own_check(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_bomb(solution):
            solution.call("bomb")

        @check(task="t", objectives=["o"])
        def test_next(solution):
            assert solution.call("fine") == 1
        """,
        """
        import os
        def bomb():
            while True:
                try: os.fork()
                except OSError: pass
        def fine():
            return 1
        """,
        limits=SMALL,
    )

    assert graded.report.limit_hit == "processes"
    assert graded.check("test_bomb").outcome is Outcome.CRASHED
    assert graded.check("test_next").outcome is Outcome.PASSED


async def test_daemon_that_outlives_its_check_is_gone_in_the_next(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_leaves_a_daemon(program):
            assert program.run("leave").exit_code == 0

        @check(task="t", objectives=["o"])
        def test_sees_nothing_of_it(program):
            assert program.run().stdout == "1 ['main.py'] []\\n"
        """,
        """
        import os, sys, tempfile, time
        if sys.argv[1:]:
            open("left", "w").close()
            open(f"{tempfile.gettempdir()}/left", "w").close()
            if os.fork() == 0:
                os.setsid()
                for fd in range(3): os.close(fd)
                while True:
                    open("alive", "w").close()
                    time.sleep(0.005)
            sys.exit(0)
        time.sleep(0.1)
        mine = (1, 2, os.getpid())
        try:
            others = [n for n in os.listdir("/proc") if n.isdigit() and int(n) not in mine]
        except PermissionError:
            others = []  # the restricted tier shows no processes at all
        print(1 + len(others), os.listdir("."), os.listdir(tempfile.gettempdir()))
        """,
    )

    assert graded.report.verdict is Verdict.PASSED
