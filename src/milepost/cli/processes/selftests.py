"""Tests stacks on this machine, for `milepost stacks install` and `milepost doctor`.

What is tested is the engine's (`engine.selftest`). Invariant: a stack that has passed is not tested
again until it, or the machine, has changed.
"""

import asyncio
import tempfile
from collections.abc import Iterable
from pathlib import Path

from milepost.core.config import Settings
from milepost.engine import Engine, IsolationUnavailable, StackUnavailable


def try_new_stacks(names: Iterable[str], settings: Settings) -> list[str]:
    """Test those of these stacks that are there and have not passed yet; return what was tested.

    Where code cannot be isolated nothing is tested; `milepost doctor` says why.
    """
    from milepost.engine.selftest import is_tested

    untested = []
    for name in names:
        try:
            if not is_tested(name, settings.stacks_dir):
                untested.append(name)
        except StackUnavailable:
            continue  # its status says why
    return asyncio.run(_try(untested, settings)) if untested else []


async def _try(names: list[str], settings: Settings) -> list[str]:
    from milepost.engine.selftest import run_selftest

    stacks_dir, tier = settings.stacks_dir, settings.isolation
    with tempfile.TemporaryDirectory(prefix="milepost-") as scratch:
        async with Engine(runtime_dir=Path(scratch), stacks_dir=stacks_dir, tier=tier) as engine:
            for done, name in enumerate(names):
                try:
                    await run_selftest(engine, name, stacks_dir)
                except IsolationUnavailable:
                    return names[:done]
    return names
