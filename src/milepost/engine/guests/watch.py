"""Looks at a guest from outside, every 50 ms: memory, processes, disk and files of all it started.

Limits per process are the kernel's business (`sandbox_specs.guest_rlimits`), and so are those of
the whole guest where it has a control group; where it has none, this is what enforces them. How
things are measured is `usage`. Nothing is asked of the guest.
"""

from dataclasses import dataclass

from milepost.engine.guests.usage import Meter
from milepost.engine.limits import Limits
from milepost.engine.sandbox import Sandbox

INTERVAL_SECONDS = 0.05


@dataclass(slots=True)
class Watch:
    """The most that one guest used so far."""

    sandbox: Sandbox
    limits: Limits
    meter: Meter
    memory_bytes: int = 0
    processes: int = 0
    disk_bytes: int = 0
    files: int = 0
    _looks_since_refusal: int = 0

    def look(self) -> str | None:
        """Measure once; return the name of a limit that is exceeded, if any."""
        disk_bytes, files = self.sandbox.measure_disk(self.meter.list_pids())
        memory_bytes, processes = self.meter.measure(self.limits, disk_bytes)
        self.memory_bytes = max(self.memory_bytes, memory_bytes)
        self.processes = max(self.processes, processes)
        self.disk_bytes = max(self.disk_bytes, disk_bytes)
        self.files = max(self.files, files)
        for name in ("memory_bytes", "processes", "disk_bytes", "files"):
            if getattr(self, name) > getattr(self.limits, name):
                return name
        if not self.meter.has_refused():
            return None
        # The check may have ended of it in this very moment. Then the run asks for the reason, and
        # the next check must not lose its guest to it.
        self._looks_since_refusal += 1
        return self.take_refusal() if self._looks_since_refusal > 1 else None

    def take_refusal(self) -> str | None:
        """Return the limit that the kernel has enforced since the last call, if any."""
        self._looks_since_refusal = 0
        return self.meter.take_refusal()
