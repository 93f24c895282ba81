"""What the fixtures of one check share: the settings, the evidence, and a guest with a clean slate.

The guest is asked for on first use and reset once a check, so that no check sees what another
left behind. After one guest died, the next check gets a fresh one.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from milepost.engine.checks.engine_client import EngineClient
from milepost.engine.checks.evidence import Recorder
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.guest_client import GuestClient, RunningProgram
from milepost.engine.checks.module import ModuleProcess
from milepost.engine.checks.streams import Plan
from milepost.engine.checks.values import Language
from milepost.engine.evidence.contract import Evidence
from milepost.engine.protocol.check_process import CheckUsage
from milepost.engine.protocol.guest_names import MAIN, SECOND, GuestName
from milepost.engine.protocol.settings import Settings

Answer = TypeVar("Answer")


class AnswerFilter(Protocol):
    """What the answers of learner code pass through where a lab is verified."""

    def take(self, origin: str, answer: Any) -> Any:
        """Return what the check gets instead."""

    def describe(self, error: BaseException | None) -> Evidence:
        """Return as evidence what was done, once the check has ended, be it with an error."""


@dataclass(slots=True)
class GuestClients:
    """The guests of a run under this name: one at a time, or two that take turns.

    Where a start takes long and can't be forked, the program of a check starts in the guest that
    rests, in which no learner code runs, while the check before it runs in the other.
    """

    engine: EngineClient
    name: GuestName = MAIN
    loads_ahead: tuple[str, ...] | None = None  # not None where two take turns
    coming: int = 0  # how many checks follow the one that runs
    # Services that did not start, by how they were started: the same files would not start again,
    # and every further check would wait as long for it.
    not_started: dict[Any, GuestFault] = field(default_factory=dict)
    _started: tuple[Plan, Mapping[str, str]] | None = None  # what a check has started last, and how
    _guest: GuestClient | None = None
    _resting: GuestClient | None = None
    _others: dict[GuestName, "GuestClients"] = field(default_factory=dict)

    def get_guest(self) -> GuestClient:
        """Return the live guest, or have a fresh one started."""
        if self._guest is None or not self._guest.alive:
            rests = self._resting is not None and self._resting.name == self.name
            self._guest = self._ask(SECOND if rests else self.name)
        return self._guest

    def note_start(self, plan: Plan, environment: Mapping[str, str]) -> None:
        """Have the next check's program started in the guest that rests, as one was just now."""
        self._started = plan, environment
        if self.loads_ahead is None or not self.coming:
            return
        if self._resting is None or not self._resting.alive:
            is_second = self._guest is not None and self._guest.name == SECOND
            with suppress(GuestFault):  # there is no time left
                self._resting = self._ask(self.name if is_second else SECOND)
        if self._resting is not None and not self._resting.is_prepared_for(plan):
            self._clean(self._resting)

    def leave(self, guest: GuestClient) -> None:
        """Have a guest cleaned that a check has used, and the one that has rested used next."""
        takes_turns = self.loads_ahead is not None
        if guest.alive and self.coming > takes_turns:
            self._clean(guest)
        if takes_turns and guest is self._guest:
            self._guest, self._resting = self._resting, self._guest

    def finish_leaving(self) -> None:
        """Wait until nothing of earlier checks lives in any guest, or is connected from there."""
        for guest in (self._guest, self._resting):
            if guest is not None and guest.alive:
                with suppress(GuestFault):  # then the guest itself has gone
                    guest.finish_reset()
        for others in self._others.values():
            others.finish_leaving()

    def _clean(self, guest: GuestClient) -> None:
        """Have a guest cleaned, and then what a check may start there started ahead."""
        with suppress(GuestFault):  # the next check will find out, and get another guest
            guest.begin_reset()
            if self.loads_ahead is not None and self._started is not None:
                guest.prepare(*self._started, self.loads_ahead)

    def get_others(self, name: GuestName) -> "GuestClients":
        """Return the guests under another name, which stay for the checks that follow."""
        if name not in self._others:
            self._others[name] = GuestClients(self.engine, name, not_started=self.not_started)
        return self._others[name]

    def close(self) -> None:
        """Close the connections to the last guest, and to those of other numbers."""
        for guest in (self._guest, self._resting):
            if guest is not None:
                guest.close()
        for others in self._others.values():
            others.close()

    def _ask(self, name: GuestName) -> GuestClient:
        return GuestClient(self.engine.ask_for_guest(name), self.engine, name)


@dataclass(slots=True)
class CheckContext:
    """One running check."""

    settings: Settings
    guests: GuestClients
    recorder: Recorder = field(init=False)
    memory_bytes: int = 0
    output_bytes: int = 0
    disk_bytes: int = 0
    # What learner code finds when it starts: variables, and ports that lead to a lab's services.
    environment: dict[str, str] = field(default_factory=dict)
    forwards: dict[int, int] = field(default_factory=dict)  # port -> socket file, open as a place
    used_guest: GuestClient | None = None
    spoiler: AnswerFilter | None = None
    services_to_come: int = 0  # how many checks of this run, from this one on, use a service
    error: BaseException | None = None  # what has ended the check, if anything has
    _beside: list["CheckContext"] = field(default_factory=list)  # the same check in other guests

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.settings.started_at)

    @property
    def engine(self) -> EngineClient:
        """The way to the engine."""
        return self.guests.engine

    @property
    def has_begun(self) -> bool:
        """Whether learner code may have had its turn in this check."""
        return any(each.used_guest is not None for each in (self, *self._beside))

    @property
    def language(self) -> Language:
        """The language of the module that checks call."""
        if self.settings.entry.module is None:
            raise RuntimeError("lab.toml names no module for this stack, so `solution` has none.")
        return Language.of(self.settings.entry.module)

    def get_clean_guest(self) -> GuestClient:
        """Return this check's guest. If it dies, the check does not get another."""
        if self.used_guest is None:
            self.used_guest = self._reset_guest()
        elif not self.used_guest.alive:
            raise self.guests.engine.ask_why_guest_ended(self.used_guest.name)
        return self.used_guest

    def start_program(
        self,
        plan: Plan,
        environment: Mapping[str, str],
        *,
        stdin: bytes = b"",
        copies: int = 0,
    ) -> RunningProgram:
        """Start a program in this check's guest; `copies`: see `GuestClient.start`."""
        running = RunningProgram(
            self.get_clean_guest(),
            plan,
            environment,
            stdin=stdin,
            copies=copies,
            settings=self.settings,
        )
        self.guests.note_start(plan, environment)
        return running

    def get_module(self) -> ModuleProcess:
        """Return a process that has imported the learner's module for this check alone."""
        settings = self.settings
        if settings.entry.module is None:
            raise RuntimeError("lab.toml names no module for this stack, so `solution` has none.")
        running = self.start_program(
            Plan((*settings.harness, settings.entry.module), has_channel=True),
            {**settings.harness_environment, **self.environment},
        )
        return ModuleProcess(
            running, settings.entry.module, settings.limits.run_seconds, settings.importable
        )

    def in_guest(self, name: GuestName) -> "CheckContext":
        """Return the same check in another guest: with the same services, but files of its own."""
        other = CheckContext(
            self.settings,
            self.guests.get_others(name),
            environment=self.environment,
            forwards=self.forwards,
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

    def forward_port(self, port: int, target: int) -> None:
        """Lead a port of learner code to a socket file, from now on; takes over its descriptor."""
        self.forwards[port] = target
        for guest in self._live_guests():
            guest.forward_port(port, target)

    def close_forward(self, port: int) -> None:
        """Refuse connections at a port, as a machine does where nothing listens."""
        if port in self.forwards:
            os.close(self.forwards.pop(port))
        for guest in self._live_guests():
            guest.close_forward(port)

    def close(self) -> None:
        """Close what the check held open. Its guest is reset when the next check wants it."""
        while self.forwards:
            os.close(self.forwards.popitem()[1])

    def _live_guests(self) -> list[GuestClient]:
        guests = [each.used_guest for each in (self, *self._beside)]
        return [guest for guest in guests if guest is not None and guest.alive]

    def _reset_guest(self) -> GuestClient:
        guest = self.guests.get_guest()
        try:
            guest.reset()
        except GuestFault:  # an earlier check's code broke it, so it is no fault of this one
            guest = self.guests.get_guest()
            guest.reset()
        for port, target in self.forwards.items():
            guest.forward_port(port, target)
        return guest

    def leave_guest(self) -> None:
        """Have guests cleaned while this check is wrapped up and the next one gets ready."""
        for each in (self, *self._beside):
            if each.used_guest is not None:
                each.guests.leave(each.used_guest)

    def usage(self) -> CheckUsage:
        """Return the most that this check used."""
        all_of_it = (self, *self._beside)
        return CheckUsage(
            memory_peak_bytes=max(each.memory_bytes for each in all_of_it),
            output_bytes=max(each.output_bytes for each in all_of_it),
            disk_bytes=max(each.disk_bytes for each in all_of_it),
        )

    def note_usage(self, running: RunningProgram) -> None:
        """Keep the most that any program of this check used."""
        if (ended := running.exit) is not None:
            memory_bytes = ended.memory_bytes
            if self.settings.has_cgroup:  # it counts mapped files, so it may be above what is held
                memory_bytes = min(memory_bytes, self.settings.limits.memory_bytes)
            self.memory_bytes = max(self.memory_bytes, memory_bytes)
            self.disk_bytes = max(self.disk_bytes, ended.disk_bytes)
        printed = (len(data) for data in running.captured.values())
        self.output_bytes = max(self.output_bytes, *printed)
