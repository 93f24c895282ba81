"""What the fixtures of one check share: the settings, the evidence, and a guest with a clean slate.

The guest is asked for on first use and reset once a check, so that no check sees what another
left behind. After one guest died, the next check gets a fresh one.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from milepost.engine.checks.evidence import Recorder
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.guest import Guest, RunningProgram
from milepost.engine.checks.settings import Settings
from milepost.engine.checks.supervisor import Supervisor


@dataclass(slots=True)
class Guests:
    """The guests of a run, one at a time."""

    supervisor: Supervisor
    # Services that did not start, by how they were started: the same files would not start again,
    # and every further check would wait as long for it.
    not_started: dict[Any, GuestFault] = field(default_factory=dict)
    _guest: Guest | None = None

    def get_guest(self) -> Guest:
        """Answer the live guest, or have a fresh one started."""
        if self._guest is None or not self._guest.alive:
            self._guest = Guest(self.supervisor.ask_for_guest(), self.supervisor)
        return self._guest

    def close(self) -> None:
        """Let go of the last guest."""
        if self._guest is not None:
            self._guest.close()


@dataclass(slots=True)
class CheckRun:
    """One running check."""

    settings: Settings
    guests: Guests
    recorder: Recorder = field(init=False)
    memory_bytes: int = 0
    output_bytes: int = 0
    disk_bytes: int = 0
    # What learner code finds when it starts: variables, and ports that lead to a lab's services.
    environment: dict[str, str] = field(default_factory=dict)
    doors: dict[int, int] = field(default_factory=dict)  # port -> socket file, open as a place
    _guest: Guest | None = None

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.settings.started_at)

    @property
    def has_begun(self) -> bool:
        """Whether learner code may have had its turn in this check."""
        return self._guest is not None

    def get_clean_guest(self) -> Guest:
        """Answer this check's guest. If it dies, the check does not get another."""
        if self._guest is None:
            self._guest = self._reset_guest()
        elif not self._guest.alive:
            raise self.guests.supervisor.ask_why_guest_ended()
        return self._guest

    def open_door(self, port: int, target: int) -> None:
        """Lead a port of learner code to a socket file, from now on; takes over its descriptor."""
        self.doors[port] = target
        if self._guest is not None and self._guest.alive:
            self._guest.open_door(port, target)

    def close_door(self, port: int) -> None:
        """Refuse connections at a port, as a machine does where nothing listens."""
        if port in self.doors:
            os.close(self.doors.pop(port))
        if self._guest is not None and self._guest.alive:
            self._guest.close_door(port)

    def close(self) -> None:
        """Let go of what the check held. Its guest is reset when the next check wants it."""
        while self.doors:
            os.close(self.doors.popitem()[1])

    def _reset_guest(self) -> Guest:
        guest = self.guests.get_guest()
        try:
            guest.reset()
        except GuestFault:  # an earlier check's code broke it, so it is no fault of this one
            guest = self.guests.get_guest()
            guest.reset()
        for port, target in self.doors.items():
            guest.open_door(port, target)
        return guest

    def leave_guest(self) -> None:
        """Have the guest cleaned while this check is wrapped up and the next one gets ready."""
        if self._guest is not None and self._guest.alive:
            with suppress(GuestFault):  # the next check will find out, and get another guest
                self._guest.begin_reset()

    def usage(self) -> dict[str, int]:
        """Answer the most that this check used, by the names in Usage."""
        return {
            "memory_peak_bytes": self.memory_bytes,
            "output_bytes": self.output_bytes,
            "disk_bytes": self.disk_bytes,
        }

    def note_usage(self, running: RunningProgram) -> None:
        """Keep the most that any program of this check used."""
        how = running.exit or {}
        self.memory_bytes = max(self.memory_bytes, how.get("memory_bytes", 0))
        self.disk_bytes = max(self.disk_bytes, how.get("disk_bytes", 0))
        printed = (len(data) for data in running.captured.values())
        self.output_bytes = max(self.output_bytes, *printed)
