"""What runs in this process's sandboxes: to wait until nothing of a run is left, and to see whose.

Warm sandboxes that only wait, and the services that serve every run, do not count as a run's.
"""

import asyncio
import contextlib
import re
import time
from pathlib import Path

import psutil

_SUBREAPER = "/engine/sandbox/subreaper.py"
_PATIENCE_SECONDS = 30


async def wait_until_nothing_runs() -> None:
    """Return once nothing runs for a run any more; a run's end is told a moment before."""
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while left := running_for_a_run():
        assert time.monotonic() < give_up_at, left
        await asyncio.sleep(0.01)


def running_for_a_run() -> list[str]:
    """Every process in a sandbox that this process started, but for warm ones that only wait.

    A sandbox is two bubblewraps, or a subreaper, and what was started in it: a check process, or a
    guest that waits. Whatever those fork is a run's, and so is a guest that has begun.
    """
    return [
        " ".join(process.cmdline())
        for process in processes_in_sandboxes()
        if _is_alive(process) and not _is_idle(process)
    ]


def processes_in_sandboxes() -> list[psutil.Process]:
    """Every process of every sandbox; other tests' servers may be children of this process too."""
    found: dict[int, psutil.Process] = {}
    own = psutil.Process()
    everybody = own.children(recursive=True)  # one look at all processes, which costs the most
    for process in everybody:
        with contextlib.suppress(psutil.NoSuchProcess):
            above = process.ppid()
            is_first = above == own.pid and (process.name() == "bwrap" or _is_subreaper(process))
            if is_first or above in found:  # whoever is above comes before
                found[process.pid] = process
    return list(found.values())


def count_subreapers() -> int:
    """Count the sandboxes without namespaces that there are now, warm ones too."""
    return sum(map(_is_subreaper, filter(_is_alive, psutil.Process().children())))


def _is_subreaper(process: psutil.Process) -> bool:
    try:
        return any(word.endswith(_SUBREAPER) for word in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def _is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _is_idle(process: psutil.Process) -> bool:
    try:
        if process.name() == "bwrap" or _is_subreaper(process):
            return True
        if process.name() == "postgres":
            return not " ".join(process.cmdline()).startswith("postgres: lab_")
        # A launcher lowers its limits when its run begins, and whoever flees from it has them too.
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        has_begun = re.search(r"Max file size +\d", limits) is not None
        outermost = process.parent()
        if has_begun or outermost is None:
            return False
        return outermost.name() == "bwrap" or _is_subreaper(outermost)
    except (psutil.NoSuchProcess, OSError):
        return True
