"""Writes programs that try one thing after another, and print what they got, or `nothing`.

A thief that dies on the way prints neither, so it can't be taken for one that was refused.
"""

from collections.abc import Sequence

from security.case import Case, failed
from security.labs import PROGRAM

# Numbers of calls that the C library has no function for; above 424 they are the same everywhere.
_PRELUDE = """
import ctypes, fnmatch, glob, os, platform, resource, signal, socket, stat, struct, subprocess, sys
from pathlib import Path

WIDE = [("/", "proc"), ("/", "sys"), ("/usr", "lib"), ("/usr", "share")]

# Not by number and path: a sandbox without namespaces has the host's.
LAUNCHER, TMP = os.getppid(), os.environ.get("TMPDIR", "/tmp")
libc = ctypes.CDLL(None, use_errno=True)
ON_X86 = platform.machine() == "x86_64"
loot = []

def got(what):
    if what:
        loot.append(what)

def write(path, data):
    os.write(os.open(path, os.O_WRONLY), data)
    return path

def is_open(fd):
    try:
        return bool(os.fstat(fd))
    except OSError:
        return False

def is_there(pid):
    try:
        return os.kill(pid, 0) is None
    except OSError:
        return False

def can_read(path):
    try:
        return bool(open(path, "rb").read())
    except OSError:
        return False

def find(name):
    found = []
    for folder, folders, files in os.walk("/"):
        folders[:] = [f for f in folders if (folder, f) not in WIDE]
        found += [f"{folder}/{f}" for f in (*folders, *files) if fnmatch.fnmatch(f, name)]
    return found

def call(x86, arm, *arguments):
    answer = libc.syscall(x86 if ON_X86 else arm, *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return f"call {x86}: {answer}"

def ask(function, *arguments):
    if getattr(libc, function)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), "refused")
    return function

def attempt(code):
    try:
        exec(code, globals())
    except (OSError, ValueError):
        pass
    except BaseException as error:
        loot.append(f"{code}: {error!r}")

"""
_HONEST = "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n"


def write_thief(attempts: Sequence[str]) -> str:
    """Write a program that makes these attempts, each a piece of Python that calls `got`."""
    return (
        f"{_PRELUDE}for code in {list(attempts)!r}:\n    attempt(code)\nprint(loot or 'nothing')\n"
    )


def steal(name: str, *attempts: str, alike: str) -> Case:
    """Make a case of attempts that must get nothing; `alike` is what the honest twin does."""
    return Case(
        name,
        PROGRAM,
        cheat=write_thief(attempts),
        twin=f"{_PRELUDE}{alike}\n{_HONEST}",
        caught=failed("test_sum", "It must print the sum"),
        prints="nothing\n",
    )
