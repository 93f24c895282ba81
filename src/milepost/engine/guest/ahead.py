"""What the launcher imports before learner code runs, and whether that could make a difference.

Only pinned libraries of the stack and harmless modules of the standard library are, never learner
code: what a submission says it imports is imported once a run, and not again in each fork.
"""

import contextlib
import gc
import importlib
import os
import re
import sys
from collections.abc import Sequence

# What many programs use and what does nothing but define when it is imported.
_HARMLESS_NAMES = (
    "abc argparse array ast asyncio base64 bisect calendar cmath collections configparser "
    "contextlib contextvars copy csv dataclasses datetime decimal difflib email enum fnmatch "
    "fractions functools glob gzip hashlib heapq hmac html http inspect io ipaddress itertools "
    "json logging math mimetypes numbers operator os pathlib pickle pprint queue random re "
    "secrets select selectors shlex shutil signal socket socketserver sqlite3 ssl statistics "
    "string struct subprocess tempfile textwrap threading time timeit traceback types typing "
    "unicodedata urllib uuid warnings weakref xml zipfile zlib zoneinfo "
)
_HARMLESS = frozenset(_HARMLESS_NAMES.split())
_IMPORTED = re.compile(
    rb"^[ \t]*(?:import[ \t]+([^\n;#]+)|from[ \t]+([\w.]+)[ \t]+import\b)", re.MULTILINE
)
# A module of these is there only once somebody has imported it, and imported ahead it always is.
_BARE = re.compile(
    rb"\b(concurrent|email|html|http|importlib|logging|unittest|urllib|xml)\.([a-z]\w*)"
)


class ImportsAhead:
    """What is imported ahead for a run, and which names of its submission are in the way."""

    def __init__(self) -> None:
        self._wanted: set[str] = set()
        self._own: set[str] = set()  # modules of the submission, wherever they lie
        self._used: set[str] = set()  # as `urllib.parse.quote` uses one
        self._changes_path = False
        self._loaded: frozenset[str] = frozenset()
        self._loaded_of = -1

    def note(self, path: str, content: bytes) -> None:
        """Take notice of a file of the submission."""
        if not path.endswith(".py"):
            return
        *folders, name = path.split("/")
        self._own |= {*folders, name.removesuffix(".py")}
        self._changes_path = self._changes_path or b"sys.path" in content
        for several, one in _IMPORTED.findall(content):
            names = [each.split()[0] for each in several.split(b",") if each.split()] or [one]
            self._wanted |= {each.decode(errors="replace") for each in names}
        self._used |= {b".".join(pair).decode(errors="replace") for pair in _BARE.findall(content)}

    def import_wanted(self) -> None:
        """Import what the submission does, as far as that is harmless and not its own."""
        wanted, self._wanted = self._wanted, set()
        self._used = {
            name for name in self._used if not any(_is_part(each, name) for each in wanted)
        }
        tops = {name: name.partition(".")[0] for name in sorted(wanted)}
        import_all([n for n, top in tops.items() if top in _HARMLESS and top not in self._own])

    def hide_from(self, folder: str) -> bool:
        """Say whether a program with modules in this folder could meet others than its own."""
        loaded = self._list_loaded()
        if self._changes_path and self._own & loaded:
            return True
        if any(name in sys.modules for name in self._used):
            return True
        return any(name in loaded for name in _list_modules(folder))

    def _list_loaded(self) -> frozenset[str]:
        if self._loaded_of != len(sys.modules):
            self._loaded = frozenset(name.partition(".")[0] for name in sys.modules)
            self._loaded_of = len(sys.modules)
        return self._loaded


def import_all(names: Sequence[str], warm_up: str = "") -> None:
    """Import modules and keep their memory shared between forks.

    `warm_up` is code of the stack's description, which does once what libraries do at first use.
    """
    gc.disable()  # next to nothing of this is ever garbage
    for name in names:
        with contextlib.suppress(ImportError):  # a program that wants it will say so
            importlib.import_module(name)
    code = compile(warm_up, "warm_up", "exec", dont_inherit=True)
    exec(code, {"__name__": "warm_up"})  # noqa: S102 - ours
    if "asyncio" in sys.modules:
        sys.modules["asyncio"].set_event_loop_policy(None)  # as if no loop had ever run
    gc.freeze()
    gc.enable()


def _is_part(imported: str, used: str) -> bool:
    """Say whether importing one module of a package makes it likely that another is there too."""
    return "." in imported and imported.partition(".")[0] == used.partition(".")[0]


def _list_modules(folder: str) -> list[str]:
    """List the modules and packages in a folder by what Python looks for."""
    found = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            stem, dot, ending = entry.name.partition(".")
            is_package = not dot and os.path.exists(f"{entry.path}/__init__.py")
            if is_package or ending.rpartition(".")[2] in {"py", "pyc", "so"}:
                found.append(stem)
    return found
