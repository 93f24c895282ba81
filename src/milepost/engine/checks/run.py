"""What the fixtures of one check share: the settings, the evidence, and a guest with a clean slate.

The guest is asked for on first use and reset once a check, so that no check sees what another
left behind. After one guest died, the next check gets a fresh one.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from milepost.engine.checks.evidence import Recorder
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.guest import Guest, RunningProgram
from milepost.engine.checks.module import ModuleProcess
from milepost.engine.checks.settings import SECOND, Settings
from milepost.engine.checks.streams import Plan
from milepost.engine.checks.supervisor import Supervisor
from milepost.engine.checks.values import Language
from milepost.engine.results import Evidence

Answer = TypeVar("Answer")


class AnswerFilter(Protocol):
    """What the answers of learner code pass through where a lab is verified."""

    def take(self, origin: str, answer: Any) -> Any:
        """Return what the check gets instead."""

    def describe(self, error: BaseException | None) -> Evidence:
        """Tell what was done, when the check has ended with an error, or with none."""


@dataclass(slots=True)
class Guests:
    """The guests of a run with this number: one at a time, or two that take turns.

    Where a start takes long and can't be forked, the program of a check starts in the guest that
    rests, in which no learner code runs, while the check before it runs in the other.
    """

    supervisor: Supervisor
    number: int = 0  # others than 0 are for replicas
    loads_ahead: tuple[str, ...] | None = None  # not None where two take turns
    coming: int = 0  # how many checks follow the one that runs
    # Services that did not start, by how they were started: the same files would not start again,
    # and every further check would wait as long for it.
    not_started: dict[Any, GuestFault] = field(default_factory=dict)
    _started: tuple[Plan, Mapping[str, str]] | None = None  # what a check has started last, and how
    _guest: Guest | None = None
    _resting: Guest | None = None
    _others: dict[int, "Guests"] = field(default_factory=dict)

    def get_guest(self) -> Guest:
        """Answer the live guest, or have a fresh one started."""
        if self._guest is None or not self._guest.alive:
            rests = self._resting is not None and self._resting.number == self.number
            self._guest = self._ask(SECOND if rests else self.number)
        return self._guest

    def note_start(self, plan: Plan, environment: Mapping[str, str]) -> None:
        """Have the next check's program started in the guest that rests, as one was just now."""
        self._started = plan, environment
        if self.loads_ahead is None or not self.coming:
            return
        if self._resting is None or not self._resting.alive:
            is_second = self._guest is not None and self._guest.number == SECOND
            with suppress(GuestFault):  # there is no time left
                self._resting = self._ask(self.number if is_second else SECOND)
        if self._resting is not None and not self._resting.is_prepared_for(plan):
            self._clean(self._resting)

    def leave(self, guest: Guest) -> None:
        """Have a guest cleaned that a check has used, and the one that has rested used next."""
        takes_turns = self.loads_ahead is not None
        if guest.alive and self.coming > takes_turns:
            self._clean(guest)
        if takes_turns and guest is self._guest:
            self._guest, self._resting = self._resting, self._guest

    def _clean(self, guest: Guest) -> None:
        """Have a guest cleaned, and then what a check may start there started ahead."""
        with suppress(GuestFault):  # the next check will find out, and get another guest
            guest.begin_reset()
            if self.loads_ahead is not None and self._started is not None:
                guest.prepare(*self._started, self.loads_ahead)

    def get_others(self, number: int) -> "Guests":
        """Answer the guests of another number, which stay for the checks that follow."""
        if number not in self._others:
            self._others[number] = Guests(self.supervisor, number, not_started=self.not_started)
        return self._others[number]

    def close(self) -> None:
        """Let go of the last guest, and of all others."""
        for guest in (self._guest, self._resting):
            if guest is not None:
                guest.close()
        for others in self._others.values():
            others.close()

    def _ask(self, number: int) -> Guest:
        return Guest(self.supervisor.ask_for_guest(number), self.supervisor, number)


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
    used_guest: Guest | None = None
    spoiler: AnswerFilter | None = None
    services_to_come: int = 0  # how many checks of this run, from this one on, use a service
    _beside: list["CheckRun"] = field(default_factory=list)  # the same check in other guests

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.settings.started_at)

    @property
    def has_begun(self) -> bool:
        """Whether learner code may have had its turn in this check."""
        return any(each.used_guest is not None for each in (self, *self._beside))

    @property
    def language(self) -> Language:
        """The language of the module that checks call."""
        if self.settings.module is None:
            raise RuntimeError("lab.toml names no module for this stack, so `solution` has none.")
        return Language.of(self.settings.module)

    def get_clean_guest(self) -> Guest:
        """Answer this check's guest. If it dies, the check does not get another."""
        if self.used_guest is None:
            self.used_guest = self._reset_guest()
        elif not self.used_guest.alive:
            raise self.guests.supervisor.ask_why_guest_ended(self.used_guest.number)
        return self.used_guest

    def start_program(
        self,
        plan: Plan,
        environment: Mapping[str, str],
        *,
        stdin: bytes = b"",
        copies: int = 0,
    ) -> RunningProgram:
        """Start a program in this check's guest; `copies`: see `Guest.start`."""
        running = RunningProgram(
            self.get_clean_guest(),
            plan,
            environment,
            stdin=stdin,
            copies=copies,
            limits=self.settings.limits,
        )
        self.guests.note_start(plan, environment)
        return running

    def get_module(self) -> ModuleProcess:
        """Return a process that has imported the learner's module for this check alone."""
        settings = self.settings
        if settings.module is None:
            raise RuntimeError("lab.toml names no module for this stack, so `solution` has none.")
        running = self.start_program(
            Plan((*settings.harness, settings.module), has_channel=True),
            {**settings.harness_environment, **self.environment},
        )
        return ModuleProcess(running, settings.module, settings.limits.run_seconds)

    def in_guest(self, number: int) -> "CheckRun":
        """Answer the same check in another guest: with the same services, but files of its own."""
        other = CheckRun(
            self.settings,
            self.guests.get_others(number),
            environment=self.environment,
            doors=self.doors,
        )
        other.recorder = self.recorder
        other.spoiler = self.spoiler
        self._beside.append(other)
        return other

    def take(self, origin: str, answer: Answer) -> Answer:
        """Return an answer of learner code as its check gets it: as it is, in a learner's run.

        Everything that learner code made passes through here, before it becomes evidence.
        """
        if self.spoiler is None:
            return answer
        taken: Answer = self.spoiler.take(origin, answer)
        return taken

    def open_door(self, port: int, target: int) -> None:
        """Lead a port of learner code to a socket file, from now on; takes over its descriptor."""
        self.doors[port] = target
        for guest in self._live_guests():
            guest.open_door(port, target)

    def close_door(self, port: int) -> None:
        """Refuse connections at a port, as a machine does where nothing listens."""
        if port in self.doors:
            os.close(self.doors.pop(port))
        for guest in self._live_guests():
            guest.close_door(port)

    def close(self) -> None:
        """Let go of what the check held. Its guest is reset when the next check wants it."""
        while self.doors:
            os.close(self.doors.popitem()[1])

    def _live_guests(self) -> list[Guest]:
        guests = [each.used_guest for each in (self, *self._beside)]
        return [guest for guest in guests if guest is not None and guest.alive]

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
        """Have guests cleaned while this check is wrapped up and the next one gets ready."""
        for each in (self, *self._beside):
            if each.used_guest is not None:
                each.guests.leave(each.used_guest)

    def usage(self) -> dict[str, int]:
        """Answer the most that this check used, by the names in Usage."""
        all_of_it = (self, *self._beside)
        return {
            "memory_peak_bytes": max(each.memory_bytes for each in all_of_it),
            "output_bytes": max(each.output_bytes for each in all_of_it),
            "disk_bytes": max(each.disk_bytes for each in all_of_it),
        }

    def note_usage(self, running: RunningProgram) -> None:
        """Keep the most that any program of this check used."""
        how = running.exit or {}
        self.memory_bytes = max(self.memory_bytes, how.get("memory_bytes", 0))
        self.disk_bytes = max(self.disk_bytes, how.get("disk_bytes", 0))
        printed = (len(data) for data in running.captured.values())
        self.output_bytes = max(self.output_bytes, *printed)
