"""Forks of a service that has imported everything, each waiting to be the start of a check to come.

They ran learner code while they imported, so they are judged by what the kernel reports of them,
which nothing inside can change. One that waits holds nothing that another process has too, cannot
be looked into, and has not run since: so it knows what the import knew, and nothing of any check.
Where one of them differs in anything, all of them are ended, and services are started anew.
"""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Mapping, Sequence

from milepost.engine.agent.descriptors import send_with_descriptors
from milepost.engine.agent.forking import Order, Spare, send_order, set_name
from milepost.engine.agent.importing import FORKED, GO_ON, IMPORTED, MOST_COPIES, PARKS
from milepost.engine.agent.tidying import list_others

_IMPORT_SECONDS = 2.0  # until everything is imported; what takes longer is started each time
_FORK_SECONDS = 1.0
_LOOK_SECONDS = 0.0002
_PRINTED_BYTES = 1 << 16  # which a pipe holds
# Of proc_pid_stat(5), counted behind the name: parent, group, session, nice value, policy.
_SET_FROM_OUTSIDE = (1, 2, 3, 15, 16, 37, 38)
_STATE_FIELD, _THREADS_FIELD = 0, 17
# Lines of proc_pid_status(5) that change though the process does nothing: the kernel may take back
# memory, and the count of queued signals is that of the user.
_UNSTEADY_LINES = ("Vm", "Rss", "Huge", "SigQ")
_NONE_PENDING = ["SigPnd:\t0000000000000000", "ShdPnd:\t0000000000000000"]

Start = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


class Copy:
    """One fork that waits."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid = pid
        self.channel = channel
        # Opened while it can still be looked into: it is about to close itself to everybody.
        self._maps = open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._descriptors = os.open(f"/proc/{pid}/fd", os.O_RDONLY | os.O_DIRECTORY)
        self._status: list[str] = []
        self._settings: list[str] = []

    def settle(self, scratch: Sequence[str], deadline: float) -> bool:
        """Wait until the fork waits; return whether it then shares nothing with other processes."""
        while not self._is_closed() and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        self._status, self._settings = self._read_status(), self._read_settings()
        devices = {_name_device(folder) for folder in scratch}
        is_own = all(_is_private(line, devices) for line in self._maps)
        is_ours = self._settings[:1] == [str(os.getpid())]
        nothing_pends = {*_NONE_PENDING} <= {*self._status}
        return is_own and is_ours and nothing_pends and self.is_unchanged()

    def has_slept(self) -> bool:
        """Return whether it has not run since it settled, by the kernel's count of its switches."""
        return bool(self._status) and self._read_status() == self._status

    def is_unchanged(self) -> bool:
        """Return whether it has not run, and nobody has changed it from outside either."""
        can_be_read, _, _ = select.select([self.channel], [], [], 0)
        return (
            not can_be_read  # else the other end were closed, which is the only file that it has
            and self.has_slept()
            and self._is_closed()
            and self._read_settings() == self._settings
        )

    def close(self) -> None:
        """Close what the launcher holds open of the fork."""
        self.channel.close()
        self._maps.close()
        os.close(self._descriptors)

    def _is_closed(self) -> bool:
        """Return whether it sleeps as one thread with one file, and nobody may look into it."""
        with contextlib.suppress(OSError, LookupError):
            fields = self._read_stat()
            sleeps = (fields[_STATE_FIELD], fields[_THREADS_FIELD]) == ("S", "1")
            # What may not be looked into belongs to nobody here (proc(5), on /proc/pid).
            is_undumpable = os.stat(f"/proc/{self.pid}/stat").st_uid != os.getuid()
            return sleeps and is_undumpable and os.listdir(self._descriptors) == ["0"]
        return False

    def _read_status(self) -> list[str]:
        with contextlib.suppress(OSError):
            lines = self._read("status").splitlines()
            return [line for line in lines if not line.startswith(_UNSTEADY_LINES)]
        return []

    def _read_settings(self) -> list[str]:
        with contextlib.suppress(OSError, LookupError):
            fields = self._read_stat()
            return [*(fields[number] for number in _SET_FROM_OUTSIDE), self._read("limits")]
        return []

    def _read_stat(self) -> list[str]:
        return self._read("stat").rpartition(")")[2].split()

    def _read(self, name: str) -> str:
        with open(f"/proc/{self.pid}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()


class Parked:
    """The forks that wait in a guest. All are of one import, with one command and environment."""

    def __init__(self, scratch: Sequence[str]) -> None:
        self._scratch = scratch
        self._start: Start | None = None
        self._wanted: Start | None = None  # by the last check that found no copy
        self._unlike: set[Start] = set()  # whose import left something, so that no fork is alike
        self._waiting: list[Copy] = []
        self._printed = b""
        self._inodes: list[int] = []

    @staticmethod
    def describe_start(argv: Sequence[str], environment: Mapping[str, str]) -> Start:
        """Return what makes two starts alike: the command and the environment."""
        return (*argv,), (*environment.items(),)

    @property
    def pids(self) -> list[int]:
        """The processes that wait."""
        return [each.pid for each in self._waiting]

    def may_fill(self, start: Start) -> bool:
        """Return whether copies of this start are missing, and worth a try.

        Where copies of another start wait, this one must be wanted twice in a row: checks may take
        turns in how they start a service, or have a number of their own in its environment.
        """
        if start in self._unlike or (self._waiting and self._start == start):
            return False
        is_wanted_again, self._wanted = self._wanted == start, start
        return is_wanted_again or not self._waiting

    def fill(
        self,
        spare: Spare,
        start: Start,
        copies: int,
        checkpoint: str,
        forwards: Sequence[socket.socket],
    ) -> bool:
        """Import a program in a spare, which ends by it, and park copies of it.

        False where they can't be alike: then whatever the import did is still to be tidied up.
        Nobody else lives in the guest while this is done, and nobody gets through its port
        forwards. If somebody waits at one, the import has connected to a service, or would have.
        """
        self.end()
        self._start = start
        before = _survey(self._scratch)
        self._inodes = _count_free(self._scratch)
        pairs = [socket.socketpair() for _ in range(min(copies, MOST_COPIES))]
        set_name(f"{PARKS}{len(pairs) + 2}")
        try:
            self._import(spare, start, checkpoint, [theirs for _, theirs in pairs], forwards)
            self._find_forks(spare, pairs)
            is_alike = self._settle() and _survey(self._scratch) == before
            is_alike = is_alike and not _list_ready(forwards, 0)
        except (OSError, LookupError, ValueError):  # of one that has gone or is not what it should
            is_alike = False
        finally:
            spare.end()
            _close_unused(pairs, [each.channel for each in self._waiting])
        if not is_alike:
            self._unlike.add(start)
            self.end()
        self._tell_count()
        return is_alike

    def take(self, start: Start, fds: Sequence[int]) -> int | None:
        """Let one go on as a program on these descriptors; None where none is alike."""
        if self._start != start or not self._waiting or self.end_if_touched():
            return None
        # A folder that was deleted and is still somebody's work folder counts among the files.
        if not self._waiting[0].is_unchanged() or self._inodes != _count_free(self._scratch):
            self.end()
            return None
        self._wanted = None
        first = self._waiting.pop(0)
        try:
            os.write(fds[1], self._printed)  # what the import printed belongs to each start
            send_order(first.channel, fds, Order(len(fds)))
        finally:
            first.close()
            self._tell_count()
        return first.pid

    def end_if_touched(self) -> bool:
        """End all of them if one has run or gone; return whether that was so.

        All, since by which of them is left something could be told to the next check.
        """
        is_touched = not all(each.has_slept() for each in self._waiting)
        if is_touched:
            self.end()
        return is_touched

    def end(self) -> None:
        """Kill and reap all forks that wait."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(each.pid, 0)
        self._tell_count()

    def _tell_count(self) -> None:
        """Show those who count the guest's processes how many of them are not the learner's."""
        set_name(f"{PARKS}{len(self._waiting)}")

    def _import(
        self,
        spare: Spare,
        start: Start,
        checkpoint: str,
        channels: Sequence[socket.socket],
        forwards: Sequence[socket.socket],
    ) -> None:
        """Have a spare import a program, and fork once for each channel."""
        (stdin, nobody), (said, says) = os.pipe(), os.pipe()
        os.close(nobody)
        os.set_blocking(said, False)
        try:
            spare.begin(start[0], dict(start[1]), [stdin, says, says], copying=[checkpoint])
            if _list_ready([spare.orders, *forwards], _IMPORT_SECONDS) != [spare.orders]:
                raise ConnectionError("the import takes too long, or connects to a service")
            _expect(spare.orders, IMPORTED, _LOOK_SECONDS)
            self._printed = b""
            with contextlib.suppress(BlockingIOError):
                self._printed = os.read(said, _PRINTED_BYTES)
            send_with_descriptors(spare.orders, GO_ON, [each.fileno() for each in channels])
        finally:
            for fd in (stdin, said, says):
                os.close(fd)

    def _find_forks(
        self, spare: Spare, pairs: Sequence[tuple[socket.socket, socket.socket]]
    ) -> None:
        """Find the fork behind each channel. Raises where it does not come, or others are there."""
        deadline = time.monotonic() + _FORK_SECONDS
        for ours, _ in pairs:
            _expect(ours, FORKED, deadline - time.monotonic())
        spare.end()
        while len(others := list_others()) > len(pairs) and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        found = {os.readlink(f"/proc/{pid}/fd/0"): pid for pid in others}
        for ours, theirs in pairs:
            pid = found.pop(f"socket:[{os.fstat(theirs.fileno()).st_ino}]")
            self._waiting.append(Copy(pid, ours))
        if found:
            raise LookupError("somebody else lives in the guest")
        for ours, theirs in pairs:
            theirs.close()
            ours.send(GO_ON)

    def _settle(self) -> bool:
        deadline = time.monotonic() + _FORK_SECONDS
        return all(each.settle(self._scratch, deadline) for each in self._waiting)


def _expect(channel: socket.socket, word: bytes, seconds: float) -> None:
    channel.settimeout(max(seconds, _LOOK_SECONDS))
    if channel.recv(1) != word:
        raise ConnectionError("the program has ended, or can't be copied")


def _list_ready(sockets: Sequence[socket.socket], seconds: float) -> list[socket.socket]:
    """Wait for at most so long until there is something to read or to accept, and list where."""
    return select.select(sockets, [], [], seconds)[0]


def _close_unused(
    pairs: Sequence[tuple[socket.socket, socket.socket]], used: Sequence[socket.socket]
) -> None:
    for ours, theirs in pairs:
        theirs.close()
        if ours not in used:
            ours.close()


def _is_private(mapping: str, scratch: set[str]) -> bool:
    """Judge a line of proc_pid_maps(5): shared with nobody, and of no file that could change."""
    _, rights, _, device, *_ = mapping.split(maxsplit=5)
    return rights.endswith("p") and device not in scratch


def _name_device(folder: str) -> str:
    device = os.stat(folder).st_dev
    return f"{os.major(device):02x}:{os.minor(device):02x}"


def _count_free(folders: Sequence[str]) -> list[int]:
    return [os.statvfs(folder).f_ffree for folder in folders]


def _survey(folders: Sequence[str]) -> list[object]:
    """Describe all files, and how many are in use, also such as have no name any more."""
    found: list[object] = [*_count_free(folders)]
    for folder in folders:
        for path, _, names in os.walk(folder):
            found += [_describe_file(f"{path}/{name}") for name in ("", *sorted(names))]
    return found


def _describe_file(path: str) -> tuple[object, ...]:
    stat = os.lstat(path)
    return path, stat.st_ino, stat.st_mode, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
