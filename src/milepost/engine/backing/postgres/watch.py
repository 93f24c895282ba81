"""Looks at a run's database from outside: its size, its locks, the memory of its sessions.

What PostgreSQL bounds by itself (connections, temporary files, one session's memory) is set where
roles are made. Nothing here asks a session of the learner for anything.
"""

import asyncio
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from milepost.engine.backing.hosting import ServiceUnavailable
from milepost.engine.backing.postgres import BYTES, LOCKS
from milepost.engine.backing.postgres.cluster import Cluster, Database
from milepost.engine.backing.postgres.log import StatementLog
from milepost.engine.backing.postgres.server import list_children
from milepost.engine.limits import Limits

_INTERVAL_SECONDS = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TITLE = re.compile(rb"postgres: (?:\S+: )?(lab_[0-9a-f]+) (lab_[0-9a-f]+) ")


@dataclass(slots=True)
class DatabaseWatch:
    """Watches one database until it is stopped or a limit is reached, which ends its sessions."""

    cluster: Cluster
    database: Database
    limits: Limits
    log: StatementLog
    log_since: int
    limit: str | None = None
    fault: ServiceUnavailable | None = None
    used_bytes: int = 0  # what was added to the template
    memory_bytes: int = 0
    logged_bytes: int = 0
    _first_bytes: int | None = None
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """Look no more. A look that has begun is finished, since it uses a shared connection."""
        self._stopped.set()
        if self._task is not None:
            await self._task

    async def _keep_looking(self) -> None:
        try:
            while self.limit is None and not self._stopped.is_set():
                self.limit = await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_INTERVAL_SECONDS):
                        await self._stopped.wait()
            if self.limit is not None:
                await self.cluster.end_sessions(self.database.learner)
        except ServiceUnavailable as fault:
            self.fault = fault

    async def _look(self) -> str | None:
        total_bytes, locks = await self.cluster.measure(self.database)
        if self._first_bytes is None:
            self._first_bytes = total_bytes
        self.used_bytes = max(self.used_bytes, total_bytes - self._first_bytes)
        self.memory_bytes = max(self.memory_bytes, self._measure_memory())
        # The log lies on the host's disk, and a session can fill it as fast as the disk takes it.
        logged_bytes, self.log_since = self.log.count_own(
            self.database.learner.role, self.log_since
        )
        self.logged_bytes += logged_bytes
        found = {
            BYTES.name: (self.used_bytes + self.logged_bytes, BYTES.of(self.limits)),
            LOCKS.name: (locks, LOCKS.of(self.limits)),
            "memory_bytes": (self.memory_bytes, self.limits.memory_bytes),
        }
        return next((name for name, (used, allowed) in found.items() if used > allowed), None)

    def _measure_memory(self) -> int:
        pid = self.cluster.server.pid
        wanted = self.database.learner.role.encode()
        sessions = list_children(pid) if pid is not None else []
        return sum(_own_bytes(each) for each in sessions if _role_of(each) == wanted)


def _role_of(pid: int) -> bytes | None:
    """Read whose session a process serves from its title, which PostgreSQL sets."""
    with suppress(OSError):
        title = _TITLE.match(Path(f"/proc/{pid}/cmdline").read_bytes())
        return title[1] if title else None
    return None


def _own_bytes(pid: int) -> int:
    with suppress(OSError, IndexError):
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
        return (int(resident) - int(shared)) * _PAGE
    return 0
