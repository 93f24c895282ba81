"""Makes a fork of the launcher the program that it is to be, as if an interpreter had started it.

Exit codes, streams, tracebacks, `__main__`, flags and arguments are those of a real start; what
is left of the launcher is closed and forgotten. Whether a fork can be alike at all: see `forking`.
"""

from __future__ import annotations

import ctypes
import io
import os
import sys
import time

from milepost.engine.agent.forking import OURS, is_harness, set_dumpable

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    import types
    from collections.abc import Callable, Sequence
    from typing import Any

    Profiler = Callable[[types.FrameType, str, Any], None]

_STDERR = 2
_PROGRAMS_FLAGS = {"no_site": 0, "safe_path": False}  # the launcher starts with others


def become(argv: Sequence[str], follow: Profiler | None = None) -> None:
    """Do what `python ARGV…` does, with a profile function that follows it, if there is one."""
    set_dumpable(True)
    if "TZ" in os.environ:
        time.tzset()
    _open_streams()
    if is_harness(argv):  # which is started with the launcher's own flags
        _become_harness(argv[-1])
        return
    _set_flags()
    _forget_launcher(argv)
    if argv[1] == "-m":
        _run_module(argv[2:], follow)
    else:
        _run_file(argv[1:], follow)


def _become_harness(module: str) -> None:
    """Serve calls with the harness, which is ours and was imported ahead."""
    from milepost.engine.agent import harness

    sys.argv = ["harness", module]
    sys.path[:0] = [
        entry
        for entry in os.environ.get("PYTHONPATH", "").split(":")
        if entry and entry not in sys.path
    ]
    sys.modules["__main__"] = harness
    harness.main()


def _forget_launcher(argv: Sequence[str]) -> None:
    sys.orig_argv[:] = argv
    sys.path[:] = [entry for entry in sys.path if entry != OURS]
    for name in [name for name in sys.modules if name.partition(".")[0] == "milepost"]:
        del sys.modules[name]
    import builtins
    import site  # the launcher runs without it; programs have `exit` and `help`

    site.setquit()
    site.setcopyright()
    site.sethelper()
    site.ENABLE_USER_SITE = False
    main = type(sys)("__main__")
    main.__dict__.update(__annotations__={}, __builtins__=builtins)
    sys.modules["__main__"] = main


def _set_flags() -> None:
    """Set `sys.flags` as a program would have them: it may start others with the same flags."""
    set_item = ctypes.pythonapi.PyStructSequence_SetItem
    set_item.argtypes = (ctypes.py_object, ctypes.c_ssize_t, ctypes.py_object)
    set_item.restype = None
    names = type(sys.flags).__match_args__
    for name, value in _PROGRAMS_FLAGS.items():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))  # which the sequence then owns
        set_item(sys.flags, names.index(name), value)


def _open_streams() -> None:
    """Open the standard streams anew on what they are now, as the interpreter's start does."""
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _open_stream(fd, f"<{name}>", unbuffered=unbuffered)
        vars(sys).update({name: stream, f"__{name}__": stream})


def _open_stream(fd: int, name: str, *, unbuffered: bool) -> Any:
    mode = "w" if fd else "r"
    raw: Any = io.FileIO(fd, mode, closefd=False)
    raw.name = name
    is_raw = unbuffered and fd > 0
    buffered: Any = raw if is_raw else (io.BufferedWriter if fd else io.BufferedReader)(raw)
    stream: Any = io.TextIOWrapper(
        buffered,
        encoding="utf-8",
        errors="backslashreplace" if fd == _STDERR else "surrogateescape",
        newline="\n",
        line_buffering=fd == _STDERR or raw.isatty(),
        write_through=unbuffered,
    )
    stream.mode = mode
    return stream


def _run_module(argv: Sequence[str], follow: Profiler | None) -> None:
    sys.argv = ["-m", *argv[1:]]
    sys.path.insert(0, os.getcwd())
    import runpy  # after the folder, as the interpreter does: what it needs may be there

    run: Any = runpy._run_module_as_main  # type: ignore[attr-defined]  # noqa: SLF001 - as `-m` does
    try:
        _leave_room_below(c_calls=0)
        sys.setprofile(follow)
        run(argv[0])
    except BaseException:
        sys.excepthook = _hide_launcher(sys.excepthook)
        raise


def _run_file(argv: Sequence[str], follow: Profiler | None) -> None:
    """Have the interpreter itself run a file: it shows errors and notes an interrupt as always."""
    sys.argv = [*argv]
    path = f"{os.getcwd()}/{argv[0]}"
    sys.path.insert(0, os.path.dirname(path))
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = libc.fopen(os.fsencode(path), b"rbe")
    run = ctypes.pythonapi.PyRun_AnyFileExFlags
    run.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p)
    _leave_room_below(c_calls=1)
    sys.setprofile(follow)
    if run(file, os.fsencode(path), 1, None) != 0 and sys.last_type is not KeyboardInterrupt:
        sys.exit(1)  # after an interrupt, the interpreter ends with the signal


def _leave_room_below(c_calls: int) -> None:
    """Have recursion end where it would without our frames, and the C calls that are to come."""
    frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way
    depth = c_calls
    while frame is not None:
        depth += 1
        frame = frame.f_back
    sys.setrecursionlimit(sys.getrecursionlimit() + depth)


def _hide_launcher(show: Any) -> Any:
    """Make a hook that hands on an error without the frames that are ours."""

    def show_rest(kind: Any, error: BaseException, trace: types.TracebackType | None) -> None:
        rest = trace
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.startswith(OURS):
                rest = trace.tb_next
            trace = trace.tb_next
        show(kind, error.with_traceback(rest), rest)

    return show_rest
