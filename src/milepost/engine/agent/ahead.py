"""What the launcher imports before learner code runs, and whether that could make a difference.

Only pinned libraries of the stack and harmless modules of the standard library are, never learner
code: what a submission says it imports is imported once a run, and not again in each fork.
"""

from __future__ import annotations

import gc
import os
import sys

from milepost.engine.protocol.guest import Submitted

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Sequence

_NOTHING = Submitted([], [], [], False, False)


class ImportsAhead:
    """What is imported ahead for a run, and which names of its submission are in the way."""

    def __init__(self, submitted: Submitted = _NOTHING) -> None:
        self._wanted = submitted.wanted
        self._own = frozenset(submitted.own)
        self._used = submitted.used
        self._changes_path = submitted.changes_path
        self.looks_at_processes = submitted.looks_at_processes
        self._loaded: frozenset[str] = frozenset()
        self._loaded_of = -1

    def import_wanted(self) -> None:
        """Import what the submission does, the first time that this is called."""
        wanted, self._wanted = self._wanted, []
        import_all(wanted)

    def hide_from(self, folder: str) -> bool:
        """Return whether a program with modules in this folder could meet others than its own."""
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
        try:
            __import__(name)
        except ImportError:
            continue  # a program that wants it will say so
    code = compile(warm_up, "warm_up", "exec", dont_inherit=True)
    exec(code, {"__name__": "warm_up"})  # noqa: S102 - ours
    if "asyncio" in sys.modules:
        sys.modules["asyncio"].set_event_loop_policy(None)  # as if no loop had ever run
    gc.freeze()
    gc.enable()


def _list_modules(folder: str) -> list[str]:
    """List the modules and packages in a folder by what Python looks for."""
    found = []
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    for entry in entries:
        stem, dot, ending = entry.name.partition(".")
        is_package = not dot and os.path.exists(f"{entry.path}/__init__.py")
        if is_package or ending.rpartition(".")[2] in {"py", "pyc", "so"}:
            found.append(stem)
    return found
