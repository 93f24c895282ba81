"""Runs a command, and all that it starts, where no namespace can be made, as in default containers.

`python -P without_namespaces.py COMMAND…` refuses what Docker's own profile refuses to a container
that was given nothing: new namespaces, entering others, and mounts. Users stay as they are.
"""

import ctypes
import errno
import os
import platform
import sys

from milepost.engine.sandbox.seccomp import assemble
from milepost.engine.sandbox.seccomp_rules import Condition, Is, Rule

WRAPPER = (sys.executable, "-P", __file__)
_CLONE_NEW_ANYTHING = 0x7E020000
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2
_RULES = (
    Rule(("unshare", "setns"), errno.EPERM, "New namespaces, and those of others."),
    Rule(
        ("clone",),
        errno.EPERM,
        "The same, with a process in it.",
        when=(Condition(0, Is.WITH_ANY_BIT_OF, (_CLONE_NEW_ANYTHING,)),),
    ),
    Rule(("clone3",), errno.ENOSYS, "Its flags cannot be seen; the C library then calls clone."),
    Rule(
        ("mount", "umount2", "pivot_root", "fsopen", "fsmount", "open_tree", "move_mount"),
        errno.EPERM,
        "What containers may not change.",
    ),
)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))


def block_namespaces() -> None:
    """Give up namespaces, for this process and all that it will start."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = assemble(_RULES, platform.machine())
    lines = ctypes.create_string_buffer(program, len(program))
    given = _FilterProgram(len(program) // 8, ctypes.addressof(lines))
    for option, *arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(given), 0, 0),
    ):
        padded = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
        if libc.prctl(option, *padded) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    block_namespaces()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - a test's own command
