"""The process above a restricted sandbox: starts its program with nearly everything forbidden.

Run by path, `subreaper.py ORDER LIFELINE`, with the standard library alone. It is outside of what
it forbids, adopts whatever the sandbox's processes leave behind, and when the sandbox's program
ends or the engine goes away (the lifeline), it kills all of them, deletes their folder, and ends.
"""

import base64
import ctypes
import itertools
import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    from landlock import restrict  # type: ignore[import-not-found]

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_SET_SECCOMP = 1, 8, 22
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47
_SECCOMP_MODE_FILTER, _PR_CAP_AMBIENT_RAISE = 2, 2
_CAPABILITIES_VERSION = 0x20080522
_CAP_DAC_READ_SEARCH = 2
_ROUNDS = 50  # of stopping what is found, before it is killed
_PAUSE_SECONDS = 0.002
_STANDARD_ERROR = 2

_libc = ctypes.CDLL(None, use_errno=True)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))


def main() -> None:
    """Keep one sandbox from its start to its end."""
    order = json.loads(os.pread(int(sys.argv[1]), 1 << 24, 0))
    lifeline = int(sys.argv[2])
    wake, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    child = os.fork()
    if child == 0:
        _become(order)
    _let_go_of_all_but(lifeline, wake, wakes)
    code = _wait(child, lifeline, wake)
    _kill_everything(order["uid"])
    _remove(order["folder"])
    sys.exit(code)


def _become(order: dict[str, Any]) -> None:
    """Give everything up and become the sandbox's program."""
    try:
        os.setsid()
        os.chdir(order["directory"])
        if order["uid"] is not None:
            _change_user(order["uid"], reads_past_owners=order["reads_past_owners"])
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        if order["uid"] is None:
            _drop_capabilities()
        restrict(order["allowed"])
        for fd in (int(number) for number in sys.argv[1:3]):
            os.close(fd)
        _refuse_calls(base64.b64decode(order["refused"]))
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.execve(order["argv"][0], order["argv"], order["environment"])  # noqa: S606
    except BaseException as error:  # noqa: BLE001 - nothing may return into the subreaper
        os.write(2, f"the sandbox could not be closed: {error!r}\n".encode())
    os._exit(127)


def _change_user(uid: int, *, reads_past_owners: bool) -> None:
    """Become a user that owns nothing.

    Where the runtime lies in a folder that others may not enter, that user may read past owners:
    which files it reads is then said by Landlock alone.
    """
    _prctl(_PR_SET_KEEPCAPS, int(reads_past_owners))
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if reads_past_owners:
        _set_capabilities(1 << _CAP_DAC_READ_SEARCH)
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_READ_SEARCH, 0, 0)


def _drop_capabilities() -> None:
    # Without new privileges no program that is started gets any back, not even root's.
    _set_capabilities(0)


def _set_capabilities(mask: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if _libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _refuse_calls(program: bytes) -> None:
    lines = ctypes.create_string_buffer(program, len(program))
    given = _FilterProgram(len(program) // 8, ctypes.addressof(lines))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(given))


def _prctl(option: int, *arguments: Any) -> None:
    padded = (*arguments, *[0] * (4 - len(arguments)))  # the kernel wants zeroes, not leftovers
    given = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in padded]
    if _libc.prctl(option, *given) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl {option}: {os.strerror(error)}")


def _let_go_of_all_but(*kept: int) -> None:
    """Close what the sandbox's program was given, so that its other end sees when it is gone."""
    for fd in [int(name) for name in os.listdir("/proc/self/fd")]:  # noqa: PTH208
        if fd > _STANDARD_ERROR and fd not in kept:
            with suppress(OSError):  # the descriptor of the list itself is gone by now
                os.close(fd)


def _wait(child: int, lifeline: int, wake: int) -> int:
    """Wait until the program or the engine is gone; return the program's exit code."""
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    poll.register(wake, select.POLLIN)
    while True:
        ready = [fd for fd, _ in poll.poll()]
        if wake in ready:
            os.read(wake, 4096)
            status = dict(_reap()).get(child)
            if status is not None:
                return max(os.waitstatus_to_exitcode(status), -1) % 256
        if lifeline in ready:
            return 0


def _kill_everything(uid: int | None) -> None:
    """Kill every process of the sandbox. What is orphaned meanwhile becomes our child."""
    while True:
        for _ in range(_ROUNDS):
            if not [pid for pid in _descendants() if _is_stopped_now(pid)]:
                break  # nobody runs any more who could start another
        if uid is not None:
            _kill_as(uid)
        for pid in _descendants():
            _signal(pid, signal.SIGKILL)
        time.sleep(_PAUSE_SECONDS)
        _reap()
        if not _has_children():
            return


def _kill_as(uid: int) -> None:
    """Kill whatever belongs to this sandbox's own user, all in one call of the kernel."""
    killer = os.fork()
    if killer == 0:
        try:
            os.setresuid(uid, uid, uid)
            if uid and os.getresuid() == (uid, uid, uid):
                os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(killer, 0)


def _is_stopped_now(pid: int) -> bool:
    """Stop a process; False if it was stopped or dead before."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return False
    if state in b"TtZX":
        return False
    _signal(pid, signal.SIGSTOP)
    return True


def _descendants() -> list[int]:
    found: list[int] = []
    pending = [os.getpid()]
    while pending:
        children = _children(pending.pop())
        found += children
        pending += children
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += [int(child) for child in (thread / "children").read_bytes().split()]
    return found


def _reap() -> list[tuple[int, int]]:
    ended = []
    with suppress(ChildProcessError):
        while (answer := os.waitpid(-1, os.WNOHANG))[0]:
            ended.append(answer)
    return ended


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _remove(root: str) -> None:
    """Delete a sandbox's folder, however deep and locked: nobody is left who could change it.

    Folders within folders are moved up first, so no path becomes too long to be named.
    """
    numbers = itertools.count()
    pending = [root]  # grows while it is walked
    for folder in pending:
        os.chmod(folder, 0o700)  # noqa: PTH101
        for entry in list(os.scandir(folder)):
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)  # noqa: PTH108
                continue
            os.chmod(entry.path, 0o700)  # noqa: PTH101
            moved = f"{root}/.{next(numbers)}"
            os.rename(entry.path, moved)  # noqa: PTH104
            pending.append(moved)
    for folder in reversed(pending):
        os.rmdir(folder)  # noqa: PTH106


if __name__ == "__main__":
    main()
