"""The check process: pytest over one lab, in a sandbox of its own, speaking to its engine only.

Run by the engine as `python -m milepost.engine.checks.main FD`. What is loaded before the
settings arrive is the same for every run, so that a warm parent can fork here one day.
"""

import os
import resource
import socket
import sys

import pytest

from milepost.engine.checks.plugin import LAB, GradingPlugin
from milepost.engine.checks.settings import settings_from_json
from milepost.engine.checks.supervisor import Supervisor
from milepost.engine.request import MEBIBYTE

_OPTIONS = (
    *("-c", "/dev/null", "--rootdir", str(LAB), "--confcutdir", str(LAB), "--noconftest"),
    *("-p", "no:cacheprovider", "-p", "no:doctest", "-p", "no:unittest", "-p", "no:junitxml"),
    *("-p", "no:pastebin", "-p", "no:faulthandler", "-p", "no:logging"),
    *("--quiet", "--tb=native", "--show-capture=no", "--no-header", "--no-summary"),
)
_RLIMITS = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_DATA: 2048 * MEBIBYTE,  # an author is trusted with verdicts, not the host
    resource.RLIMIT_NPROC: 64,
}


def main() -> None:
    """Run the checks and say how each went."""
    for kind, value in _RLIMITS.items():
        resource.setrlimit(kind, (value, value))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # nobody reads it, and a full pipe would block
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        channel.set_inheritable(False)
        supervisor = Supervisor(channel)
        plugin = GradingPlugin(supervisor, settings_from_json(supervisor.receive().body))
        code = pytest.main([*_OPTIONS, str(LAB / "checks.py")], plugins=[plugin])
        plugin.close()
        if plugin.broken is None and code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            plugin.broken = f"pytest ended with code {int(code)}."
        if plugin.broken is not None:
            supervisor.say("broken", reason=plugin.broken[-8000:])
        supervisor.say("done")


if __name__ == "__main__":
    main()
