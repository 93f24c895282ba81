"""One grading from start to end: a check process, the guests it asks for, and the clock.

Learner code decides nothing here. The check process reports how checks went; this side keeps the
time, ends guests, and knows why. What it all adds up to is `tally`. However it goes, the last
event is a report: what nobody expected is a fault of the engine, with a traceback for its operator.
"""

import asyncio
import time
import traceback
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import asdict, replace
from typing import assert_never

from milepost.engine.backing.hosting import LabDataBroken, Run, ServiceUnavailable
from milepost.engine.backing.hosts import ComponentHosts, RunComponents
from milepost.engine.backing.programs import list_servers
from milepost.engine.channel import Channel
from milepost.engine.errors import EngineFault, LabNotLoaded
from milepost.engine.grading.check_processes import CheckProcess, CheckProcesses
from milepost.engine.grading.run_guests import RunGuests
from milepost.engine.grading.tally import Tally
from milepost.engine.guests.guest import GuestLost, GuestNotStarted
from milepost.engine.guests.pool import GuestPool
from milepost.engine.protocol.check_process import (
    FROM_RUN,
    AskComponent,
    AskFile,
    AskFileNames,
    AskGuest,
    AskWhyGuestEnded,
    CheckBegins,
    CheckEnded,
    CheckProcessFailed,
    ChecksFound,
    ComponentMissing,
    ComponentReply,
    EndedEarly,
    FileGiven,
    FileNames,
    GuestEnded,
    GuestGiven,
    LabFailed,
    NoSuchFile,
    Question,
    Refused,
    Report,
    RunDone,
)
from milepost.engine.protocol.codec import write
from milepost.engine.protocol.frames import MalformedMessage
from milepost.engine.protocol.settings import Importable, Settings
from milepost.engine.request import GradeRequest
from milepost.engine.results import (
    BuildFinished,
    BuildReport,
    CheckFinished,
    CheckResult,
    ChecksCollected,
    CheckStarted,
    Event,
    GradingFinished,
    Outcome,
)
from milepost.engine.sandbox import Isolation
from milepost.engine.sandbox_specs import program_environment
from milepost.engine.stacks import Stack

_GRACE_SECONDS = 5.0  # for a check to notice that the time is up
_END_SECONDS = 2.0  # for a check process to be gone that was killed
_SILENT = "the check process ended before its checks did."
_OWN_ERROR = "its engine met an error of its own, which its operator finds among the failures."


class GradingRun:
    """Grades one request. `events` is read once; `stop` must follow, however it ended."""

    def __init__(
        self,
        isolation: Isolation,
        request: GradeRequest,
        stack: Stack,
        check_processes: CheckProcesses,
        guests: GuestPool,
        components: ComponentHosts,
    ) -> None:
        request = request.with_limits(request.spec.limits_on(request.stack, stack.limits))
        self._isolation = isolation
        self._request = request
        self._stack = stack
        self._check_processes = check_processes
        self._component_hosts = components
        self._components = RunComponents()
        self._tally = Tally(request, stack.version, str(isolation))
        self._guests = RunGuests(isolation, guests, stack, request, self._tally)
        self._started_at = time.monotonic()
        self._deadline = self._started_at + request.limits.wall_seconds
        self._time_is_up = False
        self._check_process: CheckProcess | None = None
        self._run_number = 0
        self._channel: Channel | None = None
        self._tracebacks: list[str] = []

    async def events(self) -> AsyncGenerator[Event, None]:
        """Run all checks and yield what happens as it happens; the report comes last."""
        try:
            build = await self._start()
            if build is not None:
                yield BuildFinished(build)
            async for event in self._follow():
                yield event
        except LabNotLoaded as broken:
            self._tally.broken = str(broken)
        except (EngineFault, GuestLost, GuestNotStarted, ServiceUnavailable) as fault:
            self._tally.fault = str(fault)
        except MalformedMessage as fault:
            self._tally.fault = f"the check process sent a malformed message: {fault}"
        except Exception:  # noqa: BLE001 - whatever it was, a verdict must follow
            self._keep_traceback()
        try:
            await self.stop()
        except Exception:  # noqa: BLE001 - the same
            self._keep_traceback()
        report = self._tally.report(time.monotonic() - self._started_at)
        yield GradingFinished(report)

    def diagnostics(self) -> str:
        """Return what an operator needs to find a fault of Milepost; learners never see it."""
        wrote = self._check_process.diagnostics() if self._check_process is not None else ""
        found = [f"{self._tally.fault}\n", *self._tracebacks, f"The check process wrote:\n{wrote}"]
        return "\n".join(found) + "\n"

    def _keep_traceback(self) -> None:
        """Note a fault of the engine that nobody has thought of."""
        self._tally.fault = self._tally.fault or _OWN_ERROR
        self._tracebacks.append(traceback.format_exc())

    async def stop(self) -> None:
        """End everything that this run has started, and wait until it is gone."""
        # What guests are asked for after their renewal must be asked by the next run.
        is_silent = self._request.shares_guests and await self._silence_check_process()
        await self._guests.stop(hand_on=is_silent)
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        await self._end_check_process()
        self._tally.add_usage(await self._components.stop())

    async def _end_check_process(self) -> None:
        if self._check_process is not None and self._run_number:
            number, self._run_number = self._run_number, 0
            with suppress(OSError):
                await self._check_process.end_run(number)

    async def _silence_check_process(self) -> bool:
        """End the run's check process; return whether it is known to be gone."""
        await self._end_check_process()
        if self._channel is None:
            return False
        try:
            async with asyncio.timeout(_END_SECONDS):
                while await self._channel.receive(FROM_RUN) is not None:
                    pass  # what it said before is of no interest any more
        except (TimeoutError, MalformedMessage):
            return False
        return True

    async def _start(self) -> BuildReport | None:
        """Start what a run needs; return how its submission was built, if it had to be."""
        if not self._stack.runs_in:
            # It comes up while the submission is built, or a cold check process imports pytest.
            self._guests.begin()
        build = await self._guests.build()
        self._tally.build = build
        self._components = await self._component_hosts.open(
            Run(self._isolation, self._request, self._tally.has_more_checks)
        )
        self._tally.name_servers(list_servers(self._request.services))
        (
            self._check_process,
            self._run_number,
            self._channel,
        ) = await self._check_processes.begin_run(
            self._isolation, self._request.lab, self._request.services, self._open
        )
        return build

    def _open(self) -> Settings:
        """Start the clock, and return what a check process is told first."""
        self._started_at = time.monotonic()
        self._deadline = self._started_at + self._request.limits.wall_seconds
        return self._settings()

    async def _follow(self) -> AsyncGenerator[Event, None]:
        """Listen to the check process until it is done, or its time is up."""
        while (message := await self._receive()) is not None:
            match message:
                case RunDone():
                    return
                case ChecksFound(infos):
                    self._tally.collect(infos)
                    yield ChecksCollected(infos)
                case CheckBegins(name):
                    self._begin_check(name)
                    yield CheckStarted(name)
                case CheckEnded():
                    yield CheckFinished(await self._end_check(message))
                case EndedEarly() | LabFailed() | CheckProcessFailed():
                    self._note_trouble(message)
                case _:
                    await self._answer(message)

    async def _receive(self) -> Report | Question | None:
        """Wait for the next message; None when the run is over without a last word."""
        channel = self._require_channel()
        try:
            async with asyncio.timeout(self._deadline - time.monotonic()):
                message = await channel.receive(FROM_RUN)
        except TimeoutError:
            if self._time_is_up:
                self._tally.blame_check()  # no learner code kept it waiting
                return None
            await self._call_time()
            return await self._receive()
        if message is None:
            raise EngineFault(_SILENT)
        return message

    def _begin_check(self, name: str) -> None:
        if self._tally.begins_hidden(name):
            self._seal()
        self._tally.start(name)

    async def _end_check(self, ended: CheckEnded) -> CheckResult:
        """Enter how a check ended into the tally, and return what is told of it."""
        limit = await self._components.end_check() or ended.limit
        result, limit = self._name_limit(ended.result, limit)
        self._tally.finish(result, limit)
        self._tally.add_usage(asdict(ended.usage))
        return result

    def _note_trouble(self, report: EndedEarly | LabFailed | CheckProcessFailed) -> None:
        match report:
            case EndedEarly(reason):
                self._tally.why_not_run = reason
            case LabFailed(reason):
                self._tally.broken = reason
            case CheckProcessFailed(reason):
                raise EngineFault(f"the check process failed: {reason}")
            case _:
                assert_never(report)

    def _seal(self) -> None:
        """Keep what hidden checks, which run last, use and reach from the learner."""
        for usage in (*self._guests.usage(), self._components.usage()):
            self._tally.add_usage(usage)
        self._tally.seal(time.monotonic() - self._started_at)

    def _name_limit(self, result: CheckResult, limit: str | None) -> tuple[CheckResult, str | None]:
        """Say so if the kernel ended something of the learner's, and the check failed for it."""
        hit = self._guests.take_refusal()
        if limit or hit is None or result.outcome not in {Outcome.FAILED, Outcome.CRASHED}:
            return result, limit
        message = self._request.limits.describe(hit)
        return replace(result, outcome=Outcome.CRASHED, message=message), hit

    async def _answer(self, question: Question) -> None:
        """Send a check process what it asks for, or the reason why it can't have it."""
        channel, files = self._require_channel(), self._request.files
        match question:
            case AskGuest() | AskComponent(opens=True) if self._time_is_up:
                reason = self._request.limits.describe("wall_seconds")
                await channel.send(Refused("wall_seconds", reason))
            case AskGuest(name):
                guest = await self._guests.get(name)
                await channel.send(GuestGiven(), [guest.control.fileno()])
                if not self._request.shares_guests:
                    guest.control.close()  # from here on, only the check process talks with it
            case AskWhyGuestEnded(name):
                await channel.send(GuestEnded(*await self._guests.end(name)))
            case AskFile(path):
                await channel.send(FileGiven(files[path]) if path in files else NoSuchFile())
            case AskFileNames():
                await channel.send(FileNames(tuple(sorted(files))))
            case AskComponent():
                await self._ask_component(channel, question)
            case _:
                assert_never(question)

    async def _ask_component(self, channel: Channel, asked: AskComponent) -> None:
        try:
            reply = await self._components.answer(asked.component, asked.question)
        except LabDataBroken as broken:
            await channel.send(ComponentMissing(str(broken)))
        else:
            await channel.send(ComponentReply(write(reply.message)), reply.descriptors)

    async def _call_time(self) -> None:
        """End the guest; whatever check was using it gets a little time to say so."""
        self._time_is_up = True
        self._deadline = time.monotonic() + _GRACE_SECONDS
        await self._guests.end_all("wall_seconds")
        await self._components.end_sessions("wall_seconds")
        self._tally.reach("wall_seconds")

    def _settings(self) -> Settings:
        request, stack = self._request, self._stack
        return Settings(
            seed=request.seed,
            include_hidden=request.include_hidden,
            only=request.only,
            first=request.first,
            ends_early=request.ends_early,
            lists_only=self._tally.is_unbuilt,
            started_at=self._started_at,
            limits=request.limits,
            has_cgroup=self._isolation.cgroups is not None,
            entry=request.entry,
            harness=tuple(
                word.format(program=request.entry.built_program) for word in stack.harness
            ),
            program_environment=program_environment(stack, harness=False),
            harness_environment=program_environment(stack, harness=True),
            service_environment=stack.service_environment,
            importable=Importable(stack.library_names, stack.names_missing_import),
            loads_ahead=self._guests.loads_ahead,
            spoil=request.spoil,
        )

    def _require_channel(self) -> Channel:
        if self._channel is None:
            raise EngineFault("the run has not started.")
        return self._channel
