"""Landlock: a process forbids itself, and all it will start, every file that is not named here.

Standard library only, since `subreaper` imports it by path in a process of its own. The calls have
the same numbers everywhere (`man 7 landlock`). What a kernel is too old for is left out here;
whether what is left is enough, `probe` decides.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Mapping

_CREATE, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_NO_NETWORK_BEFORE, _NO_SCOPE_BEFORE = 4, 6

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
_MAKE_DEVICES = 1 << 6 | 1 << 11
_MAKE_SOCKET = 1 << 9
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_RIGHTS_SINCE = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: _IOCTL_DEVICE}
_FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_BIND_AND_CONNECT_TCP = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3

READ = EXECUTE | READ_FILE | READ_DIR
# Everything but devices, and sockets with a name: nobody may listen here.
WRITE = (1 << 16) - 1 & ~(_MAKE_DEVICES | _MAKE_SOCKET | _IOCTL_DEVICE)

_libc = ctypes.CDLL(None, use_errno=True)


def find_version() -> int:
    """Return the version of Landlock that the kernel has; 0 for none."""
    return max(_call(_CREATE, None, 0, _VERSION_FLAG, may_fail=True), 0)


def restrict(allowed: Mapping[str, int]) -> None:
    """Forbid this process everything but these paths, with what is below them. Raises OSError.

    It may also speak no TCP, reach no abstract socket and signal nobody outside, where the kernel
    is new enough. It must have given up new privileges before.
    """
    version = find_version()
    handled = sum(rights for since, rights in _RIGHTS_SINCE.items() if since <= version)
    network = _BIND_AND_CONNECT_TCP if version >= _NO_NETWORK_BEFORE else 0
    scope = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= _NO_SCOPE_BEFORE else 0
    sizes = {version < _NO_NETWORK_BEFORE: 8, _NO_NETWORK_BEFORE <= version < _NO_SCOPE_BEFORE: 16}
    attributes = struct.pack("=QQQ", handled, network, scope)[: sizes.get(True, 24)]
    rules = _call(_CREATE, attributes, len(attributes), 0)
    try:
        for path, rights in allowed.items():
            _allow(rules, path, rights & handled)
        _call(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # what is not there needs no permission
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _FOR_FILES
        rule = struct.pack("=Qi", rights, fd)
        _call(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)


def _call(number: int, *arguments: object, may_fail: bool = False) -> int:
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    answer = int(_libc.syscall(ctypes.c_long(number), *given))
    if answer < 0 and not may_fail:
        error = ctypes.get_errno()
        raise OSError(error, f"landlock: {os.strerror(error)}")
    return answer
