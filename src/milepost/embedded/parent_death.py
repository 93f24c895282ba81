"""Runs before a child's own program: ties its life to its parent's, and sheds root where asked.

Executed as a script (`python -I -S parent_death.py …`), so it imports the standard library only,
and it leaves no process of its own: it ends in `exec`. Invariant: once the program runs, the kernel
signals it when its parent is gone.
"""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def dying_with_parent(
    program: list[str], *, on_orphaned: signal.Signals, identity: tuple[str, ...] = ()
) -> list[str]:
    """Return the argument list that runs `program` so that it ends with the calling thread.

    The kernel sends `on_orphaned` when the *thread* that started the child ends, so start
    children from a thread that lives as long as they should.
    """
    wrapper = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    return [
        *wrapper,
        f"--parent={os.getpid()}",
        f"--signal={int(on_orphaned)}",
        *identity,
        "--",
        *program,
    ]


def end_with_parent(parent: int, number: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent is gone; exit if it is already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def _main() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--namespace", type=int, metavar="UID")
    parser.add_argument("--user", type=int, nargs=2)
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()

    libc = ctypes.CDLL(None, use_errno=True)
    if options.namespace:
        _hide_root(libc, options.namespace)
    if options.user:
        _become(*options.user)
    # Only now: the kernel forgets the death signal whenever credentials change.
    end_with_parent(options.parent, signal.Signals(options.signal))
    os.execv(options.program[0], options.program)  # noqa: S606  a fixed program, no shell


def _hide_root(libc: ctypes.CDLL, seen_uid: int) -> None:
    """Enter a user namespace where root's files are owned by an ordinary uid, and so are we.

    PostgreSQL refuses to run as root. Here it sees `seen_uid`, has no capabilities after `exec`,
    and its files still belong to root outside, so a data folder under /root works.
    """
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"unshare: {os.strerror(code)}")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{seen_uid} {gid} 1")
    Path("/proc/self/uid_map").write_text(f"{seen_uid} {uid} 1")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


if __name__ == "__main__":
    _main()
