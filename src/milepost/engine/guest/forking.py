"""Starts Python programs by a fork of the launcher, which has imported their libraries already.

Only libraries of the stack are imported ahead, never learner code, so every fork begins with the
same clean modules. Whatever a fork can't imitate exactly is left to a real start.
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import io
import os
import signal
import socket
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

from milepost.engine.guest.descriptors import receive_with_descriptors
from milepost.engine.guest.places import Places
from milepost.engine.guest.wire import Decoder, encode

_OURS = Places.of(os.environ).find("/opt/milepost")
_HARNESS = ["python", "-P", "-s", "-S", "-m", "milepost.engine.guest.harness"]
_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_LIBC = ctypes.CDLL(None)  # making one costs a millisecond, and every fork would pay it
_STDERR = 2
_MOST_FDS = 8
# These a fork can change; all other variables of Python's take effect when an interpreter starts.
_CHANGEABLE = {"PYTHONPATH", "PYTHONUNBUFFERED"}


class Became(BaseException):
    """Unwinds the launcher in a forked process: from here on it is this program and no other."""

    def __init__(self, argv: Sequence[str]) -> None:
        super().__init__()
        self.argv = argv


def set_dumpable(dumpable: bool) -> None:
    """Say whether others of the same uid may look into this process (prctl(2))."""
    _LIBC.prctl(_PR_SET_DUMPABLE, int(dumpable), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends (prctl(2))."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def import_ahead(names: Sequence[str], warm_up: str) -> None:
    """Import what most programs of the stack import, and keep its memory shared between forks.

    `warm_up` is code of the stack's description, which does once what libraries do at first use.
    """
    gc.disable()  # next to nothing of this is ever garbage
    for name in names:
        importlib.import_module(name)
    code = compile(warm_up, "warm_up", "exec", dont_inherit=True)
    exec(code, {"__name__": "warm_up"})  # noqa: S102 - ours
    gc.freeze()
    gc.enable()


def can_fork(argv: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Say whether a fork would do exactly what starting `argv` does."""
    same_start = _python_variables(environment) == _python_variables(os.environ)
    if _is_harness(argv):
        return same_start
    if argv[0] not in {"python", "python3"} or len(argv) < 2:  # noqa: PLR2004
        return False
    if argv[1].startswith("-") and (argv[1] != "-m" or len(argv) < 3):  # noqa: PLR2004
        return False
    same_path = [_OURS, *filter(None, [environment.get("PYTHONPATH")])]
    return same_start and os.environ.get("PYTHONPATH") == ":".join(same_path)


class Spare:
    """A fork of the launcher that waits to be told which program it is.

    Made while no learner code runs, so that nobody can meet it before it has a program. It stays
    as undumpable as the launcher until then. Raises Became inside the fork.
    """

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            raise _wait_for_program(theirs)
        theirs.close()

    def begin(self, argv: Sequence[str], environment: Mapping[str, str], fds: list[int]) -> None:
        """Tell it what to become; raises OSError where it has died meanwhile."""
        order = encode({"argv": [*argv], "environment": {**environment}, "fds": len(fds)})
        with self._orders:
            rest = order[socket.send_fds(self._orders, [order], fds) :]
            if rest:  # it may have read everything and gone on by now
                self._orders.sendall(rest)

    def end(self) -> None:
        """Kill and reap it."""
        self._orders.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _wait_for_program(orders: socket.socket) -> Became:
    """Wait in the fork for the one order, and take the descriptors and the environment from it."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(orders.detach(), 0)
    os.closerange(1, 1 << 16)  # the control socket first of all
    decoder, fds = Decoder(), list[int]()
    with socket.socket(fileno=0) as channel:
        while (frame := decoder.next_frame()) is None:
            data, received = receive_with_descriptors(channel, 1 << 20, _MOST_FDS)
            if not data:
                os._exit(0)  # the launcher has gone, or needs no program any more
            fds += received
            decoder.feed(data)
        order = frame.body
        # Received numbers may be low ones, which one dup2 after another would overwrite.
        lifted = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 2 * _MOST_FDS) for fd in fds]
        channel.detach()
    for target, fd in enumerate(lifted):
        os.dup2(fd, target, inheritable=True)
    os.closerange(len(lifted), 1 << 16)
    os.environ.clear()
    os.environ.update(order["environment"])
    return Became(order["argv"])


def become(argv: Sequence[str]) -> None:
    """Do what `python ARGV…` does."""
    set_dumpable(True)
    _open_streams()
    if _is_harness(argv):
        _become_harness(argv[-1])
        return
    _forget_launcher()
    try:
        _run_module(argv[2:]) if argv[1] == "-m" else _run_file(argv[1:])
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the interpreter shows it, without our frames
        import traceback  # only a program that fails pays for it

        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
            trace = trace.tb_next
        traceback.print_exception(type(error), error, trace)
        sys.exit(1)


def _python_variables(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith("PYTHON") and name not in _CHANGEABLE
    }


def _is_harness(argv: Sequence[str]) -> bool:
    return [*argv[:-1]] == _HARNESS


def _become_harness(module: str) -> None:
    """Serve calls with the harness, which is ours and was imported ahead."""
    from milepost.engine.guest import harness

    sys.argv = ["harness", module]
    sys.path[:0] = [
        entry
        for entry in os.environ.get("PYTHONPATH", "").split(":")
        if entry and entry not in sys.path
    ]
    sys.modules["__main__"] = harness
    harness.main()


def _forget_launcher() -> None:
    sys.path[:] = [entry for entry in sys.path if entry != _OURS]
    for name in [name for name in sys.modules if name.partition(".")[0] == "milepost"]:
        del sys.modules[name]
    import site  # the launcher runs without it; programs have `exit` and `help`

    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.modules["__main__"] = types.ModuleType("__main__")


def _open_streams() -> None:
    """Open the standard streams anew on what they are now, as the interpreter's start does."""
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _open_output(1, unbuffered=unbuffered)
    sys.stderr = _open_output(2, unbuffered=unbuffered)


def _open_output(fd: int, *, unbuffered: bool) -> io.TextIOWrapper:
    raw: Any = io.FileIO(fd, "w", closefd=False)
    return io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        encoding="utf-8",
        errors="backslashreplace" if fd == _STDERR else "strict",
        line_buffering=fd == _STDERR,
        write_through=unbuffered,
    )


def _run_module(argv: Sequence[str]) -> None:
    import runpy

    sys.argv = [*argv]
    sys.path.insert(0, os.getcwd())
    run: Any = runpy._run_module_as_main  # type: ignore[attr-defined]  # noqa: SLF001 - as `-m` does
    run(argv[0])


def _run_file(argv: Sequence[str]) -> None:
    sys.argv = [*argv]
    path = os.path.abspath(argv[0])
    sys.path.insert(0, os.path.dirname(path))
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    space = sys.modules["__main__"].__dict__
    space["__file__"] = path
    exec(code, space)  # noqa: S102 - this is what it is for
