"""Runs a service up to where it would begin to listen, and becomes copies of it that wait there.

Lives in a fork of the launcher, beside learner code, so nothing that it reports is trusted: what a
copy holds and whether it has run since is judged from outside (`parked`). What is looked at here
is only whether a copy would do what a start does.
"""

import contextlib
import os
import signal
import socket
import sys
import types
from typing import Any

from milepost.engine.agent.descriptors import receive_with_descriptors
from milepost.engine.agent.forking import set_dumpable, take_order

IMPORTED, FORKED, GO_ON = b"i", b"f", b"g"
MOST_COPIES = 16
MOST_PARKED = MOST_COPIES + 2  # with the importer and its helper
PARKS = "parks "  # the launcher's name, before how many of these there are
# Built-in functions whose result belongs to one process or one moment, or that leave something
# behind which no fork has. A service whose import calls one is started anew for each check.
_TELLTALE_NAMES = (
    "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns process_time "
    "process_time_ns thread_time thread_time_ns clock_gettime clock_gettime_ns times getrusage "
    "now utcnow today localtime gmtime ctime strftime sleep "
    "urandom getrandom random getrandbits seed RAND_bytes generate_time_safe "
    "getpid get_native_id gettid start_new_thread fork forkpty fork_exec posix_spawn "
    "alarm setitimer connect connect_ex sendto setprofile settrace"
)
_TELLTALES = frozenset(_TELLTALE_NAMES.split())
_OPEN_AT_IMPORT = 4  # the streams and our channel


class Import:
    """Follows a program, as its profiler, until it calls what it calls when all is imported."""

    def __init__(self, checkpoint: str, channel: int) -> None:
        self._channel = channel
        module, _, name = checkpoint.partition(":")
        found: Any = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None)
        self._code = getattr(found, "__code__", None)

    def follow(self, frame: types.FrameType, event: str, argument: Any) -> None:
        """Take notice of a call: to be set as the profile function."""
        if event == "call":
            if frame.f_code is self._code:
                self._arrive()
        elif event == "c_call" and getattr(argument, "__name__", "") in _TELLTALES:
            os._exit(0)

    def _arrive(self) -> None:
        """Make the copies and end; return in each of them, once it is told to go on."""
        sys.setprofile(None)
        if not _is_plain():
            os._exit(0)
        with socket.socket(fileno=self._channel) as launcher:
            launcher.send(IMPORTED)
            _, channels = receive_with_descriptors(launcher, 1, MOST_COPIES)
        with contextlib.suppress(OSError):
            is_helper = os.fork() == 0  # two processors fork in half the time
            for channel in channels[is_helper::2]:
                if os.fork() == 0:
                    _wait_in_copy(channel)
                    return
        os._exit(0)


def _is_plain() -> bool:
    """Return whether a fork has all that this process has: one thread, no children, no timers."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
        return (
            len(os.listdir("/proc/self/task")) == 1
            and len(os.listdir("/proc/self/fd")) == _OPEN_AT_IMPORT + 1  # the listing's own
            and not any(any(signal.getitimer(timer)) for timer in timers)
            and not signal.sigpending()
        )
    return False


def _wait_in_copy(channel: int) -> None:
    """Keep nothing open but the channel, and wait there for the descriptors of a start."""
    os.setsid()
    os.dup2(channel, 0)
    os.closerange(1, 1 << 16)
    os.write(0, FORKED)
    os.read(0, 1)  # by now the launcher has opened what it could not open later
    set_dumpable(False)
    take_order(socket.socket(fileno=0))
    set_dumpable(True)
