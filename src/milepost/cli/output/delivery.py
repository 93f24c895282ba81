"""What a command prints reaches its reader whatever terminal, pipe or file that is.

Characters that an encoding lacks are written out; a full disk and a closed pipe are found before
the command ends. Invariant: a command whose output was lost does not end with 0.
"""

import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path

_CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF}


def prepare_output() -> None:
    """Let standard output and error write what they can't encode as escapes, and exist."""
    # A program that is started with them closed (`>&-`) finds None there.
    sys.stdout = sys.stdout or _open_nowhere()
    sys.stderr = sys.stderr or _open_nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def flush_output() -> None:
    """Write what is still held back; raises OSError where that can't be."""
    sys.stdout.flush()


def is_output_fault(error: OSError) -> bool:
    """Whether what failed is writing to standard output: no file is named."""
    return error.filename is None and error.errno in _CANNOT_WRITE


def drop_output() -> None:
    """Have what standard output still holds go nowhere, or Python would try it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _open_nowhere() -> TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")
