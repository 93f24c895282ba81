"""The check process: pytest over one lab, in a sandbox of its own, speaking to its engine only.

Started as `python -m milepost.engine.checks.main FD COMPONENTS`. It collects the lab's checks once,
and then serves any number of runs, each in a fork of what stands here after collecting.
"""

import gc
import os
import resource
import socket
import sys
import traceback

import pytest

from milepost.engine.agent.path_translation import SANDBOX
from milepost.engine.checks.component_fixtures import ComponentFixtures
from milepost.engine.checks.engine_client import EngineClient
from milepost.engine.checks.files import FOLDER, LAB, SUPPORT_MODULE, list_check_files
from milepost.engine.checks.forkserver import Forkserver
from milepost.engine.checks.plugin import GradingPlugin
from milepost.engine.limits import MEBIBYTE
from milepost.engine.protocol.check_process import OPENING, CheckProcessFailed, LabFailed, RunDone

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
    resource.RLIMIT_DATA: 2048
    * MEBIBYTE,  # an author is trusted with verdicts, not with the machine
    resource.RLIMIT_NPROC: 128,
}


class ForkserverPlugin:
    """Serves runs where pytest would run what it collected."""

    def __init__(self, forkserver: Forkserver, grading: GradingPlugin) -> None:
        self._forkserver = forkserver
        self._grading = grading
        self.has_served = False

    def pytest_configure(self) -> None:
        """Have comparisons be told where they stand in what several files of checks use, too."""
        pytest.register_assert_rewrite(SUPPORT_MODULE)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Wait for runs instead of running; each run is a fork that begins right here."""
        self.has_served = True
        gc.collect()
        gc.freeze()  # a run's collections leave alone, and so shared, what was loaded before
        self._forkserver.serve(lambda channel: run_checks(channel, self._grading, session))
        return True


def run_checks(
    channel: socket.socket, grading: GradingPlugin, session: pytest.Session | None
) -> None:
    """Do one run: hear its settings, run the checks, and report how each went."""
    engine = EngineClient(channel)
    try:
        grading.begin(engine, engine.receive(OPENING))
        if session is not None:
            grading.run(session)
        if grading.broken is not None:
            engine.report(LabFailed(grading.broken[-8000:]))
        engine.report(RunDone())
    except ConnectionError:
        return  # the engine has ended this run
    except Exception:  # noqa: BLE001  whatever it was, the engine must hear of it
        engine.report(CheckProcessFailed(traceback.format_exc()[-8000:]))


def _prepare_checks() -> list[str]:
    """Name the files to collect; those of a folder import from `checks.support`."""
    files = [str(file) for file in list_check_files(LAB)]
    if not (LAB / FOLDER).is_dir():
        return files
    sys.path.insert(0, str(LAB))
    # Under any other mode a file would be a module of its bare name, and hide that of a library.
    return ["--import-mode=importlib", *files]


def main() -> None:
    """Collect the lab's checks and serve runs until the engine goes."""
    if SANDBOX in os.environ:  # the kernel may count other processes of the same user too
        del _RLIMITS[resource.RLIMIT_NPROC]
    for kind, value in _RLIMITS.items():
        resource.setrlimit(kind, (value, value))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # nobody reads it, and a full pipe would block
    with socket.socket(fileno=int(sys.argv[1])) as control:
        control.set_inheritable(False)
        components = ComponentFixtures.read(sys.argv[2])
        forkserver, grading = Forkserver(control), GradingPlugin(components)
        plugin = ForkserverPlugin(forkserver, grading)
        plugins = [grading, plugin, *components.load()]
        code = pytest.main([*_OPTIONS, *_prepare_checks()], plugins=plugins)
        if not plugin.has_served:
            grading.broken = grading.broken or f"pytest ended with code {int(code)}."
            forkserver.serve(lambda channel: run_checks(channel, grading, None))


if __name__ == "__main__":
    main()
