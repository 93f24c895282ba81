"""What is measured of a guest by /proc, in moments that last too short to be met by chance."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from milepost.engine.guests.usage import ProcessMeter
from milepost.engine.limits import Limits

PATIENCE_SECONDS = 30.0
# Stands for the first process of a sandbox, whose first child is the launcher.
INIT = """
import subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1], *sys.argv[2:]])
"""
STARTS = """
import os, sys
os.posix_spawn(
    sys.executable, [sys.executable, "-c", "input()"], {},
    file_actions=[(os.POSIX_SPAWN_OPEN, 0, sys.argv[1], os.O_RDONLY, 0)],
)
print("started", flush=True)
os.wait()
"""


@contextmanager
def sandbox(launcher: str, *arguments: str):
    command = [sys.executable, "-c", INIT, launcher, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as init:
        try:
            yield init
        finally:
            for pid in below(init.pid):
                os.kill(pid, 9)


def below(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [deeper for child in children for deeper in (*below(int(child)), int(child))]


def wait_until(is_true) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < give_up_at, "waited in vain"
        time.sleep(0.01)


def test_what_the_launcher_is_just_starting_hides_nothing_yet(tmp_path):
    """It shares the launcher's closed memory, however long a busy machine lets it wait."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    with sandbox(STARTS, str(gate)) as init:
        wait_until(lambda: len(below(init.pid)) == 2)
        meter = ProcessMeter(init.pid, is_launcher=False)
        wait_until(lambda: meter.list_pids() == [])

        with gate.open("w"):
            assert init.stdout.readline() == "started\n"
            assert meter.list_pids() == [below(init.pid)[0]]


def test_process_is_measured_whose_first_thread_has_ended():
    holds = """
import ctypes, mmap, platform, subprocess, sys, threading, time
code = '''
import ctypes, mmap, platform, threading, time
def work():
    held = mmap.mmap(-1, 64 << 20)
    held.write(bytes(64 << 20))
    print("held", flush=True)
    time.sleep(300)
threading.Thread(target=work).start()
ctypes.CDLL(None).syscall(60 if platform.machine() == "x86_64" else 93, 0)
'''
subprocess.run([sys.executable, "-c", code])
"""
    with sandbox(holds) as init:
        assert init.stdout.readline() == "held\n"
        meter = ProcessMeter(init.pid, is_launcher=False)
        for limit in (32, 1024):  # above the limit, memory is measured in another way
            limits = Limits(memory_bytes=limit << 20)

            assert meter.measure(limits, 0)[0] > 64 << 20
