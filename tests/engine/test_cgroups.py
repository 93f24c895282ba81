"""Control groups: where they may be made, what they bound beyond the watch, and none is left."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from milepost.engine import Engine, GradingFinished, Limits, Outcome
from milepost.engine.limits import MEBIBYTE
from milepost.engine.sandbox import cgroup_home

HOME = cgroup_home.find_cgroup_home()
needs_groups = pytest.mark.skipif(isinstance(HOME, str), reason=f"no control groups here: {HOME}")
SMALL = Limits(wall_seconds=15, run_seconds=8, memory_bytes=96 * MEBIBYTE, processes=16)


def list_own_groups() -> list[Path]:
    assert not isinstance(HOME, str)
    folders = dict.fromkeys(HOME.folders.values())
    return [each for folder in folders for each in folder.glob(f"milepost-{os.getpid()}-*")]


def is_empty(group):
    try:
        return not (group / "cgroup.procs").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.needs_isolated_tier
@needs_groups
async def test_verdict_says_that_the_kernel_keeps_the_limits_and_no_group_is_left(
    tmp_path, stacks_dir, make_request, settle
):
    before = set(list_own_groups())
    request = make_request(
        "@check(task='t', objectives=['o'])\ndef test_it(program):\n    program.run()\n", "print(1)"
    )
    async with Engine(runtime_dir=tmp_path / "own", stacks_dir=stacks_dir) as engine:
        seen, events = set(), []
        async for event in engine.grade(request):
            seen |= set(list_own_groups())
            events.append(event)
        assert seen > before

    assert isinstance(events[-1], GradingFinished)
    assert events[-1].report.isolation == "isolated, cgroup limits"
    await settle()
    # Another engine of this process may open guests meanwhile; what is left behind has none inside.
    async with asyncio.timeout(10):
        while any(map(is_empty, {*list_own_groups()} - before)):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)


@pytest.mark.needs_isolated_tier
@needs_groups
async def test_memory_that_no_process_has_mapped_is_counted(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            program.run("hoard")

        @check(task="t", objectives=["o"])
        def test_next(program):
            assert program.run().stdout == "fine\\n"
        """,
        """
        import os, socket, sys, time
        if sys.argv[1:]:
            for _ in range(12):
                if os.fork() == 0: break
            held = []
            while True:
                try:
                    held.append(socket.socketpair())
                except OSError:
                    time.sleep(20)
                for end in held[-1]:
                    end.setblocking(False)
                    try:
                        while True: end.send(b"x" * 65536)
                    except BlockingIOError: pass
        print("fine")
        """,
        limits=SMALL,
    )

    assert graded.report.limit_hit == "memory_bytes"
    assert graded.check("test_it").outcome is Outcome.CRASHED
    assert graded.check("test_next").outcome is Outcome.PASSED


@needs_groups
async def test_processes_are_refused_by_the_kernel_and_named(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            program.run()
        """,
        """
        import os
        for _ in range(400):
            try:
                if os.fork() == 0: os._exit(0)
            except OSError: break
        """,
        limits=SMALL,
    )

    assert graded.report.usage.processes_peak <= SMALL.processes
    if graded.only.outcome is not Outcome.PASSED:  # they may well have been over before the next
        assert graded.report.limit_hit == "processes"


@needs_groups
def test_groups_of_dead_workers_are_swept_and_those_of_living_ones_are_not():
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    assert not isinstance(HOME, str)
    folder = HOME.folders["pids"]
    left, own = folder / f"milepost-{dead.pid}-0", folder / f"milepost-{os.getpid()}-swept"
    left.mkdir()
    own.mkdir()
    try:
        HOME.sweep()

        assert not left.exists()
        assert own.exists()
    finally:
        own.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as somebody else")
def test_who_may_make_no_groups_is_told_why_and_watched():
    code = (
        "import os; from milepost.engine.sandbox.cgroup_home import find_cgroup_home as find;"
        "os.setuid(65534); print(find())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.startswith("no group could be made: "), answer.stdout


MOUNTS_1 = """\
31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 /docker/ab /sys/fs/cgroup/cpu,cpuacct ro,nosuid - cgroup cgroup rw,cpu,cpuacct
33 31 0:30 /docker/ab /sys/fs/cgroup/memory ro,nosuid shared:7 - cgroup cgroup rw,memory
34 31 0:31 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
"""
MOUNT_2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def test_mounts_and_own_groups_are_read_as_the_kernel_writes_them():
    cpu, memory, pids = cgroup_home._list_mounts(MOUNTS_1)
    own = cgroup_home._list_own(
        "4:memory:/docker/ab/c\n3:cpu,cpuacct:/docker/ab\n2:pids:/x\n0::/y\n"
    )

    assert cpu.controllers >= {"cpu", "cpuacct"}
    assert cgroup_home._inside(memory, own["memory"]) == Path("/sys/fs/cgroup/memory/c")
    assert cgroup_home._inside(cpu, own["cpuacct"]) == Path("/sys/fs/cgroup/cpu,cpuacct")
    assert own[""] == "/y"
    (unified,) = cgroup_home._list_mounts(MOUNT_2)
    assert (unified.kind, pids.kind) == ("cgroup2", "cgroup")
