"""The check process: pytest over one lab, in a sandbox of its own, speaking to its engine only.

Started as `python -m milepost.engine.checks.main FD`. It collects the lab's checks once, and then
serves any number of runs, each in a fork of what stands here after collecting.
"""

import gc
import os
import resource
import socket
import sys
import traceback

import pytest

from milepost.engine.checks.host import Host
from milepost.engine.checks.plugin import LAB, GradingPlugin
from milepost.engine.checks.settings import settings_from_json
from milepost.engine.checks.supervisor import Supervisor
from milepost.engine.guest.places import ROOM
from milepost.engine.request import MEBIBYTE

_OPTIONS = (
    *("-c", "/dev/null", "--rootdir", str(LAB), "--confcutdir", str(LAB), "--noconftest"),
    *("-p", "no:cacheprovider", "-p", "no:doctest", "-p", "no:unittest", "-p", "no:junitxml"),
    *("-p", "no:pastebin", "-p", "no:faulthandler", "-p", "no:logging", "-p", "no:stepwise"),
    # These stand around every step of every check, to no use where the results are not shown.
    *("-p", "no:warnings", "-p", "no:threadexception", "-p", "no:unraisableexception"),
    *("-p", "no:setuponly", "-p", "no:setupplan"),
    *("--quiet", "--tb=native", "--show-capture=no", "--no-header", "--no-summary"),
    "--capture=no",  # standard output leads nowhere, and forks must not share a buffer file
)
_RLIMITS = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_DATA: 2048 * MEBIBYTE,  # an author is trusted with verdicts, not the host
    resource.RLIMIT_NPROC: 128,
}


class HostPlugin:
    """Serves runs where pytest would run what it collected."""

    def __init__(self, host: Host, grading: GradingPlugin) -> None:
        self._host = host
        self._grading = grading
        self.has_served = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Wait for runs instead of running; each run is a fork that begins right here."""
        self.has_served = True
        gc.collect()
        gc.freeze()  # a run's collections leave alone, and so shared, what the host has loaded
        self._host.serve(lambda channel: run_checks(channel, self._grading, session))
        return True


def run_checks(
    channel: socket.socket, grading: GradingPlugin, session: pytest.Session | None
) -> None:
    """Do one run: hear its settings, run the checks, and say how each went."""
    supervisor = Supervisor(channel)
    try:
        grading.begin(supervisor, settings_from_json(supervisor.receive().body))
        if session is not None:
            grading.run(session)
        if grading.broken is not None:
            supervisor.say("broken", reason=grading.broken[-8000:])
        supervisor.say("done")
    except ConnectionError:
        return  # the engine has ended this run
    except Exception:  # noqa: BLE001  whatever it was, the engine must hear of it
        supervisor.say("fault", reason=traceback.format_exc()[-8000:])


def main() -> None:
    """Collect the lab's checks and serve runs until the engine goes."""
    if ROOM in os.environ:  # the kernel may count other processes of the same user too
        del _RLIMITS[resource.RLIMIT_NPROC]
    for kind, value in _RLIMITS.items():
        resource.setrlimit(kind, (value, value))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # nobody reads it, and a full pipe would block
    with socket.socket(fileno=int(sys.argv[1])) as control:
        control.set_inheritable(False)
        host, grading = Host(control), GradingPlugin()
        plugin = HostPlugin(host, grading)
        code = pytest.main([*_OPTIONS, str(LAB / "checks.py")], plugins=[grading, plugin])
        if not plugin.has_served:
            grading.broken = grading.broken or f"pytest ended with code {int(code)}."
            host.serve(lambda channel: run_checks(channel, grading, None))


if __name__ == "__main__":
    main()
