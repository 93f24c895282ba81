"""A shipped worker with a grader that waits at gates, to be killed exactly where a test wants it.

Run as a program. The queue, the database and all that is stored are real; only what learner code
would have answered is not, so these tests are about the queue alone.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path

from fakes.grader import FakeGrader, passed
from fakes.machine import ABLE
from milepost.core.logging import configure_logging
from milepost.engine import CheckFinished, Event, GradeRequest, GradingFinished
from milepost.worker.loop import serve_queue

GATES = ("begun", "one_check", "all_checks")
_LOOK_SECONDS = 0.01


class GatedGrader:
    """Two checks that pass, with a gate before, between and after them.

    At a gate that exists as a file `NAME`, it leaves `NAME.reached` and waits until `NAME` is gone.
    """

    def __init__(self, gates: Path) -> None:
        self._gates = gates
        self._grader = FakeGrader(passed("test_one"), passed("test_two"))

    async def grade(self, request: GradeRequest) -> AsyncGenerator[Event, None]:
        await self._wait_at("begun")
        async for event in self._grader.grade(request):
            if isinstance(event, GradingFinished):
                await self._wait_at("all_checks")
            yield event
            if isinstance(event, CheckFinished) and event.result.name == "test_one":
                await self._wait_at("one_check")

    async def _wait_at(self, name: str) -> None:
        gate = self._gates / name
        while gate.exists():
            gate.with_suffix(".reached").touch()
            await asyncio.sleep(_LOOK_SECONDS)


def main() -> None:
    configure_logging("INFO")
    gates = Path(os.environ["GATES"])
    labs_dir = Path(os.environ["MILEPOST_DATA_DIR"]) / "run" / "labs"
    url = os.environ["MILEPOST_DATABASE_URL"]
    lease = float(os.environ["MILEPOST_WORKER_LEASE_SECONDS"])
    asyncio.run(
        serve_queue(
            url,
            grader=GatedGrader(gates),
            labs_dir=labs_dir,
            look=lambda: ABLE,
            lease_seconds=lease,
        )
    )


if __name__ == "__main__":
    main()
