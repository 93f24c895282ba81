"""Starts Python programs by a fork of the launcher, which has imported their libraries already.

Only libraries of the stack are imported ahead, never learner code, so every fork begins with the
same clean modules. Whatever a fork can't imitate exactly is left to a real start.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource

from milepost.engine.agent.descriptors import receive_with_descriptors, send_with_descriptors
from milepost.engine.agent.native import signal, socket
from milepost.engine.agent.path_translation import PathTranslation
from milepost.engine.agent.tidying import kill_and_reap
from milepost.engine.protocol import plain_json
from milepost.engine.protocol.frames import Decoder, encode

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from milepost.engine.agent.ahead import ImportsAhead

_PLACES = PathTranslation.of(os.environ)
OURS, WORK = _PLACES.find("/opt/milepost"), _PLACES.find("/work")
_HARNESS = ["python", "-P", "-s", "-S", "-m", "milepost.engine.agent.harness"]
_PR_SET_DUMPABLE, _PR_SET_NAME, _PR_SET_CHILD_SUBREAPER = 4, 15, 36
_LIBC = ctypes.CDLL(None)  # making one costs a millisecond, and every fork would pay it
_MOST_FDS = 8
# All of these take effect when an interpreter starts, but for two that a fork can change.
_READ_AT_START = ("PYTHON", "LANG", "LC_", "LD_", "MALLOC_", "GLIBC_", "PATH")
_CHANGEABLE = {"PYTHONPATH", "PYTHONUNBUFFERED"}


class Became(BaseException):
    """Unwinds the launcher in a forked process: from here on it is this program and no other."""

    def __init__(self, argv: Sequence[str], copying: Sequence[Any] | None) -> None:
        super().__init__()
        self.argv = argv
        self.copying = copying  # what `importing.Import` is made of, where the program is copied


def set_dumpable(dumpable: bool) -> None:
    """Allow others of the same uid to look into this process, or forbid it (prctl(2))."""
    _LIBC.prctl(_PR_SET_DUMPABLE, int(dumpable), 0, 0, 0)


def set_name(name: str) -> None:
    """Give this process another name (prctl(2)), of at most 15 letters."""
    _LIBC.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends (prctl(2))."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def can_fork(argv: Sequence[str], environment: Mapping[str, str], imports: ImportsAhead) -> bool:
    """Return whether a fork would do exactly what starting `argv` does."""
    if _read_at_start(environment) != _read_at_start(os.environ):
        return False
    if is_harness(argv):
        return not imports.hide_from(f"{WORK}/{os.path.dirname(argv[-1])}")
    same_path = [OURS, *filter(None, [environment.get("PYTHONPATH")])]
    if os.environ.get("PYTHONPATH") != ":".join(same_path):
        return False
    match argv:
        case ["python" | "python3", "-m", _, *_]:
            return not imports.hide_from(WORK)
        case ["python" | "python3", name, *_] if _is_plain_file(name):
            path = f"{WORK}/{name}"
            is_there = os.path.isfile(path) and os.path.realpath(path) == path
            return is_there and not imports.hide_from(os.path.dirname(path))
    return False


def _is_plain_file(path: str) -> bool:
    """Return whether a path names a Python file, written so that every start reads it alike."""
    stem, dot, ending = path.rpartition(".")
    parts = stem.replace("-", "_").split("/")
    return (
        bool(dot) and ending == "py" and all(part and f"_{part}".isidentifier() for part in parts)
    )


class Order:
    """What a fork waits for: the program that it becomes, and how many descriptors come along.

    A copy of a program is that program already, so its order has the descriptors only.
    """

    __slots__ = ("argv", "copying", "environment", "fds")

    def __init__(
        self,
        fds: int,
        argv: list[str] | None = None,
        environment: dict[str, str] | None = None,
        copying: list[Any] | None = None,
    ) -> None:
        self.fds = fds
        self.argv = argv or []
        self.environment = environment or {}
        self.copying = copying


class Spare:
    """A fork of the launcher that waits to be told which program it is.

    Made while no learner code runs, so that nobody can meet it before it has a program. It stays
    as undumpable as the launcher until then. Raises Became inside the fork.
    """

    def __init__(self) -> None:
        self.orders, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            raise _wait_for_program(theirs)
        theirs.close()

    def begin(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        fds: Sequence[int],
        copying: list[Any] | None = None,
    ) -> None:
        """Tell it what to become; raises OSError where it has died meanwhile.

        What is to be copied when it has imported all (`importing`) is listened to for longer.
        """
        try:
            order = Order(len(fds), [*argv], {**environment}, copying)
            send_order(self.orders, fds, order)
        finally:
            if copying is None:
                self.orders.close()

    def end(self) -> None:
        """Kill and reap the fork."""
        self.orders.close()
        kill_and_reap(self.pid)


def _wait_for_program(orders: socket.socket) -> Became:
    """Wait in the fork for the one order, and take the descriptors and the environment from it."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(orders.detach(), 0)
    os.closerange(1, 1 << 16)  # the control socket first of all
    order = take_order(socket.socket(fileno=0))
    _take_environment(order.environment, in_order=not is_harness(order.argv))
    return Became(order.argv, order.copying)


def send_order(channel: socket.socket, fds: Sequence[int], order: Order) -> None:
    """Send a fork its one order, with descriptors; raises OSError where it has died."""
    data = encode({name: getattr(order, name) for name in order.__slots__})
    rest = data[send_with_descriptors(channel, data, [*fds]) :]
    if rest:  # it may have read everything and gone on by now
        channel.sendall(rest)


def take_order(channel: socket.socket) -> Order:
    """Wait for the one order, and have no descriptors open but those that came with it.

    Only a program that is to be copied keeps the channel, where it opens nothing itself.
    """
    decoder, fds = Decoder(plain_json.read), list[int]()
    while (frame := decoder.next_frame()) is None:
        data, received = receive_with_descriptors(channel, 1 << 20, _MOST_FDS)
        if not data:
            os._exit(0)  # the launcher has gone, or needs no program any more
        fds += received
        decoder.feed(data)
    # Received numbers may be low ones, which one dup2 after another would overwrite.
    lifted = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 2 * _MOST_FDS) for fd in fds]
    order, last = Order(**frame.body), 1 << 16
    if order.copying is not None:
        last = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1
        order.copying.append(fcntl.fcntl(channel.fileno(), fcntl.F_DUPFD_CLOEXEC, last))
    channel.detach()
    for target, fd in enumerate(lifted):
        os.dup2(fd, target, inheritable=True)
    os.closerange(len(lifted), last)
    return order


def _take_environment(environment: Mapping[str, str], *, in_order: bool) -> None:
    """Have this environment and no other; to keep its order too, all of it is written anew."""
    for name in [*os.environ]:
        if in_order or name not in environment:
            del os.environ[name]
    for name, value in environment.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """Select the variables that an interpreter or its C library reads when it starts."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_AT_START) and name not in _CHANGEABLE
    }


def is_harness(argv: Sequence[str]) -> bool:
    """Return whether `argv` starts our own harness."""
    return [*argv[:-1]] == _HARNESS
